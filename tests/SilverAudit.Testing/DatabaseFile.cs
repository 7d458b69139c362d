using System.Buffers.Binary;
using System.Text;

namespace SilverAudit.Testing;

/// <summary>Damages database files as the world does, and dates them into the future.</summary>
public static class DatabaseFile
{
    private const int HeaderSize = 4096;
    private const int HeaderCount = 3;
    private const int BlockSize = 256 * 1024;
    private const int VersionOffset = 12;
    private const int BlockSizeOffset = 40;

    /// <summary>Keeps the first bytes only.</summary>
    public static void Truncate(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }

    /// <summary>Cuts the file off within the last block that holds values of the column.</summary>
    public static void TruncateWithin(string path, string table, string column) =>
        Truncate(path, BlocksOf(path, table, column).Max() + BlockSize / 2);

    /// <summary>Flips bytes in every block that holds values of the columns. The catalog stays as it is.</summary>
    public static void DamageColumns(string path, string table, params string[] columns)
    {
        var blocks = columns.SelectMany(column => BlocksOf(path, table, column)).Distinct().ToList();
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        foreach (var block in blocks)
        {
            file.Position = block + 64;
            // One word: the checksum is an exclusive or over words, so the same change of two equal ones would not show in it.
            var bytes = new byte[sizeof(ulong)];
            file.ReadExactly(bytes);
            file.Position -= bytes.Length;
            file.Write([.. bytes.Select(value => (byte)~value)]);
        }
    }

    /// <summary>Replaces a text wherever the file has it by one of the same length, as if the engine had written it.</summary>
    public static void Replace(string path, string text, string replacement) =>
        Replace(path, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(replacement));

    /// <summary>Writes other bytes over some, wherever these stand, as if the engine had written them.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> replacement)
    {
        Assert.Equal(bytes.Length, replacement.Length);
        var file = File.ReadAllBytes(path);
        var blocks = new HashSet<int>();
        for (var position = file.AsSpan().IndexOf(bytes); position >= 0; position = file.AsSpan().IndexOf(bytes))
        {
            replacement.CopyTo(file.AsSpan(position));
            blocks.Add((position - HeaderCount * HeaderSize) / BlockSize);
        }

        Assert.NotEmpty(blocks);
        WriteBlocks(path, file, blocks);
    }

    /// <summary>Writes other bytes over the beginning of every segment of a column, as if the engine had written them.</summary>
    public static void ForgeSegments(string path, string table, string column, string compression, int offset, params byte[] bytes)
    {
        var segments = Database.Query(
            path, $"SELECT block_id, block_offset FROM pragma_storage_info('{table}') WHERE column_name = '{column}' AND compression = '{compression}' AND persistent");
        Assert.NotEmpty(segments);
        var file = File.ReadAllBytes(path);
        foreach (var segment in segments)
        {
            bytes.CopyTo(file, PositionOf((long)segment[0]!) + sizeof(ulong) + (long)segment[1]! + offset);
        }

        WriteBlocks(path, file, segments.Select(segment => (int)(long)segment[0]!));
    }

    /// <summary>Makes the file say that an engine to come has written it.</summary>
    public static void SetVersion(string path, ulong version)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        var header = new byte[HeaderSize];
        file.ReadExactly(header);
        Assert.Equal("DUCK", Encoding.ASCII.GetString(header, 8, 4));
        Assert.Equal(Checksum(header), BinaryPrimitives.ReadUInt64LittleEndian(header));

        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(VersionOffset), version);
        SetChecksum(header);
        file.Position = 0;
        file.Write(header);
    }

    /// <summary>The size of the blocks behind the headers.</summary>
    public static int BlockSizeOf(ReadOnlySpan<byte> file)
    {
        var size = BinaryPrimitives.ReadUInt64LittleEndian(file[(HeaderSize + BlockSizeOffset)..]);
        return size is >= 16 * 1024 and <= BlockSize ? (int)size : BlockSize;
    }

    /// <summary>How many blocks there are behind the headers.</summary>
    public static int BlockCountOf(string path)
    {
        var file = File.ReadAllBytes(path);
        return (file.Length - HeaderCount * HeaderSize) / BlockSizeOf(file);
    }

    /// <summary>Puts a copy of one block in the place of another. Its checksum goes with it.</summary>
    public static void CopyBlock(string path, int from, int to)
    {
        var file = File.ReadAllBytes(path);
        var size = BlockSizeOf(file);
        Array.Copy(file, HeaderCount * HeaderSize + from * size, file, HeaderCount * HeaderSize + to * size, size);
        File.WriteAllBytes(path, file);
    }

    /// <summary>Makes the checksum of a header or a block fit what is in it.</summary>
    public static void SetChecksum(Span<byte> block) => BinaryPrimitives.WriteUInt64LittleEndian(block, Checksum(block));

    /// <summary>Where in the file the blocks of a column begin.</summary>
    private static List<long> BlocksOf(string path, string table, string column)
    {
        var blocks = Database.Query(
            path, $"SELECT DISTINCT block_id FROM pragma_storage_info('{table}') WHERE column_name = '{column}' AND persistent AND block_id >= 0");
        Assert.NotEmpty(blocks);
        return [.. blocks.Select(row => PositionOf((long)row[0]!))];
    }

    private static long PositionOf(long block) => HeaderCount * HeaderSize + block * BlockSize;

    private static void WriteBlocks(string path, byte[] file, IEnumerable<int> changed)
    {
        foreach (var block in changed)
        {
            SetChecksum(file.AsSpan((int)PositionOf(block), BlockSize));
        }

        File.WriteAllBytes(path, file);
    }

    // The engine's own: over everything behind the checksum itself.
    private static ulong Checksum(ReadOnlySpan<byte> header)
    {
        var result = 5381UL;
        for (var offset = 8; offset < header.Length; offset += 8)
        {
            result ^= unchecked(BinaryPrimitives.ReadUInt64LittleEndian(header[offset..]) * 0xbf58476d1ce4e5b9);
        }

        return result;
    }
}
