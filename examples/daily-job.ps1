#requires -Version 7.4

<#
.SYNOPSIS
The daily job: loads the configured sources, checks the store, archives what it has proved to hold, and tells by mail.

.DESCRIPTION
Runs as it is under Task Scheduler, cron and systemd. What it works on is in the configuration file beside it.

Exit code 0: every source was loaded, every check passed, and the notification, where one is configured, was sent. 1: something
failed; the output, the log file and the mail say what. Run it again at any time: what was loaded is skipped.

.PARAMETER ConfigurationPath
The configuration file. Default: silver-audit.json beside this script.

.PARAMETER Environment
The environment in it. Default: the variable ETL_ENV, else development.

.PARAMETER CredentialPath
For a mail server that wants to know who sends: a file that Export-Clixml has written with the credential, as the account that
runs the job: Get-Credential | Export-Clixml mail-credential.xml

.EXAMPLE
pwsh -NoProfile -NonInteractive -File daily-job.ps1 -Environment production
#>
[CmdletBinding()]
param(
    [string] $ConfigurationPath = "$PSScriptRoot/silver-audit.json",

    [string] $Environment,

    [string] $CredentialPath
)

Import-Module SilverAudit.PowerShell -ErrorAction Stop

$configuration = @{ ConfigurationPath = $ConfigurationPath }
if ($Environment) {
    $configuration.Environment = $Environment
}

$mail = @{}
if ($CredentialPath) {
    $mail.Credential = Import-Clixml -LiteralPath $CredentialPath -ErrorAction Stop
}

# A failed source does not end the pipeline, so every source gets its try.
$results = @(Invoke-SilverAuditEtl @configuration -Summary)
$results
if (-not $results) {
    # The configuration could not be read, or the store could not be opened: the error is on the screen.
    exit 1
}

$results | Send-SilverAuditNotification @configuration @mail -ErrorVariable notSent
exit ($results[-1].Success -and -not $notSent ? 0 : 1)
