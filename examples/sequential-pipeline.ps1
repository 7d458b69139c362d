#requires -Version 7.4

<#
.SYNOPSIS
A pipeline in four steps, each of which must succeed: ingest, load, compare, check.

.PARAMETER Ingest
The program that writes the staging databases, with its arguments, such as 'python', 'scopus_json_EtLT_to_staging_table.py'.

.PARAMETER Source
The staging databases. Wildcards are permitted.

.PARAMETER Destination
The store.

.EXAMPLE
pwsh -NoProfile -NonInteractive -File sequential-pipeline.ps1 -Source 'staging/*.db' -Destination silver_metadata.db
#>
[CmdletBinding()]
param(
    [string[]] $Ingest,

    [Parameter(Mandatory)]
    [string] $Source,

    [string] $Destination = 'silver_metadata.db'
)

# The first error of any step ends the script, with exit code 1.
$ErrorActionPreference = 'Stop'
Import-Module SilverAudit.PowerShell

if ($Ingest) {
    'Step 1: ingest'
    $program, $arguments = $Ingest
    & $program @arguments
    if ($LASTEXITCODE -ne 0) {
        throw "The ingest failed with exit code $LASTEXITCODE."
    }
}

'Step 2: load'
Invoke-SilverAuditEtl $Source -Destination $Destination

'Step 3: compare'
if ((Compare-SilverAuditSource $Source -Destination $Destination -Quiet) -contains $false) {
    throw 'The store does not hold every load of the sources as it is. See Compare-SilverAuditSource.'
}

'Step 4: check'
$failed = Test-SilverAuditStore -Destination $Destination | Where-Object { -not $_.Passed }
if ($failed) {
    throw "Checks of the store failed: $($failed.Check -join ', ')."
}

'The pipeline has succeeded.'
