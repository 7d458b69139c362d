using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace SilverAudit.PowerShell;

/// <summary>Writes what Core reports to the streams of a cmdlet.</summary>
internal sealed class PowerShellHost(PSCmdlet cmdlet) : IAuditHost
{
    private const int ActivityId = 1;
    private const string Activity = "Silver audit";

    private static readonly string[] s_tags = ["SilverAudit"];
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly bool _debugs = IsWanted(cmdlet, "Debug");
    private readonly bool _isVerbose = IsWanted(cmdlet, "Verbose");
    private ExceptionDispatchInfo? _pending;
    private bool _silent;
    private bool _hasProgress;
    private int _sourcesDone;
    private long _lastProgress = Stopwatch.GetTimestamp();

    public bool IsListening(HostMessageLevel level) => level switch
    {
        HostMessageLevel.Debug => _debugs,
        HostMessageLevel.Verbose => _isVerbose,
        _ => true,
    };

    public void Write(HostMessageLevel level, string message) => Pass(() =>
    {
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
    });

    public void ShowProgress(string activity, string status, int percent)
    {
        if (Stopwatch.GetElapsedTime(_lastProgress) < s_progressInterval)
            return;
        _lastProgress = Stopwatch.GetTimestamp();
        _hasProgress = true;
        var done = _sourcesDone switch { 0 => Activity, 1 => $"{Activity}, 1 source done", var count => $"{Activity}, {count} sources done" };
        var record = new ProgressRecord(ActivityId, done, $"{Path.GetFileName(VisibleText.Of(activity))}: {status}".TrimEnd(' ', ':')) { PercentComplete = percent };
        Pass(() => cmdlet.WriteProgress(record));
    }

    public void StartSource(string path) => ShowProgress(path, "Opening", -1);

    public void EndSource() => _sourcesDone++;

    public void CompleteProgress()
    {
        if (_hasProgress)
            Pass(() => cmdlet.WriteProgress(new ProgressRecord(ActivityId, Activity, "Done") { RecordType = ProgressRecordType.Completed }));
        _hasProgress = false;
    }

    /// <summary>Throws what a stream threw while Core was at work, such as a warning under <c>-WarningAction Stop</c>.</summary>
    public void ThrowPending()
    {
        var pending = _pending;
        _pending = null;
        pending?.Throw();
    }

    /// <summary>From now on nothing is written: the pipeline no longer takes it.</summary>
    public void Silence() => _silent = true;

    // As the engine decides it, once for a cmdlet: the switch where it is given, else the preference variable.
    private static bool IsWanted(PSCmdlet cmdlet, string stream) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(stream, out var bound) && bound is SwitchParameter wanted
            ? wanted.IsPresent
            : !LanguagePrimitives.TryConvertTo<ActionPreference>(cmdlet.GetVariableValue(stream + "Preference"), out var preference)
                || preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    // A stream may refuse a message, with whatever the host throws when it has nobody to ask. That must not look to Core like a
    // failure of its work, least of all after a commit.
    private void Pass(Action write)
    {
        if (_silent || cmdlet.Stopping)
            return;
        try
        {
            write();
        }
        catch (PipelineStoppedException)
        {
            _silent = true;
        }
        catch (Exception refusal)
        {
            _pending ??= ExceptionDispatchInfo.Capture(refusal);
        }
    }
}
