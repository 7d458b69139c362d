namespace SilverAudit;

/// <summary>What became of the wish to take a run back.</summary>
public enum UndoStatus
{
    /// <summary>What the run did was taken back.</summary>
    Undone,

    /// <summary>Nothing was written because only a plan was asked for; the counts are what an undo would give.</summary>
    Planned,
}
