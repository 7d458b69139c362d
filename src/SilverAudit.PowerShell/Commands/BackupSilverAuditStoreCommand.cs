using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Copies the permanent store to a file, and verifies the copy.</summary>
[Cmdlet(VerbsData.Backup, "SilverAuditStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreBackup))]
public sealed class BackupSilverAuditStoreCommand : EachStoreCmdlet
{
    /// <summary>Path of the backup, or of a folder in which it gets a name with the time.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string Path { get; set; } = "";

    /// <summary>How many backups of the store to keep in the folder. The default is all.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Keep { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var path = ResolveTarget(Path);
        if (Keep is not null && !Directory.Exists(path) && !System.IO.Path.EndsInDirectorySeparator(path))
        {
            RefuseArgument("KeepNeedsFolder",
                $"'{path}' is no folder, and -Keep counts the backups in a folder. Name a folder that exists, or leave -Keep out.");
        }

        base.BeginProcessing();
    }

    private protected override void ProcessStore() => Try(() =>
    {
        var path = ResolveTarget(Path);
        if (!ShouldProcess(VisibleText.Of(Store.Location), VisibleText.Of($"Back up to '{path}'")))
            return;
        WriteObject(Store.Backup(new BackupOptions { Path = path, Keep = Keep, Overwrite = Force }, StopToken));
    });
}
