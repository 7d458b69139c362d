using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Reads the history of runs from the permanent store.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditRun")]
[OutputType(typeof(AuditRun))]
[OutputType(typeof(RunSummary))]
public sealed class GetSilverAuditRunCommand : StoreCmdlet
{
    private readonly List<Guid> _runIds = [];

    /// <summary>The runs to read, by identifier.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public Guid[]? RunId { get; set; }

    /// <summary>At most this many runs, the newest first.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Only runs that started at this time or later.</summary>
    [Parameter]
    public DateTime? Since { get; set; }

    /// <summary>Only runs that started at this time or earlier.</summary>
    [Parameter]
    public DateTime? Until { get; set; }

    /// <summary>Only runs with one of these statuses. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    [ArgumentCompleter(typeof(RunStatusCompleter))]
    public string[] Status { get; set => field = value ?? []; } = [];

    /// <summary>Only runs of these sources, by full path or by file name. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] Source { get; set => field = value ?? []; } = [];

    /// <summary>Returns one object that sums the runs up.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        foreach (var status in Status.Where(status => !WildcardPattern.ContainsWildcardCharacters(status)))
        {
            if (!RunStatusCompleter.Statuses.Contains(status, StringComparer.OrdinalIgnoreCase))
                RefuseArgument("StatusUnknown", $"No run has the status '{status}'. Use {string.Join(", ", RunStatusCompleter.Statuses)}, or wildcards.");
        }

        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        FollowPipeline(mayChange: false);
        _runIds.AddRange(RunId ?? []);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // Only now: a pipeline that loads has recorded its runs by then, and the order holds for all of them.
        Try(Read);
        base.EndProcessing();
    }

    private void Read()
    {
        var filter = NewFilter();
        if (Summary)
        {
            WriteObject(Store.SummarizeRuns(filter, StopToken));
        }
        else
        {
            foreach (var run in Store.ReadRuns(filter, StopToken))
            {
                WriteObject(run);
            }
        }

        foreach (var missing in Store.FindMissingRuns(filter.RunIds ?? [], StopToken))
        {
            WriteError(AuditErrors.NewRecord(missing));
        }
    }

    private RunFilter NewFilter() => new()
    {
        // A list of identifiers that turned out empty asks for none of the runs, not for all.
        RunIds = MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(RunId)) ? [.. _runIds.Distinct()] : null,
        Statuses = Status,
        Sources = [.. Source.SelectMany(Meanings)],
        DestinationTable = MyInvocation.BoundParameters.ContainsKey(nameof(DestinationTable)) ? DestinationTable : null,
        Since = Since?.ToUniversalTime(),
        Until = Until?.ToUniversalTime(),
        Newest = Newest,
    };

    /// <summary>A source as it was written, and what a path means that starts in the current location.</summary>
    private IEnumerable<string> Meanings(string source)
    {
        yield return source;
        if (source.AsSpan().IndexOfAny('/', '\\') >= 0)
        {
            var path = TryResolve(source);
            if (path is not null)
                yield return WildcardPattern.ContainsWildcardCharacters(source) ? path : WildcardPattern.Escape(path);
        }
    }

    // What is no path of this session may be one of another, as the history has it.
    private string? TryResolve(string source)
    {
        try
        {
            return this.ResolveNewPath(source);
        }
        catch (AuditException)
        {
            return null;
        }
    }
}
