using SilverAudit.PowerShell.Loader;

namespace SilverAudit.EngineHost;

/// <summary>Runs the engine for another process: <c>SilverAudit.EngineHost &lt;pipe&gt;</c>.</summary>
public static class Program
{
    /// <summary>Serves until the other process is done, or gone.</summary>
    /// <param name="args">The name of the pipe.</param>
    public static void Main(string[] args)
    {
        Dependencies.Hook();
        Serve(args[0]);
    }

    // Apart, so that Core is looked for only when the hook is in place.
    private static void Serve(string pipe) => Stores.Isolation.EngineServer.Run(pipe);
}
