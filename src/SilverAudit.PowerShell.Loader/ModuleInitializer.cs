using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace SilverAudit.PowerShell.Loader;

/// <summary>
/// Leads requests for Core into the module's own load context. The manifest nests this assembly so that it runs before the
/// cmdlets are looked at: a cmdlet with a field of a Core value type could not even be reflected upon otherwise.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string CoreAssembly = "SilverAudit.Core";

    private static readonly Lazy<DependencyLoadContext> s_dependencies =
        new(() => new DependencyLoadContext(Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!));

    private static int s_hooked;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Core stays loaded once its types are in use, so the hook stays too, also when the module is removed.
        if (Interlocked.Exchange(ref s_hooked, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += ResolveCore;
        }
    }

    private static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName assemblyName) =>
        assemblyName.Name == CoreAssembly ? s_dependencies.Value.LoadFromAssemblyName(assemblyName) : null;
}
