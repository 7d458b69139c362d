using MimeKit;

namespace SilverAudit.Notification;

/// <summary>Reads addresses of mails, strictly: what is sent must be what was written.</summary>
internal static class MailAddresses
{
    private static readonly ParserOptions s_strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict,
        AllowAddressesWithoutDomain = false,
        AllowUnquotedCommasInAddresses = false,
    };

    public static MailboxAddress Parse(string text)
    {
        if (!text.Any(char.IsControl) && MailboxAddress.TryParse(s_strict, text, out var address) && address.Domain.Length > 0)
            return address;
        var shown = Printable.OnOneLine(text);
        throw new AuditException(
            AuditErrorId.MailAddressInvalid, shown,
            $"'{shown}' is no address for a mail. Give it as name@example.com or 'Display name <name@example.com>', each address of several on its own.");
    }
}
