using System.Management.Automation;

namespace SilverAudit.PowerShell.Loader;

/// <summary>
/// Makes the module's dependencies known when it is imported. The manifest nests this assembly so that it runs before the
/// cmdlets are looked at: a cmdlet with a field of a Core value type could not even be reflected upon otherwise.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport() => Dependencies.Hook();
}
