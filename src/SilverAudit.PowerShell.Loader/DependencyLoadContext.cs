using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace SilverAudit.PowerShell.Loader;

/// <summary>
/// Holds Core and every third-party assembly of the module apart from the session, so that another module that
/// brought another version of the same assembly disturbs neither.
/// </summary>
internal sealed class DependencyLoadContext : AssemblyLoadContext
{
    private readonly string _assemblyDirectory;
    private readonly string _runtimesDirectory;

    public DependencyLoadContext(string moduleDirectory)
        : base("SilverAudit.PowerShell")
    {
        _assemblyDirectory = Path.Combine(moduleDirectory, "dependencies");
        _runtimesDirectory = Path.Combine(moduleDirectory, "runtimes");
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(_assemblyDirectory, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName)
    {
        foreach (var runtime in CandidateRuntimes())
        {
            var path = Path.Combine(_runtimesDirectory, runtime, "native", NativeFileName(unmanagedDllName));
            if (File.Exists(path))
            {
                return LoadUnmanagedDllFromPath(path);
            }
        }

        return IntPtr.Zero;
    }

    private static IEnumerable<string> CandidateRuntimes()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        yield return RuntimeInformation.RuntimeIdentifier;
        if (OperatingSystem.IsMacOS())
        {
            yield return "osx"; // DuckDB.NET ships one universal library for macOS.
        }
        else
        {
            yield return $"{(OperatingSystem.IsWindows() ? "win" : "linux")}-{architecture}";
        }
    }

    private static string NativeFileName(string name) =>
        OperatingSystem.IsWindows() ? name + ".dll" :
        OperatingSystem.IsMacOS() ? $"lib{name}.dylib" :
        $"lib{name}.so";
}
