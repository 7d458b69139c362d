namespace SilverAudit.Configuration;

/// <summary>The environment whose settings are in effect, and who has chosen it.</summary>
/// <param name="Name">The name as the file has it; null when there is none.</param>
/// <param name="Source">The kind of place that the choice comes from.</param>
/// <param name="Origin">The place; null where nobody has chosen.</param>
internal sealed record ChosenEnvironment(string? Name, SettingSource Source, string? Origin)
{
    public const string Parameter = "-Environment";
    public const string Variable = "ETL_ENV";

    private const string Usual = "development";

    /// <exception cref="AuditException">There is no such environment, or no file that could define it.</exception>
    public static ChosenEnvironment Choose(ConfigurationRequest request, ConfigurationFile? file)
    {
        if (request.Environment is { } named)
            return new ChosenEnvironment(Find(request, file, named, Parameter), SettingSource.Parameter, Parameter);
        if (request.ReadVariable(Variable)?.Trim() is { Length: > 0 } variable)
            return new ChosenEnvironment(Find(request, file, variable, Variable), SettingSource.Variable, Variable);
        return new ChosenEnvironment(file?.Environments.Keys.FirstOrDefault(IsUsual), SettingSource.Default, null);
    }

    private static bool IsUsual(string name) => name.Equals(Usual, StringComparison.OrdinalIgnoreCase);

    private static string Find(ConfigurationRequest request, ConfigurationFile? file, string name, string origin)
    {
        if (file is null)
        {
            var missing = request.ResolvePath(ConfigurationFile.DefaultName);
            throw ConfigurationErrors.NotFound(missing,
                $"{origin} asks for the environment '{ConfigurationErrors.Show(name)}', but there is no configuration file '{missing}' that could define it. Go to the folder of the file, or name it by -ConfigurationPath.");
        }

        return file.Environments.Keys.FirstOrDefault(defined => defined.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw ConfigurationErrors.UnknownEnvironment(file.Path, name, origin, [.. file.Environments.Keys]);
    }
}
