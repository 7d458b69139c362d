using System.Diagnostics;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Writes what Core reports to the streams of a cmdlet.</summary>
internal sealed class PowerShellHost(Cmdlet cmdlet) : IAuditHost
{
    private const int ActivityId = 1;
    private const string Activity = "Silver audit";

    private static readonly string[] s_tags = ["SilverAudit"];
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private bool _silent;
    private bool _hasProgress;
    private int _sourcesDone;
    private long _lastProgress = Stopwatch.GetTimestamp();

    private bool CanWrite => !_silent && !cmdlet.Stopping;

    public void Write(HostMessageLevel level, string message)
    {
        if (!CanWrite)
            return;
        switch (level)
        {
            case HostMessageLevel.Debug:
                cmdlet.WriteDebug(message);
                break;
            case HostMessageLevel.Verbose:
                cmdlet.WriteVerbose(message);
                break;
            case HostMessageLevel.Information:
                cmdlet.WriteInformation(message, s_tags);
                break;
            default:
                cmdlet.WriteWarning(message);
                break;
        }
    }

    public void ShowProgress(string activity, string status, int percent)
    {
        if (!CanWrite || Stopwatch.GetElapsedTime(_lastProgress) < s_progressInterval)
            return;
        _lastProgress = Stopwatch.GetTimestamp();
        _hasProgress = true;
        var done = _sourcesDone switch { 0 => Activity, 1 => $"{Activity}, 1 source done", var count => $"{Activity}, {count} sources done" };
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, done, $"{Path.GetFileName(activity)}: {status}".TrimEnd(' ', ':'))
        {
            PercentComplete = percent,
        });
    }

    public void StartSource(string path) => ShowProgress(path, "Opening", -1);

    public void EndSource() => _sourcesDone++;

    public void CompleteProgress()
    {
        if (_hasProgress && CanWrite)
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, Activity, "Done") { RecordType = ProgressRecordType.Completed });
        _hasProgress = false;
    }

    /// <summary>From now on nothing is written: the pipeline no longer takes it.</summary>
    public void Silence() => _silent = true;
}
