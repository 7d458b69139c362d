#requires -Version 7.4

<#
.SYNOPSIS
Builds, tests, packs, documents or cleans SilverAudit.PowerShell.

.DESCRIPTION
Build  Builds the solution and lays the importable module out in out/SilverAudit.PowerShell.
Test   Runs dotnet test, then the Pester tests and PSScriptAnalyzer where these modules are installed.
Pack   Lays the module out afresh with the engines asked for, and zips it to out/SilverAudit.PowerShell.zip, the name that Azure Automation wants.
Clean  Removes every bin and obj folder, and out.
Help   Writes the help that Get-Help shows from docs/en-US to module/en-US. Needs Microsoft.PowerShell.PlatyPS. Commit what it
       writes: no other task makes it.

Any failure is a terminating error, and a non-zero exit code of pwsh -File.

.PARAMETER Task
What to do: Build (default), Test, Pack, Clean or Help.

.PARAMETER Configuration
The build configuration: Release (default) or Debug.

.PARAMETER Runtime
The platforms whose DuckDB library goes into the package, for Pack. Default: all of them. Azure Automation takes modules of up
to 100 MB: pack win-x64,linux-x64 for it.

.PARAMETER NoDotNetTest
Test without dotnet test, on the module as it was built last.

.PARAMETER HelpDirectory
Where Help writes. Default: module/en-US.

.EXAMPLE
./build.ps1
Import-Module ./out/SilverAudit.PowerShell

.EXAMPLE
./build.ps1 -Task Test

.EXAMPLE
./build.ps1 -Task Pack -Runtime win-x64,linux-x64

.EXAMPLE
./build.ps1 -Task Help
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Pack', 'Clean', 'Help')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    [string[]] $Runtime = @('win-x64', 'win-arm64', 'linux-x64', 'linux-arm64', 'osx'),

    [switch] $NoDotNetTest,

    [string] $HelpDirectory = (Join-Path $PSScriptRoot 'module' 'en-US')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$moduleName = 'SilverAudit.PowerShell'
$solution = Join-Path $PSScriptRoot "$moduleName.sln"
$outDirectory = Join-Path $PSScriptRoot 'out'
$moduleDirectory = Join-Path $outDirectory $moduleName
$packageLimit = 100MB

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($args[0]) failed with exit code $LASTEXITCODE."
    }
}

function Test-ModuleAvailable([string] $Name, [version] $MinimumVersion) {
    [bool](Get-Module -Name $Name -ListAvailable | Where-Object Version -GE $MinimumVersion)
}

function Invoke-PesterTest([string] $Path) {
    if (-not (Test-ModuleAvailable -Name Pester -MinimumVersion '5.0')) {
        Write-Warning "THE PESTER TESTS DID NOT RUN. Install-PSResource Pester (5.0 or later) to run them."
        return
    }

    # In a process of its own: a module that was imported once keeps its files locked on Windows, and the next build needs them.
    $command = @'
Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $env:SILVERAUDIT_PESTER_PATH
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Detailed'
Invoke-Pester -Configuration $configuration
'@
    $env:SILVERAUDIT_PESTER_PATH = $Path
    try {
        & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -Command $command
        if ($LASTEXITCODE -ne 0) {
            throw 'The Pester tests failed.'
        }
    }
    finally {
        $env:SILVERAUDIT_PESTER_PATH = $null
    }
}

function Invoke-Analyzer([string[]] $Path) {
    if (-not (Test-ModuleAvailable -Name PSScriptAnalyzer -MinimumVersion '1.20')) {
        Write-Warning 'PSSCRIPTANALYZER DID NOT RUN. Install-PSResource PSScriptAnalyzer to run it.'
        return
    }

    $findings = @($Path | ForEach-Object { Invoke-ScriptAnalyzer -Path $_ -Recurse -Severity Error, Warning })
    if ($findings.Count -gt 0) {
        $findings | ForEach-Object { '{0}:{1}: {2} {3}: {4}' -f $_.ScriptPath, $_.Line, $_.Severity, $_.RuleName, $_.Message }
        throw "PSScriptAnalyzer found $($findings.Count) errors and warnings."
    }

    Write-Output 'PSScriptAnalyzer found nothing.'
}

function Invoke-Pack([string[]] $RuntimeIdentifier, [string] $BuildConfiguration) {
    if (Test-Path -LiteralPath $moduleDirectory) {
        Remove-Item -LiteralPath $moduleDirectory -Recurse -Force
    }

    # MSBuild takes a bare semicolon for the end of the property.
    $project = Join-Path $PSScriptRoot 'src' $moduleName
    Invoke-DotNet build $project -c $BuildConfiguration "-p:ModuleRuntimes=$($RuntimeIdentifier -join '%3B')"

    $missing = $RuntimeIdentifier | Where-Object { -not (Test-Path -Path (Join-Path $moduleDirectory 'runtimes' $_ 'native' '*')) }
    if ($missing) {
        throw "The build laid out no DuckDB library for $($missing -join ', ')."
    }

    $version = (Import-PowerShellDataFile -Path (Join-Path $moduleDirectory "$moduleName.psd1")).ModuleVersion
    $package = Join-Path $outDirectory "$moduleName.zip"
    if (Test-Path -LiteralPath $package) {
        Remove-Item -LiteralPath $package
    }

    [System.IO.Compression.ZipFile]::CreateFromDirectory(
        $moduleDirectory, $package, [System.IO.Compression.CompressionLevel]::SmallestSize, $true)

    $bytes = (Get-Item -LiteralPath $package).Length
    Write-Output ('{0}: version {1}, {2:N0} bytes, for {3}' -f $package, $version, $bytes, ($RuntimeIdentifier -join ', '))
    if ($bytes -gt $packageLimit) {
        Write-Warning ('The package is larger than the {0:N0} bytes that Azure Automation takes. Pack fewer runtimes for it: -Runtime win-x64,linux-x64.' -f $packageLimit)
    }
}

# What PlatyPS leaves undone: it keeps the fences of code and puts a control character between the paragraphs of an example
# (https://github.com/PowerShell/platyPS/issues/799), and it leaves default values out (issue 801). A link to a file is no use on
# a console, so its name alone is kept.
function Repair-Maml([xml] $Maml, [object[]] $CommandHelp) {
    $names = @{ Namespace = @{
            command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
            dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
            maml    = 'http://schemas.microsoft.com/maml/2004/10'
        } }

    foreach ($introduction in (Select-Xml -Xml $Maml -XPath '//maml:introduction' @names).Node) {
        $paragraphs = @($introduction.para | Where-Object { $_ -ne "`u{80}" })
        $introduction.InnerXml = ''
        $null = $introduction.AppendChild($Maml.CreateElement('maml', 'para', $names.Namespace.maml))
        $introduction.FirstChild.InnerText = $paragraphs -join "`n`n"
    }

    foreach ($paragraph in (Select-Xml -Xml $Maml -XPath '//maml:para' @names).Node) {
        $paragraph.InnerText = $paragraph.InnerText -replace '(?ms)^```\w*\n(.*?)\n```$', { $_.Groups[1].Value -replace '(?m)^(?=.)', '    ' }
    }

    foreach ($uri in (Select-Xml -Xml $Maml -XPath '//maml:uri' @names).Node) {
        $uri.InnerText = ''
    }

    foreach ($command in $CommandHelp) {
        foreach ($parameter in $command.Parameters | Where-Object DefaultValue) {
            $path = "//command:command[command:details/command:name='$($command.Title)']/command:parameters/command:parameter[maml:name='$($parameter.Name)']"
            $default = $Maml.CreateElement('dev', 'defaultValue', $names.Namespace.dev)
            $default.InnerText = $parameter.DefaultValue
            $null = (Select-Xml -Xml $Maml -XPath $path @names).Node.AppendChild($default)
        }
    }
}

# The markdown of an about topic as the plain text that Get-Help shows.
function ConvertTo-AboutText([string[]] $Markdown) {
    $inCode = $false
    $afterHeading = $false
    foreach ($line in $Markdown) {
        switch -Regex ($line) {
            '^```' { $inCode = -not $inCode; break }
            { $inCode } { ($line ? "        $line" : ''); break }
            '^# (.+)' { 'TOPIC', "    $($Matches[1])"; break }
            '^## (.+)' { $Matches[1].ToUpperInvariant(); break }
            '^### (.+)' { "  $($Matches[1])"; break }
            '^$' { if (-not $afterHeading) { '' }; break }
            default { '    ' + ($line -replace '`([^`]+)`', '$1') }
        }
        $afterHeading = -not $inCode -and $line -match '^##+ '
    }
}

function Export-Help([string] $MarkdownDirectory, [string] $Destination) {
    if (-not (Test-ModuleAvailable -Name Microsoft.PowerShell.PlatyPS -MinimumVersion '1.0')) {
        throw 'The help is written with Microsoft.PowerShell.PlatyPS 1.0 or later. Install-PSResource Microsoft.PowerShell.PlatyPS to run this task.'
    }

    Import-Module Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0
    $null = New-Item -Path $Destination -ItemType Directory -Force
    $temporary = Join-Path ([System.IO.Path]::GetTempPath()) "$moduleName-help-$([guid]::NewGuid())"
    try {
        $commandHelp = Import-MarkdownCommandHelp -Path (Join-Path $MarkdownDirectory '*-*.md')
        $file = $commandHelp | Export-MamlCommandHelp -OutputFolder $temporary
        $maml = [xml]::new()
        $maml.PreserveWhitespace = $true
        $maml.Load($file.FullName)
        Repair-Maml -Maml $maml -CommandHelp $commandHelp
        Set-Content -LiteralPath (Join-Path $Destination $file.Name) -Value "$($maml.OuterXml -replace '\r')`n" -NoNewline -Encoding utf8NoBOM
    }
    finally {
        Remove-Item -LiteralPath $temporary -Recurse -Force -ErrorAction Ignore
    }

    foreach ($topic in Get-ChildItem -Path (Join-Path $MarkdownDirectory 'about_*.md')) {
        $text = (ConvertTo-AboutText -Markdown (Get-Content -LiteralPath $topic)) -join "`n"
        Set-Content -LiteralPath (Join-Path $Destination "$($topic.BaseName).help.txt") -Value "$text`n" -NoNewline -Encoding utf8NoBOM
    }

    Get-ChildItem -LiteralPath $Destination
}

switch ($Task) {
    'Build' {
        Invoke-DotNet build $solution -c $Configuration
    }
    'Test' {
        if (-not $NoDotNetTest) {
            Invoke-DotNet test $solution -c $Configuration
        }
        elseif (-not (Test-Path -LiteralPath $moduleDirectory)) {
            throw "There is no module in $moduleDirectory to test. Build it first."
        }

        # Both run, whatever the first finds.
        $pesterTests = Join-Path $PSScriptRoot 'tests' 'Pester'
        $failures = @()
        try { Invoke-PesterTest -Path $pesterTests } catch { $failures += $_.Exception.Message }
        try { Invoke-Analyzer -Path $PSCommandPath, (Join-Path $PSScriptRoot 'module'), $pesterTests } catch { $failures += $_.Exception.Message }
        if ($failures) {
            throw ($failures -join ' ')
        }
    }
    'Pack' {
        # pwsh -File hands a list over as one text.
        $identifiers = @($Runtime -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ } | Select-Object -Unique)
        Invoke-Pack -RuntimeIdentifier $identifiers -BuildConfiguration $Configuration
    }
    'Clean' {
        $projects = Get-ChildItem -Path $PSScriptRoot -Recurse -Filter *.csproj
        $built = @($projects | ForEach-Object { Join-Path $_.DirectoryName 'bin'; Join-Path $_.DirectoryName 'obj' }) + $outDirectory
        $built | Where-Object { Test-Path -LiteralPath $_ } | Remove-Item -Recurse -Force
    }
    'Help' {
        Export-Help -MarkdownDirectory (Join-Path $PSScriptRoot 'docs' 'en-US') -Destination $HelpDirectory
    }
}
