using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Net;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace SilverAudit.Testing;

/// <summary>A real SMTP server on a free port of the loopback address.</summary>
public sealed class MailServer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly Task _running;

    /// <summary>Starts a server.</summary>
    /// <param name="certificate">Its certificate; null offers no encryption.</param>
    /// <param name="isTlsImplicit">Speaks TLS from the first byte on.</param>
    /// <param name="wantsUser">Takes a mail only from a user that it knows.</param>
    public MailServer(X509Certificate2? certificate = null, bool isTlsImplicit = false, bool wantsUser = false)
    {
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, 0)).IsSecure(isTlsImplicit).AuthenticationRequired(wantsUser);
            if (certificate is not null)
                endpoint.Certificate(certificate);
        }).Build();
        var started = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listeners = new EndpointListenerFactory();
        listeners.EndpointStarted += (_, e) => started.TrySetResult(((IPEndPoint)e.LocalEndPoint).Port);
        var services = new ServiceProvider();
        var desk = new Desk(this);
        services.Add((IMessageStore)desk);
        services.Add((IMailboxFilter)desk);
        services.Add((IUserAuthenticator)desk);
        services.Add((IEndpointListenerFactory)listeners);
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_end.Token);
        if (!started.Task.Wait(s_patience))
            throw new TimeoutException("The mail server did not start.");
        Port = started.Task.Result;
    }

    public int Port { get; }

    /// <summary>The mails so far, in the order in which they came.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Addresses that it has no mailbox for.</summary>
    public HashSet<string> UnknownAddresses { get; } = new(StringComparer.Ordinal);

    /// <summary>User names and passwords that it knows.</summary>
    public Dictionary<string, string> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>What it says to a message, such as that its disk is full; null accepts it.</summary>
    public SmtpResponse? Refusal { get; set; }

    /// <summary>Every password that was shown to it.</summary>
    public ConcurrentQueue<string> PasswordsSeen { get; } = new();

    public void Dispose()
    {
        _end.Cancel();
        ((IAsyncResult)_running).AsyncWaitHandle.WaitOne(s_patience);
        _end.Dispose();
    }

    /// <summary>What the server asks about a mail. The package disposes of whatever it asks, so it is not the server itself.</summary>
    private sealed class Desk(MailServer server) : IMessageStore, IMailboxFilter, IUserAuthenticator
    {
        public Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (server.Refusal is { } refusal)
                return Task.FromResult(refusal);
            using var stream = new MemoryStream(buffer.ToArray());
            server._mails.Enqueue(new ReceivedMail(
                transaction.From.AsAddress(), [.. transaction.To.Select(mailbox => mailbox.AsAddress())], context.Authentication.User,
                context.Pipe.IsSecure, MimeMessage.Load(stream, cancellationToken)));
            return Task.FromResult(SmtpResponse.Ok);
        }

        public Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken) =>
            Task.FromResult(!server.UnknownAddresses.Contains(from.AsAddress()));

        public Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            Task.FromResult(!server.UnknownAddresses.Contains(to.AsAddress()));

        public Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken)
        {
            server.PasswordsSeen.Enqueue(password);
            return Task.FromResult(server.Users.TryGetValue(user, out var known) && known == password);
        }
    }
}
