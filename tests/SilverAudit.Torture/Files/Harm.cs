namespace SilverAudit.Torture.Files;

/// <summary>How far a mutation may go, and so what may come out of the file.</summary>
public enum Harm
{
    /// <summary>Accidents. What still comes out of the file is what was in it.</summary>
    Damage,

    /// <summary>Parts of an earlier state of the file, or of another one, that the engine can't tell from its own.</summary>
    OtherRows,

    /// <summary>Made by somebody who knows the format: every checksum is right, and anything may be read. It may crash the engine.</summary>
    Forgery,
}
