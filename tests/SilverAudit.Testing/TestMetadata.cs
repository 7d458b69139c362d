using System.Reflection;

namespace SilverAudit.Testing;

/// <summary>Paths that the build has written into this assembly.</summary>
public static class TestMetadata
{
    public static string Value(string key) =>
        typeof(TestMetadata).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
