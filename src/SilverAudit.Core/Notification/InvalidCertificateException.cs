namespace SilverAudit.Notification;

/// <summary>The certificate of a server is not to be trusted.</summary>
internal sealed class InvalidCertificateException(string message) : Exception(message);
