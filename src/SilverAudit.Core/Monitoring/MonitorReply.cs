using System.Net;

namespace SilverAudit.Monitoring;

/// <summary>What is sent to a client.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The type of the body, with its character set.</param>
/// <param name="Body">The body; its length only is sent where the client asked for the headers.</param>
/// <param name="Summary">The answer in a word or two, for the line that reports the request.</param>
internal sealed record MonitorReply(HttpStatusCode Status, string ContentType, byte[] Body, string Summary);
