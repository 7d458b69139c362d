namespace SilverAudit;

/// <summary>One setting as it is in effect, to be looked at: what looks like a secret is taken out of it.</summary>
/// <param name="Name">The name, as the configuration file has it; a dot stands for a level.</param>
/// <param name="Value">The value; null when there is none.</param>
/// <param name="Source">The kind of place that the value comes from.</param>
/// <param name="Origin">The place: the file and its section, the variable or the parameter; null for a default.</param>
public sealed record Setting(string Name, object? Value, SettingSource Source, string? Origin);
