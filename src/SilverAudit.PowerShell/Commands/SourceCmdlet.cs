using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that takes source files: by paths with wildcards, or literally as <c>Get-ChildItem</c> gives them.</summary>
public abstract class SourceCmdlet : StoreCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Paths of the source databases. Wildcards are permitted. The default is the configured ones.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ValidateText]
    public string[] Path { get; set; } = [];

    /// <summary>Paths of the source databases, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName", "SourcePath", "Source")]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The table to read in each source.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string SourceTable { get; set; } = "silver_temp_audit";

    private protected override StoreOptions NewStoreOptions() => base.NewStoreOptions() with { SourceTable = Configuration.SourceTable };

    /// <summary>Handles one source file.</summary>
    /// <param name="path">Full path of the file.</param>
    private protected abstract void ProcessSource(string path);

    /// <summary>True when a configured pattern may mean no file: the day after all were archived is a good one too.</summary>
    private protected virtual bool MayFindNothing => false;

    /// <summary>Handles a pattern that means no file.</summary>
    /// <param name="pattern">Full path with wildcards.</param>
    private protected virtual void ProcessUnmatched(string pattern) => throw SourcePattern.NewUnmatched(pattern);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var source in ResolveSources())
        {
            if (Stopping)
                return;
            AuditHost.StartSource(source);
            Try(() => ProcessSource(source));
            AuditHost.EndSource();
        }
    }

    private IEnumerable<string> ResolveSources()
    {
        if (ParameterSetName != PathSet)
            return WithoutStore(LiteralPath.Select(this.ResolveNewPath), MyInvocation.ExpectingInput);
        // A pipeline that brings nothing asks for nothing: it is not the same as no source at all.
        return MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(Path))
            ? Path.SelectMany(path => Resolve(path, path, mayFindNothing: false))
            : ResolveConfiguredSources();
    }

    private IEnumerable<string> ResolveConfiguredSources()
    {
        if (Configuration.Sources.Count == 0)
            ThrowTerminatingError(AuditErrors.NewRecord(Configuration.NewSourceMissing()));
        foreach (var source in Configuration.Sources)
        {
            var paths = WildcardPattern.ContainsWildcardCharacters(source.Pattern)
                ? Resolve(source.Pattern, source.Path, MayFindNothing)
                : [this.ResolveNewPath(source.Path)];
            foreach (var path in paths)
            {
                yield return path;
            }
        }
    }

    private IEnumerable<string> Resolve(string pattern, string literal, bool mayFindNothing)
    {
        var isPattern = WildcardPattern.ContainsWildcardCharacters(pattern);
        var found = this.FindPaths(pattern);
        if (found.Count > 0)
            return WithoutStore(found, isPattern);
        var path = this.ResolveNewPath(literal);
        // A missing file is reported like any other that can't be read; and a name may have brackets that are meant literally.
        if (!isPattern || File.Exists(path))
            return WithoutStore([path], isPattern);
        if (mayFindNothing && HasFolder(pattern, path))
            WriteWarning(Secrets.Redact($"No file matches '{path}'; nothing to load."));
        else
            Try(() => ProcessUnmatched(path));
        return [];
    }

    // Where the folder itself is gone, more is wrong than that there is no file in it.
    private static bool HasFolder(string pattern, string path) =>
        Directory.Exists(System.IO.Path.GetDirectoryName(path))
        || WildcardPattern.ContainsWildcardCharacters(System.IO.Path.GetDirectoryName(pattern) ?? "");

    /// <summary>
    /// A store among the files that <c>*.db</c> or <c>Get-ChildItem</c> found was not named as a source, so it is passed over;
    /// named by itself it is an error.
    /// </summary>
    private IEnumerable<string> WithoutStore(IEnumerable<string> paths, bool found)
    {
        foreach (var path in paths)
        {
            if (found && Store.IsAt(path))
                WriteVerbose(Secrets.Redact($"'{path}' is the store itself and was passed over."));
            else
                yield return path;
        }
    }
}
