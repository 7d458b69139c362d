using System.Globalization;
using System.Net;
using MimeKit;

namespace SilverAudit.PowerShell.Tests;

public sealed class NotificationMailTests : IDisposable
{
    private const string Load = "Invoke-SilverAuditEtl -LiteralPath $args[1] -NoLog -ErrorAction SilentlyContinue";
    private const string Send = "Send-SilverAuditNotification -SmtpServer localhost -Port $args[0] -From etl@example.com -To admin@example.com";

    private readonly Module _module = new();
    private readonly MailServer _server = new();

    private static string[] Samples => [.. Enumerable.Range(1, 3).Select(number => Path.Combine(Module.SamplesPath, $"batch{number}.db"))];

    public void Dispose()
    {
        _server.Dispose();
        _module.Dispose();
    }

    [Fact]
    public void A_batch_that_went_well_is_one_mail_that_says_so_in_its_subject_and_in_both_bodies()
    {
        var result = Assert.Single(_module.Succeed($"{Load} | {Send}", _server.Port, Samples));

        var mail = Assert.Single(_server.Mails);
        Assert.Equal("etl@example.com", mail.Sender);
        Assert.Equal(["admin@example.com"], mail.Recipients);
        Assert.Equal("etl@example.com", mail.Message.From.ToString());
        Assert.Equal("admin@example.com", mail.Message.To.ToString());
        Assert.Equal($"ETL Success - {Today} - 3 sources, 13 rows inserted", mail.Subject);
        Assert.Equal("auto-generated", mail.Message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("multipart/alternative", mail.Message.Body?.ContentType.MimeType);

        var text = mail.Text;
        Assert.StartsWith("ETL batch completed successfully\n\nStart time: ", text, StringComparison.Ordinal);
        Assert.Matches(@"End time: +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d\nDuration: +\d+\.\d\d seconds\n", text);
        Assert.Matches(@"  Total sources: +3\n  Successful: +3\n  Failed: +0\n  Rows inserted: +13\n", text);
        Assert.Contains($"{Samples[1]}\n    PartialUpdate: 6 rows, 4 inserted, 0 updated, 2 skipped, 0 changed, 0 rejected, ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed sources", text, StringComparison.Ordinal);

        var cells = Cells(mail);
        Assert.Equal(["Total sources", "3", "Successful", "3", "Failed", "0", "Rows inserted", "13"], cells.Skip(cells.IndexOf("Total sources")).Take(8));
        Assert.Equal([Samples[0], "AllNew", "5", "5", "0", "0", "0", "0"], cells.Skip(cells.IndexOf(Samples[0])).Take(8));

        Assert.Equal("SilverAudit.NotificationResult", result.TypeNames[0]);
        Assert.Equal(
            ("Mail", "admin@example.com", $"localhost:{_server.Port}", mail.Subject, true, 3, 0, ""),
            (result.Text("Kind"), result.Text("Target"), result.Text("Server"), result.Text("Subject"), result.Value<bool>("Sent"),
             result.Value<int>("Sources"), result.Value<int>("FailedSources"), result.Text("Error")));
        Assert.Equal(DateTimeKind.Utc, result.Value<DateTime>("StartedAt").Kind);
    }

    [Fact]
    public void A_batch_with_a_failed_source_says_so_in_the_subject_and_names_that_source_first_with_its_error()
    {
        var missing = _module.File("missing.db");

        _module.Run($"{Load} | {Send}", _server.Port, (string[])[Samples[0], Samples[1], missing]);

        var mail = Assert.Single(_server.Mails);
        Assert.Equal($"ETL FAILURE - {Today} - 1 of 3 sources failed", mail.Subject);
        Assert.Equal(MessageImportance.High, mail.Message.Importance);
        var text = mail.Text;
        Assert.StartsWith("ETL batch FAILED\n", text, StringComparison.Ordinal);
        Assert.Matches(@"  Total sources: +3\n  Successful: +2\n  Failed: +1\n  Rows inserted: +9\n", text);
        Assert.Contains($"\nFailed sources\n  {missing}\n    SourceNotFound: ", text, StringComparison.Ordinal);
        AssertOrder(text[text.IndexOf("\nSources\n", StringComparison.Ordinal)..], missing, Samples[0], Samples[1]);
        var cells = Cells(mail);
        Assert.StartsWith("SourceNotFound: ", cells[cells.IndexOf(missing) + 9], StringComparison.Ordinal);
        AssertOrder(string.Join('\n', cells), missing, Samples[0], Samples[1]);
    }

    [Fact]
    public void Every_recipient_gets_the_one_mail_and_addresses_may_have_names()
    {
        _module.Succeed(
            $"{Load} | Send-SilverAuditNotification -SmtpServer 127.0.0.1 -Port $args[0] -From 'Nächtlicher Lauf <etl@example.com>' -To 'Ops <ops@example.com>', admin@example.com",
            _server.Port, Samples);

        var mail = Assert.Single(_server.Mails);
        Assert.Equal(["ops@example.com", "admin@example.com"], mail.Recipients);
        Assert.Equal("Nächtlicher Lauf", mail.Message.From.Mailboxes.Single().Name);
        Assert.Equal(["Ops", ""], mail.Message.To.Mailboxes.Select(mailbox => mailbox.Name ?? ""));
    }

    [Fact]
    public void A_title_of_ones_own_stands_in_front_of_success_or_failure()
    {
        _module.Succeed($"{Load} | {Send} -Subject 'Scopus nightly, Köln'", _server.Port, Samples);

        Assert.StartsWith("Scopus nightly, Köln Success - ", Assert.Single(_server.Mails).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Updated_and_rejected_rows_are_in_the_subject_when_there_are_any()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        Database.Execute(
            source, "UPDATE silver_temp_audit SET validation_summary = 'new' WHERE load_id = 'LOAD_1'",
            "INSERT INTO silver_temp_audit (load_id) VALUES (' ')");

        _module.Succeed($"{Load} -Reprocess -Reason why -InvalidRow Reject | {Send}", _server.Port, (string[])[source]);

        Assert.EndsWith(" - 1 source, 0 rows inserted, 1 updated, 1 rejected", Assert.Single(_server.Mails).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_is_not_told_as_done()
    {
        _module.Succeed($"{Load} -WhatIf | {Send}", _server.Port, Samples);

        var mail = Assert.Single(_server.Mails);
        Assert.Equal($"ETL Plan - {Today} - 3 sources, 13 rows to insert", mail.Subject);
        Assert.StartsWith("ETL batch planned; nothing was written", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void On_failure_only_sends_nothing_about_success_and_says_so_only_when_asked()
    {
        var success = _module.Run($"{Load} | {Send} -OnFailureOnly -Verbose", _server.Port, Samples);
        Assert.Empty(_server.Mails);
        Assert.Empty(success.Output);
        Assert.EndsWith("so it was created.", Assert.Single(success.Warnings), StringComparison.Ordinal);
        Assert.Contains(success.Verbose, text => text.StartsWith("Nothing failed, so nothing is sent: ETL Success - ", StringComparison.Ordinal));

        _module.Run($"{Load} | {Send} -OnFailureOnly", _server.Port, (string[])[_module.File("missing.db")]);
        Assert.EndsWith("1 of 1 source failed", Assert.Single(_server.Mails).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void What_if_sends_nothing_and_says_what_it_would_send()
    {
        var output = string.Join('\n', ChildProcess.Succeed(Runner.Start(
            _module.Folder.Location,
            """
            param($port, $source)
            (Invoke-SilverAuditEtl $source -NoLog | Send-SilverAuditNotification -SmtpServer localhost -Port $port -From etl@example.com -To admin@example.com -WhatIf).Sent
            """,
            _server.Port.ToString(CultureInfo.InvariantCulture), Samples[0])));

        Assert.Empty(_server.Mails);
        Assert.Contains(
            $"""What if: Performing the operation "Send Mail 'ETL Success - {Today} - 1 source, 5 rows inserted'" on target "admin@example.com through localhost:{_server.Port}".""",
            output, StringComparison.Ordinal);
        Assert.EndsWith("False", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_in_flows_on_when_asked_so_that_a_job_can_still_count_failures()
    {
        var outcome = _module.Run(
            $"$before, $after = 'first', 'last'; $results = @($before; {Load}; $after) | {Send} -PassThru; $results",
            _server.Port, (string[])[Samples[0], _module.File("missing.db")]);

        Assert.Empty(outcome.Errors);
        Assert.Equal("first", outcome.Output[0].BaseObject);
        Assert.Equal(["True", "False"], outcome.Output.Skip(1).Take(2).Select(result => result.Text("Success")));
        Assert.Equal("last", outcome.Output[3].BaseObject);
        Assert.Equal(4, outcome.Output.Count);
        Assert.EndsWith("1 of 2 sources failed", Assert.Single(_server.Mails).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_objects_of_the_pipeline_are_passed_over_with_a_verbose_line()
    {
        var outcome = _module.Run($"@({Load}; 42; $null; [guid]::Empty) | {Send} -Verbose", _server.Port, Samples);

        Assert.Empty(outcome.Errors);
        Assert.Equal(3, Assert.Single(outcome.Output).Value<int>("Sources"));
        Assert.Contains("Passed over, for it is no result of a source: System.Int32", outcome.Verbose);
        Assert.Contains("Passed over, for it is no result of a source: System.Guid", outcome.Verbose);
    }

    [Theory]
    [InlineData("@()")]
    [InlineData("$null")]
    [InlineData("42")]
    public void A_pipeline_without_a_result_sends_nothing_and_warns(string input)
    {
        var outcome = _module.Run($"{input} | {Send}", _server.Port);

        Assert.Null(outcome.Terminating);
        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Output);
        Assert.StartsWith("No result of a source came in", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public void Results_may_be_given_as_a_parameter()
    {
        _module.Succeed($"$results = {Load}; {Send} -InputObject $results", _server.Port, Samples);

        Assert.EndsWith("3 sources, 13 rows inserted", Assert.Single(_server.Mails).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_were_in_a_file_or_in_another_process_are_results_still()
    {
        var outcome = _module.Run(
            $$"""
            $results = {{Load}} | ForEach-Object {
                [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_, 2))
            }
            $results | {{Send}}
            """,
            _server.Port, (string[])[Samples[0], _module.File("missing.db")]);

        Assert.Equal((2, 1), (Assert.Single(outcome.Output).Value<int>("Sources"), outcome.Output[0].Value<int>("FailedSources")));
        var text = Assert.Single(_server.Mails).Text;
        Assert.Contains($"{Samples[0]}\n    AllNew: 5 rows, 5 inserted", text, StringComparison.Ordinal);
        Assert.Contains("    SourceNotFound: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_can_forge_neither_a_header_nor_a_line_nor_markup()
    {
        const string Name = "x\r\nBcc: evil@example.com\r\n\r\nRows inserted: 99<img src=x onerror=alert(1)>\u202Edb";

        _module.Run($"{Load} | {Send}", _server.Port, (string[])[_module.File(Name)]);

        var mail = Assert.Single(_server.Mails);
        Assert.Equal(["admin@example.com"], mail.Recipients);
        Assert.Null(mail.Message.Headers[HeaderId.Bcc]);
        Assert.DoesNotContain(mail.Text.Split('\n'), line => line.StartsWith("Rows inserted: 99", StringComparison.Ordinal));
        Assert.DoesNotContain("<img", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', mail.Text + WebUtility.HtmlDecode(mail.Html));
    }

    [Fact]
    public void A_path_that_holds_a_password_is_told_without_it()
    {
        _module.Run($"{Load} | {Send}", _server.Port, (string[])[_module.File("Password=S3cr3t-Hunter2;x.db")]);

        var mail = Assert.Single(_server.Mails);
        Assert.DoesNotContain("S3cr3t-Hunter2", mail.Text + mail.Html, StringComparison.Ordinal);
        Assert.Contains("Password=***", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_very_many_sources_the_failed_ones_are_listed_first_and_the_rest_is_counted()
    {
        _module.Succeed(
            $$"""
            $one = {{Load}}
            $failed = Invoke-SilverAuditEtl -LiteralPath missing.db -NoLog -ErrorAction SilentlyContinue
            @(foreach ($i in 1..1500) { $one }; $failed) | {{Send}}
            """,
            _server.Port, (string[])[Samples[0]]);

        var mail = Assert.Single(_server.Mails);
        Assert.EndsWith("1 of 1501 sources failed", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("... and 501 more sources, which are not listed here.", mail.Text, StringComparison.Ordinal);
        Assert.Contains("... and 501 more sources, which are not listed here.", mail.Html, StringComparison.Ordinal);
        AssertOrder(mail.Text[mail.Text.IndexOf("\nSources\n", StringComparison.Ordinal)..], "missing.db", Samples[0]);
    }

    [Fact]
    public void The_bodies_are_the_same_whatever_the_culture_of_the_session()
    {
        _module.Succeed($"[cultureinfo]::CurrentCulture = 'ar-SA'; {Load} | {Send}", _server.Port, Samples);

        var mail = Assert.Single(_server.Mails);
        Assert.Equal($"ETL Success - {Today} - 3 sources, 13 rows inserted", mail.Subject);
        Assert.Matches(@"Start time: +20\d\d-", mail.Text);
    }

    private static string Today => DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static List<string> Cells(ReceivedMail mail) =>
    [
        .. mail.Html.Split("</td>").Select(cell => cell[(cell.LastIndexOf('>') + 1)..].Trim()).Select(WebUtility.HtmlDecode).OfType<string>(),
    ];

    private static void AssertOrder(string text, params string[] parts)
    {
        var positions = parts.Select(part => text.IndexOf(part, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, positions);
        Assert.Equal(positions.Order(), positions);
    }
}
