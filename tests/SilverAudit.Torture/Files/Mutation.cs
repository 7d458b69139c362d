namespace SilverAudit.Torture.Files;

/// <summary>A way to damage a database file.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Harm">How far it may go.</param>
/// <param name="Apply">Does it, to a file that has the other one to take parts from.</param>
public sealed record Mutation(string Name, Harm Harm, Action<string, string, Random> Apply)
{
    private const int HeaderSize = 4096;
    private const int HeadersEnd = 3 * HeaderSize;
    private const int ChecksumSize = sizeof(ulong);

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("bits flipped", Harm.Damage, (file, _, random) => Change(file, bytes => Flip(bytes, 0, bytes.Length, random))),
        new("bits of the headers flipped", Harm.Damage, (file, _, random) => Change(file, bytes => Flip(bytes, 0, HeadersEnd, random))),
        new("bits flipped, checksum right", Harm.Forgery, (file, _, random) => Change(file, bytes => Forge(bytes, random))),
        new("bits of a header flipped, checksum right", Harm.Forgery, (file, _, random) => Change(file, bytes => ForgeHeader(bytes, random))),
        new("cut off", Harm.Damage, (file, _, random) => Cut(file, random)),
        new("garbage appended", Harm.Damage, (file, _, random) => Append(file, random)),
        new("headers zeroed", Harm.OtherRows, (file, _, random) => Change(file, bytes => ZeroHeaders(bytes, random))),
        new("headers swapped", Harm.OtherRows, (file, _, _) => Change(file, SwapHeaders)),
        new("a part zeroed", Harm.Damage, (file, _, random) => Change(file, bytes => ZeroPart(bytes, random))),
        new("blocks of its own spliced", Harm.Forgery, (file, _, random) => Splice(file, file, random)),
        new("blocks of another file spliced", Harm.Forgery, Splice),
        new("headers of another file", Harm.Forgery, TakeHeaders),
        new("a storage version to come", Harm.Damage, (file, _, random) => DatabaseFile.SetVersion(file, (ulong)random.Next(68, 1000))),
        new("the .wal of another file", Harm.OtherRows, (file, other, _) => File.Copy(other + ".wal", file + ".wal", overwrite: true)),
        new("bits of the .wal flipped", Harm.Damage, (file, other, random) => ChangeWal(file, other, bytes => Flip(bytes, 0, bytes.Length, random))),
        new("the .wal cut off", Harm.Damage, (file, other, random) => { EnsureWal(file, other); Cut(file + ".wal", random); }),
        new("garbage as .wal", Harm.Damage, (file, _, random) => Garbage(file + ".wal", random)),
        new("encrypted", Harm.Damage, (file, other, _) => File.Copy(Path.Combine(Path.GetDirectoryName(other)!, FileTemplates.Encrypted), file, overwrite: true)),
        new("nothing but garbage", Harm.Damage, (file, _, random) => Garbage(file, random)),
    ];

    private static void Change(string file, Action<byte[]> change)
    {
        var bytes = File.ReadAllBytes(file);
        change(bytes);
        File.WriteAllBytes(file, bytes);
    }

    private static void Flip(byte[] bytes, int from, int to, Random random)
    {
        for (var times = random.Next(1, 9); times > 0; times--)
        {
            bytes[random.Next(from, Math.Min(to, bytes.Length))] ^= (byte)(1 << random.Next(8));
        }
    }

    private static void Forge(byte[] bytes, Random random)
    {
        var size = DatabaseFile.BlockSizeOf(bytes);
        var start = HeadersEnd + random.Next((bytes.Length - HeadersEnd) / size) * size;
        // Most of a block is empty; what matters is at its beginning.
        var used = size;
        while (used > ChecksumSize + 1 && bytes[start + used - 1] == 0)
            used--;
        Flip(bytes, start + ChecksumSize, start + used, random);
        DatabaseFile.SetChecksum(bytes.AsSpan(start, size));
    }

    private static void ForgeHeader(byte[] bytes, Random random)
    {
        var start = random.Next(3) * HeaderSize;
        Flip(bytes, start + ChecksumSize, start + 120, random);
        DatabaseFile.SetChecksum(bytes.AsSpan(start, HeaderSize));
    }

    private static void Cut(string file, Random random)
    {
        var length = new FileInfo(file).Length;
        // Half of the cuts are where a writer would have been cut off: between blocks.
        var position = random.NextInt64(length);
        DatabaseFile.Truncate(file, random.Next(2) == 0 ? position : position / HeaderSize * HeaderSize);
    }

    private static void Append(string file, Random random)
    {
        var garbage = new byte[random.Next(1, 600_000)];
        random.NextBytes(garbage);
        using var stream = new FileStream(file, FileMode.Append);
        stream.Write(garbage);
    }

    private static void ZeroHeaders(byte[] bytes, Random random)
    {
        var which = random.Next(1, 8);
        for (var header = 0; header < 3; header++)
        {
            if ((which & (1 << header)) != 0)
                Array.Clear(bytes, header * HeaderSize, HeaderSize);
        }
    }

    private static void SwapHeaders(byte[] bytes)
    {
        var first = bytes[HeaderSize..(2 * HeaderSize)];
        Array.Copy(bytes, 2 * HeaderSize, bytes, HeaderSize, HeaderSize);
        first.CopyTo(bytes, 2 * HeaderSize);
    }

    private static void ZeroPart(byte[] bytes, Random random)
    {
        var start = random.Next(bytes.Length);
        Array.Clear(bytes, start, random.Next(1, Math.Min(bytes.Length - start, 100_000) + 1));
    }

    private static void Splice(string file, string other, Random random)
    {
        var donor = File.ReadAllBytes(other);
        Change(file, bytes =>
        {
            var size = DatabaseFile.BlockSizeOf(bytes);
            var from = HeadersEnd + random.Next((donor.Length - HeadersEnd) / size) * size;
            var to = HeadersEnd + random.Next((bytes.Length - HeadersEnd) / size) * size;
            Array.Copy(donor, from, bytes, to, Math.Min(size, donor.Length - from));
        });
    }

    private static void TakeHeaders(string file, string other, Random random)
    {
        var donor = File.ReadAllBytes(other);
        Change(file, bytes => Array.Copy(donor, bytes, random.Next(1, 4) * HeaderSize));
    }

    private static void ChangeWal(string file, string other, Action<byte[]> change)
    {
        EnsureWal(file, other);
        Change(file + ".wal", change);
    }

    private static void EnsureWal(string file, string other)
    {
        if (!File.Exists(file + ".wal"))
            File.Copy(other + ".wal", file + ".wal");
    }

    private static void Garbage(string file, Random random)
    {
        var garbage = new byte[random.Next(20_000)];
        random.NextBytes(garbage);
        File.WriteAllBytes(file, garbage);
    }
}
