namespace SilverAudit.Testing;

/// <summary>A request as a web server received it.</summary>
public sealed record ReceivedRequest(string Method, string PathAndQuery, string ContentType, string Body);
