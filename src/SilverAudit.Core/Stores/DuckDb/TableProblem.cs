namespace SilverAudit.Stores.DuckDb;

/// <summary>Something in which the permanent table is not as documented.</summary>
/// <param name="Subject">What is wrong: the name of a column, or of a property of the table.</param>
/// <param name="Text">What is wrong with it.</param>
internal sealed record TableProblem(string Subject, string Text);
