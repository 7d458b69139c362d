using System.Text.RegularExpressions;

namespace SilverAudit.Torture.Workers;

/// <summary>A call to the system that a script makes on a file.</summary>
/// <param name="Name">The name of the call.</param>
/// <param name="File">The file that it names, relative to the folder of the script; null for files whose names differ from run to run.</param>
/// <param name="Occurrence">Which one of the calls of this name on this file it is, from 1.</param>
public sealed partial record SystemCall(string Name, string? File, int Occurrence)
{
    /// <summary>All calls that look at names, give, take away or follow them. A question mark is for what not every machine has.</summary>
    public const string Watched =
        "?open,openat,?rename,?renameat,renameat2,?link,linkat,?unlink,unlinkat,?mkdir,mkdirat,?stat,?lstat,newfstatat,statx,?access,?faccessat,?faccessat2,?readlink";

    /// <summary>The calls in a trace that a script can be suspended at, one run like the other.</summary>
    /// <param name="trace">What strace has written.</param>
    /// <param name="folder">Where the script ran.</param>
    /// <param name="files">The files of interest, relative to the folder.</param>
    public static IReadOnlyList<SystemCall> FindAll(IEnumerable<string> trace, string folder, IReadOnlyList<string> files)
    {
        var (calls, counts) = (new List<SystemCall>(), new Dictionary<(string, string?), int>());
        foreach (var line in trace.Select(line => Line().Match(line)).Where(line => line.Success))
        {
            var (name, arguments) = (line.Groups["name"].Value, line.Groups["arguments"].Value);
            int Count(string? file) => counts[(name, file)] = counts.GetValueOrDefault((name, file)) + 1;
            var overall = Count(null);
            var named = files.Where(file => arguments.Contains($"\"{Path.Combine(folder, file)}\"", StringComparison.Ordinal)).ToList();
            calls.AddRange(named.Select(file => new SystemCall(name, file, Count(file))));
            if (named.Count == 0 && Names().IsMatch(name) && arguments.Contains(folder, StringComparison.Ordinal))
                calls.Add(new SystemCall(name, null, overall));
        }

        return [.. calls.Distinct()];
    }

    /// <summary>The arguments for strace that suspend a process at each call of this name on this file.</summary>
    public IEnumerable<string> Suspending(string folder) =>
        [.. File is { } file ? ["-P", Path.Combine(folder, file)] : Array.Empty<string>(), "-e", "trace=" + Name, "-e", $"inject={Name}:signal=SIGSTOP:when=1+"];

    [GeneratedRegex(@"^(\[pid +\d+\] )?(?<name>\w+)\((?<arguments>.*)", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    [GeneratedRegex("^(rename|link|unlink)", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
