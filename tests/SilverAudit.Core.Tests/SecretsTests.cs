namespace SilverAudit.Core.Tests;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("Password=hunter2", "Password=***")]
    [InlineData("Server=db;User Id=sa;Password=hunter2;Database=x", "Server=db;User Id=sa;Password=***;Database=x")]
    [InlineData("Server=db;Pwd=hunter2", "Server=db;Pwd=***")]
    [InlineData("Server=db;PWD = hunter2 ; Database=x", "Server=db;PWD = ***; Database=x")]
    [InlineData("Server=db;Password=two words;Database=x", "Server=db;Password=***;Database=x")]
    [InlineData("Server=db;Password=\"two; words\";Database=x", "Server=db;Password=\"***\";Database=x")]
    [InlineData("Server=db;Password='two; words';Database=x", "Server=db;Password='***';Database=x")]
    [InlineData("Server=db;Password='it''s; two';Database=x", "Server=db;Password='***';Database=x")]
    [InlineData("Driver={x};Pwd={two; words};Server=db", "Driver={x};Pwd={***};Server=db")]
    [InlineData("password: hunter2", "password: ***")]
    [InlineData("passwd=hunter2", "passwd=***")]
    [InlineData("pass=hunter2", "pass=***")]
    [InlineData("passphrase: hunter2", "passphrase: ***")]
    [InlineData("PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql")]
    [InlineData("my-secret=hunter2", "my-secret=***")]
    [InlineData("client_secret=hunter2", "client_secret=***")]
    [InlineData("ClientSecret=hunter2", "ClientSecret=***")]
    [InlineData("aws_secret_access_key = hunter2", "aws_secret_access_key = ***")]
    [InlineData("apikey=hunter2", "apikey=***")]
    [InlineData("api_key: hunter2", "api_key: ***")]
    [InlineData("X-Api-Key: hunter2", "X-Api-Key: ***")]
    [InlineData("access key=hunter2", "access key=***")]
    [InlineData("AccountName=a;AccountKey=aHVudGVyMg==;EndpointSuffix=b", "AccountName=a;AccountKey=***;EndpointSuffix=b")]
    [InlineData("SharedAccessKey=hunter2", "SharedAccessKey=***")]
    [InlineData("SharedAccessSignature=sv=1&sig=hunter2", "SharedAccessSignature=***&sig=***")]
    [InlineData("credential=hunter2", "credential=***")]
    [InlineData("refresh_token=hunter2", "refresh_token=***")]
    [InlineData("password := hunter2", "password := ***")]
    [InlineData("password => hunter2", "password => ***")]
    [InlineData("password%3Dhunter2", "password%3D***")]
    [InlineData("--password hunter2 --verbose", "--password *** --verbose")]
    [InlineData("-Token hunter2", "-Token ***")]
    [InlineData("<password>hunter2</password>", "<password>***</password>")]
    public void The_value_of_a_setting_is_taken_out_and_its_name_is_kept(string text, string expected) => AssertRedacted(text, expected);

    [Theory]
    [InlineData("""{"user": "a", "password": "hunter2"}""", """{"user": "a", "password": "***"}""")]
    [InlineData("""{"password":"hun\"ter2","x":1}""", """{"password":"***","x":1}""")]
    [InlineData("""{'token': 'hunter2'}""", """{'token': '***'}""")]
    [InlineData("""{"password":12345678}""", """{"password":***}""")]
    [InlineData("""{"password":12345678,"x":1}""", """{"password":***}""")]
    [InlineData("""{\"password\": \"hunter2\", \"x\": 1}""", """{\"password\": \"***\", \"x\": 1}""")]
    [InlineData("""{"credentials": {"user": "a", "key": "hunter2"}}""", """{"credentials": {***}}""")]
    [InlineData("""{"password": "hunter2""", """{"password": "***""")]
    [InlineData("""{"password": "hunter2\""", """{"password": "***""")]
    public void Json_is_still_json_to_look_at(string text, string expected) => AssertRedacted(text, expected);

    [Theory]
    [InlineData("md:db?motherduck_token=hunter2", "md:db?motherduck_token=***")]
    [InlineData("md:db?motherduck_token=hunter2&mode=ro", "md:db?motherduck_token=***&mode=ro")]
    [InlineData("https://a.blob.core.windows.net/c/b.db?sv=2024-01-01&sig=hunter2%3D&se=2030", "https://a.blob.core.windows.net/c/b.db?sv=2024-01-01&sig=***&se=2030")]
    [InlineData("s3://b/k?X-Amz-Signature=hunter2", "s3://b/k?X-Amz-Signature=***")]
    [InlineData("postgres://user:hunter2@host/db", "postgres://user:***@host/db")]
    [InlineData("postgres://user:hun@ter/2@host:5432/db", "postgres://user:***@host:5432/db")]
    [InlineData("postgres:/user:hunter2@host/db", "postgres:/user:***@host/db")]
    [InlineData(@"C:\work\postgres:\user:hunter2@host\db", @"C:\work\postgres:\user:***@host\db")]
    [InlineData("redis://:hunter2@host", "redis://:***@host")]
    [InlineData("https://ghp_0123456789abcdefghij@github.com/a/b", "https://***@github.com/a/b")]
    [InlineData("user:hunter2@host/db", "user:***@host/db")]
    [InlineData("postgres://user:hunter2@[::1]/db", "postgres://user:***@[::1]/db")]
    public void A_URL_keeps_what_is_not_secret(string text, string expected) => AssertRedacted(text, expected);

    [Theory]
    [InlineData("Authorization: Bearer hunter2.x-y_z", "Authorization: ***")]
    [InlineData("Authorization: Basic aHVudGVyMg==", "Authorization: ***")]
    [InlineData("'Authorization': 'Bearer hunter2'", "'Authorization': '***'")]
    [InlineData("sent Bearer hunter2 and failed", "sent Bearer *** and failed")]
    [InlineData("sent Basic dXNlcjpodW50ZXIy and failed", "sent Basic *** and failed")]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl back", "got *** back")]
    [InlineData("ALTER USER a PASSWORD 'hunter2' VALID", "ALTER USER a PASSWORD '***' VALID")]
    [InlineData("CREATE SECRET (TYPE s3, SECRET 'hunter2')", "CREATE SECRET (TYPE s3, SECRET '***')")]
    [InlineData("ATTACH 'a.db' (ENCRYPTION_KEY 'hunter2')", "ATTACH 'a.db' (ENCRYPTION_KEY '***')")]
    [InlineData("ATTACH 'x?password=''hunter2''' AS y", "ATTACH 'x?password=''***''' AS y")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY----- end", "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY----- end")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nhunter2\n", "-----BEGIN PRIVATE KEY-----***")]
    public void Authorisations_statements_and_keys_are_known(string text, string expected) => AssertRedacted(text, expected);

    [Theory]
    [InlineData("'a.db?token=hunter2' is not a DuckDB database. Name another.", "'a.db?token=***' is not a DuckDB database. Name another.")]
    [InlineData("row 1 (Server=a;Password=hunter2): load_id is blank", "row 1 (Server=a;Password=***): load_id is blank")]
    [InlineData("There is no table 'Password=hunter2' in 'a.db'; it has: b.", "There is no table 'Password=***' in 'a.db'; it has: b.")]
    [InlineData("Source database file not found: md:x?token=hunter2. Check the path.", "Source database file not found: md:x?token=***. Check the path.")]
    [InlineData("duplicate key \"load_id: Password=hunter2\" violates", "duplicate key \"load_id: Password=***\" violates")]
    public void The_sentence_around_a_secret_stays_readable(string text, string expected) => AssertRedacted(text, expected);

    [Theory]
    [InlineData("load_id appears 2 times with different content")]
    [InlineData("token_count = 5")]
    [InlineData("password_changed_at: 2025-01-15")]
    [InlineData(@"C:\tokens\a.db")]
    [InlineData("/data/secrets/password/a.db")]
    [InlineData("/data/secret.db: file not found")]
    [InlineData("Table 'token' in 'a.db' has no column 'load_id'; it has: password, secret, api_key.")]
    [InlineData("Columns that the permanent table lacks: token, passwd")]
    [InlineData("2025-01-15 14:30:00 - silver_audit_etl - INFO - basic checks passed")]
    [InlineData("https://example.org:8080/path?q=1&page=2#top")]
    [InlineData("s3://bucket/key@2x.db")]
    [InlineData("user@example.org")]
    [InlineData("bypass=true; compass: north; design=5; assignment: x")]
    [InlineData("primary key: load_id")]
    [InlineData("SELECT d.\"token\", s.password FROM t")]
    [InlineData("password=")]
    [InlineData("")]
    public void What_is_no_secret_stays_as_it_is(string text) => Assert.Equal(text, Secrets.Redact(text));

    [Theory]
    [InlineData("password='")]
    [InlineData("aa://a:")]
    [InlineData("eyJ")]
    [InlineData("password={")]
    [InlineData("password=a ")]
    [InlineData("password;=")]
    public async Task A_text_made_to_be_slow_to_search_is_not(string part)
    {
        // Searching in squared time would take days; nothing is measured here, a hang is what fails.
        var text = string.Concat(Enumerable.Repeat(part, 500_000 / part.Length));

        await Task.Run(() => Secrets.Redact(text)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static void AssertRedacted(string text, string expected)
    {
        var redacted = Secrets.Redact(text);

        Assert.Equal(expected, redacted);
        Assert.Equal(redacted, Secrets.Redact(redacted));
    }
}
