using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that takes source files: by paths with wildcards, or literally as <c>Get-ChildItem</c> gives them.</summary>
public abstract class SourceCmdlet : StoreCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private string? _sourceTable;

    /// <summary>Paths of the source databases. Wildcards are permitted. The default is the configured ones.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SourcePath]
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
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string SourceTable { get; set; } = "silver_temp_audit";

    private protected override StoreOptions NewStoreOptions() => base.NewStoreOptions() with { SourceTable = Configuration.SourceTable };

    /// <summary>Handles one source file.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="isFound">
    /// True when wildcards or <c>Get-ChildItem</c> found it: what is no source among those is passed over, and named by itself it is an
    /// error.
    /// </param>
    private protected abstract void ProcessSource(string path, bool isFound);

    /// <summary>False when all sources of a pipeline have to go to the same store.</summary>
    private protected virtual bool MayChangeStore => true;

    /// <summary>True when a configured pattern may mean no file: the day after all were archived is a good one too.</summary>
    private protected virtual bool MayFindNothing => false;

    /// <summary>Handles a path or a pattern that means no file.</summary>
    /// <param name="path">The path, maybe with wildcards.</param>
    /// <param name="failure">Why it means none.</param>
    private protected virtual void ProcessUnfound(string path, AuditException failure) => throw failure;

    /// <summary>Says that a file was passed over, because it is no source.</summary>
    private protected void PassOver(AuditException reason) => WriteWarning($"Passed over: {reason.Message}");

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        FollowPipeline(MayChangeStore);
        FollowSourceTable();
        foreach (var (source, isFound) in ResolveSources())
        {
            if (Stopping)
                return;
            AuditHost.StartSource(source);
            Try(() => ProcessSource(source, isFound));
            AuditHost.EndSource();
        }
    }

    // Results and comparisons say which table they are about, and one pipeline may bring those of several.
    private void FollowSourceTable()
    {
        if (MyInvocation.ExpectingInput && _sourceTable is not null && _sourceTable != SourceTable)
            Configuration = LoadConfiguration();
        _sourceTable = SourceTable;
    }

    private IEnumerable<(string Path, bool IsFound)> ResolveSources()
    {
        if (ParameterSetName != PathSet)
            return WithoutStore(LiteralPath.Select(TryResolve).OfType<string>(), MyInvocation.ExpectingInput);
        // A pipeline that brings nothing asks for nothing: it is not the same as no source at all.
        return MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(Path))
            ? Path.SelectMany(path => Resolve(path, path, mayFindNothing: false))
            : ResolveConfiguredSources();
    }

    private IEnumerable<(string Path, bool IsFound)> ResolveConfiguredSources()
    {
        if (Configuration.Sources.Count == 0)
            ThrowTerminatingError(AuditErrors.NewRecord(Configuration.NewSourceMissing()));
        return Configuration.Sources.SelectMany(source => WildcardPattern.ContainsWildcardCharacters(source.Pattern)
            ? Resolve(source.Pattern, source.Path, MayFindNothing)
            : WithoutStore(new[] { TryResolve(source.Path) }.OfType<string>(), isFound: false));
    }

    private IEnumerable<(string Path, bool IsFound)> Resolve(string pattern, string literal, bool mayFindNothing)
    {
        var isPattern = WildcardPattern.ContainsWildcardCharacters(pattern);
        var found = this.FindPaths(pattern);
        if (found.Count > 0)
            return WithoutStore(found, isPattern);
        if (TryResolve(literal) is not { } path || (!isPattern && !File.Exists(path) && (path = TryResolve(WildcardPattern.Unescape(literal))) is null))
            return [];
        // A missing file is reported like any other that can't be read; and a name may have brackets that are meant literally.
        if (!isPattern || File.Exists(path))
            return WithoutStore([path], isPattern);
        if (mayFindNothing && HasFolder(pattern, path))
            WriteWarning(VisibleText.Of($"No file matches '{path}'; nothing to load."));
        else
            Try(() => ProcessUnfound(path, SourcePattern.NewUnmatched(path)));
        return [];
    }

    private string? TryResolve(string path)
    {
        try
        {
            return this.ResolveNewPath(path);
        }
        catch (AuditException failure)
        {
            Try(() => ProcessUnfound(path, failure));
            return null;
        }
    }

    // Where the folder itself is gone, more is wrong than that there is no file in it.
    private static bool HasFolder(string pattern, string path) =>
        Directory.Exists(System.IO.Path.GetDirectoryName(path))
        || WildcardPattern.ContainsWildcardCharacters(System.IO.Path.GetDirectoryName(pattern) ?? "");

    private IEnumerable<(string Path, bool IsFound)> WithoutStore(IEnumerable<string> paths, bool isFound)
    {
        foreach (var path in paths)
        {
            if (isFound && Store.IsAt(path))
                WriteVerbose(VisibleText.Of($"'{path}' is the store itself and was passed over."));
            else
                yield return (path, isFound);
        }
    }
}
