namespace SilverAudit.Bench;

/// <param name="Total">From opening the engine to the closed store.</param>
/// <param name="Statements">The MERGE statements alone.</param>
/// <param name="Rows">Rows inserted.</param>
internal readonly record struct BareRun(TimeSpan Total, TimeSpan Statements, long Rows);
