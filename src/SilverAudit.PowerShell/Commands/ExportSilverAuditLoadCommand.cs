using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Writes loads of the permanent store to a file.</summary>
[Cmdlet(VerbsData.Export, "SilverAuditLoad", SupportsShouldProcess = true)]
[OutputType(typeof(LoadExport))]
public sealed class ExportSilverAuditLoadCommand : LoadFilterCmdlet
{
    private static readonly Dictionary<string, ExportFormat> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".parquet"] = ExportFormat.Parquet,
        [".csv"] = ExportFormat.Csv,
        [".json"] = ExportFormat.Json,
        [".ndjson"] = ExportFormat.JsonLines,
        [".jsonl"] = ExportFormat.JsonLines,
    };

    private readonly List<string> _loadIds = [];
    private bool _isNamed;

    /// <summary>Path of the file. Its extension decides about the format.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string Path { get; set; } = "";

    /// <summary>The loads to write, by identifier. Wildcards are permitted.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string?[]? LoadId { get; set; }

    /// <summary>The format, whatever the extension.</summary>
    [Parameter]
    public ExportFormat? Format { get; set; }

    /// <summary>Puts an apostrophe before texts in CSV that a spreadsheet would take for a formula.</summary>
    [Parameter]
    public SwitchParameter EscapeFormula { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Format is null && !s_extensions.ContainsKey(System.IO.Path.GetExtension(Path)))
        {
            RefuseArgument("ExportFormatUnknown",
                $"'{Path}' has no extension that names a format. Use one of {string.Join(", ", s_extensions.Keys)}, or name the format with -Format: {string.Join(", ", Enum.GetNames<ExportFormat>())}.");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        FollowPipeline(mayChange: false);
        _isNamed |= MyInvocation.BoundParameters.ContainsKey(nameof(LoadId));
        _loadIds.AddRange(LoadId?.OfType<string>() ?? []);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Try(Export);
        base.EndProcessing();
    }

    private void Export()
    {
        // A list of identifiers that turned out empty asks for none of the loads, not for all.
        if ((_isNamed || MyInvocation.ExpectingInput) && _loadIds.Count == 0)
        {
            WriteWarning(VisibleText.Of($"No load was given to export, so '{Path}' was not written."));
            return;
        }

        var path = ResolveTarget(Path);
        if (!ShouldProcess(VisibleText.Of(path), VisibleText.Of($"Export loads of '{Store.Location}'")))
            return;
        WriteObject(Store.Export(
            new ExportOptions
            {
                Path = path,
                Format = Format ?? s_extensions[System.IO.Path.GetExtension(Path)],
                Filter = NewFilter(_loadIds),
                EscapeFormulas = EscapeFormula,
                Overwrite = Force,
            },
            StopToken));
    }
}
