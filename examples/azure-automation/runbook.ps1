#requires -Version 7.4

<#
.SYNOPSIS
An Azure Automation runbook for a PowerShell 7.4 runtime environment or a hybrid worker.

.DESCRIPTION
Import the module's zip file, packed with ./build.ps1 -Task Pack -Runtime win-x64,linux-x64, into the runtime environment first.

A sandbox has 400 MB of memory, so the engine gets a limit. A job that is interrupted starts anew from the beginning, which is
safe: what was loaded is skipped. The output is one small object per source. A failed source makes the job fail, after every
source has had its try.

.PARAMETER SourceFolder
The folder of the staging databases: on a hybrid worker a local folder, in a sandbox one that an earlier step has filled.

.PARAMETER Destination
The store.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $SourceFolder,

    [Parameter(Mandatory)]
    [string] $Destination,

    [string] $MemoryLimit = '192MB'
)

Import-Module SilverAudit.PowerShell -ErrorAction Stop

$results = @(Invoke-SilverAuditEtl "$SourceFolder/*.db" -Destination $Destination -MemoryLimit $MemoryLimit -Threads 1 -NoLog -Summary)
$results
if (-not $results -or -not $results[-1].Success) {
    throw "The load failed. Failed sources: $($results[-1].Failures.Source -join ', ')"
}
