using System.Management.Automation;
using System.Net;

namespace SilverAudit.PowerShell;

/// <summary>Tells people and programs how a batch of sources went: by mail, by webhook, or both.</summary>
[Cmdlet(VerbsCommunications.Send, "SilverAuditNotification", SupportsShouldProcess = true)]
[OutputType(typeof(NotificationResult), typeof(EtlResult))]
public sealed class SendSilverAuditNotificationCommand : ConfiguredCmdlet
{
    private readonly List<EtlResult> _results = [];
    private readonly List<string> _problems = [];
    private NotificationSettings _settings = new();
    private IReadOnlyList<NotificationDelivery> _deliveries = [];

    /// <summary>The results that <c>Invoke-SilverAuditEtl</c> gave. What is none is passed over.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>The recipients of the mail.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string[]? To { get; set; }

    /// <summary>The sender of the mail.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? From { get; set; }

    /// <summary>Name or address of the SMTP server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText(SingleLine = true)]
    public string? SmtpServer { get; set; }

    /// <summary>Port of the SMTP server. The default is 587 with <c>-UseTls</c>, else 25.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>User name and password for the SMTP server.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Encrypts the connection to the SMTP server, or sends nothing.</summary>
    [Parameter]
    public SwitchParameter UseTls { get; set; }

    /// <summary>Where the same is posted to as JSON.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? WebhookUri { get; set; }

    /// <summary>What stands in the subject in front of the word for success or failure.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText(SingleLine = true)]
    public string Subject { get; set; } = NotificationReport.DefaultTitle;

    /// <summary>Sends nothing when no source failed.</summary>
    [Parameter]
    public SwitchParameter OnFailureOnly { get; set; }

    /// <summary>How many seconds the mail may take, and the webhook.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 30;

    /// <summary>Returns what came in, instead of what was sent.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _settings = Apply(Configuration.Notification);
        if (!IsTargetBound && (!_settings.Enabled || (!_settings.HasTarget && Configuration.ConfigurationPath is not null)))
        {
            WriteVerbose("The configuration names nobody to notify, or says that nobody is to be. Nothing is sent.");
            return;
        }

        try
        {
            // Before the first result: a mistake must not show after an hour of loading.
            _deliveries = _settings.NewDeliveries();
        }
        catch (AuditException mistake)
        {
            ThrowTerminatingError(AuditErrors.NewRecord(mistake));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var input in InputObject ?? [])
        {
            if (input is null)
                continue;
            if (EtlResultObject.Read(input) is { } result)
                _results.Add(result);
            else if (EtlResultObject.ReadProblems(input) is { } problems)
                _problems.AddRange(problems);
            else
                WriteVerbose($"Passed over, for it is no result of a source: {input.TypeNames.FirstOrDefault() ?? "an object"}");
            if (PassThru)
                WriteObject(input);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // There is one at least, unless nobody is to be notified.
        if (_deliveries.Count == 0)
            return;
        if (_results.Count == 0)
        {
            WriteWarning("No result of a source came in, so nothing was sent. Pipe what Invoke-SilverAuditEtl returns to this command.");
            return;
        }

        var report = new NotificationReport(_results, _problems, Subject);
        if (_settings.OnFailureOnly && report.Success)
        {
            WriteVerbose($"Nothing failed, so nothing is sent: {report.Subject}");
            return;
        }

        // All of them before the first error, which may end the pipeline.
        var outcomes = _deliveries.Select(delivery => Deliver(delivery, report)).ToList();
        if (!PassThru)
            outcomes.ForEach(outcome => WriteObject(outcome.Result));
        foreach (var failure in outcomes.Select(outcome => outcome.Failure).OfType<AuditException>())
        {
            WriteError(AuditErrors.NewRecord(failure));
        }
    }

    private NotificationOutcome Deliver(NotificationDelivery delivery, NotificationReport report)
    {
        var target = delivery.Kind == NotificationKind.Mail ? $"{delivery.Target} through {delivery.Server}" : delivery.Target;
        if (!ShouldProcess(target, $"Send {delivery.Kind} '{report.Subject}'"))
            return new NotificationOutcome(delivery.Plan(report), Failure: null);
        try
        {
            return delivery.Send(report, StopToken);
        }
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>The settings with what was given as parameters; what was not stays as it is.</summary>
    private NotificationSettings Apply(NotificationSettings settings) => settings with
    {
        To = To ?? settings.To,
        From = From ?? settings.From,
        SmtpServer = SmtpServer ?? settings.SmtpServer,
        Port = Port ?? settings.Port,
        UseTls = IsBound(nameof(UseTls)) ? UseTls.IsPresent : settings.UseTls,
        Credential = Credential is null ? settings.Credential : new NetworkCredential(Credential.UserName, Credential.Password),
        WebhookUri = WebhookUri ?? settings.WebhookUri,
        OnFailureOnly = IsBound(nameof(OnFailureOnly)) ? OnFailureOnly.IsPresent : settings.OnFailureOnly,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
    };

    private bool IsTargetBound => IsBound(nameof(To)) || IsBound(nameof(From)) || IsBound(nameof(SmtpServer)) || IsBound(nameof(WebhookUri));

    private bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
