#requires -Version 7.4

BeforeDiscovery {
    $manifest = Import-PowerShellDataFile -Path (Join-Path $PSScriptRoot '..' '..' 'module' 'SilverAudit.PowerShell.psd1')
    $script:cmdlets = @($manifest.CmdletsToExport | ForEach-Object { @{ Name = $_ } })
    $script:topics = @(@{ Topic = 'about_SilverAudit' }, @{ Topic = 'about_SilverAudit_Operations' }, @{ Topic = 'about_SilverAudit_Errors' })
}

BeforeAll {
    $script:repository = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
    $script:moduleDirectory = Join-Path $repository 'out' 'SilverAudit.PowerShell'
    $script:markdownDirectory = Join-Path $repository 'docs' 'en-US'
    $script:helpDirectory = Join-Path $repository 'module' 'en-US'
    $script:samples = Join-Path $repository 'samples'
    $script:hasPlatyPS = [bool](Get-Module -Name Microsoft.PowerShell.PlatyPS -ListAvailable | Where-Object Version -GE ([version]'1.0'))
    $script:commonParameters = [System.Management.Automation.Cmdlet]::CommonParameters

    function Get-CoreType([string] $Name) {
        $core = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'SilverAudit.Core' } | Select-Object -First 1
        $core.GetType($Name, $true)
    }

    function Get-Heading([string] $File, [string] $Pattern) {
        (Select-String -LiteralPath $File -Pattern $Pattern -CaseSensitive).ForEach({ $_.Matches[0].Groups[1].Value })
    }

    Import-Module $moduleDirectory -Force
}

AfterAll {
    Remove-Module SilverAudit.PowerShell -ErrorAction Ignore
}

Describe 'The help of <Name>' -ForEach $script:cmdlets {
    BeforeAll {
        $script:command = Get-Command -Name $Name -Module SilverAudit.PowerShell
        $script:parameters = @($command.Parameters.Keys | Where-Object { $_ -notin $commonParameters } | Sort-Object)
        $script:help = Get-Help -Name $Name -Full
        $script:markdown = Join-Path $markdownDirectory "$Name.md"
    }

    It 'has a synopsis and a description' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match '\[-' -Because 'without a help file the engine shows the syntax there'
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'has examples that call it' {
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) {
            $example.introduction.Text | Should -Match $Name -Because $example.title
        }
    }

    It 'describes every parameter' {
        $described = @($help.parameters.parameter)
        $described.name | Sort-Object | Should -Be $parameters
        foreach ($parameter in $described) {
            ($parameter.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $parameter.name
        }
    }

    It 'names every value that a parameter takes' {
        foreach ($parameter in $help.parameters.parameter) {
            $type = $command.Parameters[$parameter.name].ParameterType
            if ($type.IsEnum) {
                foreach ($value in [enum]::GetNames($type)) {
                    $parameter.description | Out-String | Should -Match "- ${value}:" -Because "$($parameter.name) takes it"
                }
            }
        }
    }

    It 'states the defaults that the parameters have' {
        $instance = [Activator]::CreateInstance($command.ImplementingType)
        foreach ($parameter in $help.parameters.parameter | Where-Object name -NotIn 'WhatIf', 'Confirm', 'Reprocessed') {
            $default = "$($command.ImplementingType.GetProperty($parameter.name).GetValue($instance))"
            "$($parameter.defaultValue)" | Should -Be $default -Because $parameter.name
        }
    }

    It 'explains its inputs and outputs' {
        $help.inputTypes.inputType | Should -Not -BeNullOrEmpty
        foreach ($type in $command.OutputType.Name) {
            $explained = $help.returnValues.returnValue | Where-Object { $_.type.name.Trim() -eq $type }
            ($explained.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $type
        }
    }

    It 'has the parameters of the cmdlet in its markdown' {
        Get-Heading -File $markdown -Pattern '^### -(\w+)$' | Sort-Object | Should -Be $parameters
    }

    It 'has markdown that PlatyPS finds valid' {
        if (-not $hasPlatyPS) {
            Set-ItResult -Skipped -Because 'Microsoft.PowerShell.PlatyPS is not installed'
        }

        Test-MarkdownCommandHelp -Path $markdown | Should -BeTrue
    }
}

Describe 'The properties of <Type> in the help of <Name>' -ForEach @(
    @{ Name = 'Invoke-SilverAuditEtl'; Type = 'SilverAudit.EtlResult' }
    @{ Name = 'Invoke-SilverAuditEtl'; Type = 'SilverAudit.EtlSummary' }
    @{ Name = 'Compare-SilverAuditSource'; Type = 'SilverAudit.LoadComparison' }
    @{ Name = 'Compare-SilverAuditSource'; Type = 'SilverAudit.SourceComparison' }
    @{ Name = 'Get-SilverAuditLoad'; Type = 'SilverAudit.Load' }
    @{ Name = 'Get-SilverAuditRun'; Type = 'SilverAudit.AuditRun' }
    @{ Name = 'Get-SilverAuditRun'; Type = 'SilverAudit.RunSummary' }
    @{ Name = 'Remove-OrphanStagingTable'; Type = 'SilverAudit.StagingTable' }
    @{ Name = 'Get-SilverAuditConfiguration'; Type = 'SilverAudit.Setting' }
    @{ Name = 'Test-SilverAuditStore'; Type = 'SilverAudit.CheckResult' }
    @{ Name = 'Send-SilverAuditNotification'; Type = 'SilverAudit.NotificationResult' }
    @{ Name = 'Undo-SilverAuditRun'; Type = 'SilverAudit.UndoResult' }
    @{ Name = 'Get-SilverAuditHealth'; Type = 'SilverAudit.StoreHealth' }
    @{ Name = 'Backup-SilverAuditStore'; Type = 'SilverAudit.StoreBackup' }
    @{ Name = 'Optimize-SilverAuditStore'; Type = 'SilverAudit.StoreOptimization' }
    @{ Name = 'Export-SilverAuditLoad'; Type = 'SilverAudit.LoadExport' }
) {
    BeforeAll {
        # Two of the types are made in the cmdlet, so their properties are read from an object.
        $location = (New-Item -Path (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        $store = @{ Destination = Join-Path $location 'store.db' }
        $source = Join-Path $samples 'batch1.db'
        $script:properties = switch ($Type) {
            'SilverAudit.LoadComparison' { (Compare-SilverAuditSource -LiteralPath $source @store)[0].PSObject.Properties.Name }
            'SilverAudit.Load' {
                $null = Invoke-SilverAuditEtl -LiteralPath $source @store -NoLog
                (Get-SilverAuditLoad @store -Newest 1).PSObject.Properties.Name
            }
            default { (Get-CoreType -Name $Type).GetProperties().Name }
        }
    }

    It 'are all explained, and no others' {
        $returned = (Get-Help -Name $Name -Full).returnValues.returnValue | Where-Object { $_.type.name.Trim() -eq $Type }
        # The values of the property Status are listed behind the properties.
        $list = ($returned.description | Out-String) -split 'The values of' | Select-Object -First 1
        [regex]::Matches($list, '(?m)^\s*- (\w+):').ForEach({ $_.Groups[1].Value }) | Sort-Object | Should -Be ($properties | Sort-Object)
    }
}

Describe 'The values of Status in the help of Invoke-SilverAuditEtl' {
    It 'are all explained' {
        $returned = (Get-Help -Name Invoke-SilverAuditEtl -Full).returnValues.returnValue.description | Out-String
        foreach ($status in [enum]::GetNames((Get-CoreType -Name SilverAudit.EtlStatus))) {
            $returned | Should -Match "- ${status}:"
        }
    }
}

Describe '<Topic>' -ForEach $script:topics {
    It 'is shown by Get-Help' {
        Get-Help -Name $Topic | Out-String | Should -Match "TOPIC\s+$Topic\s+SHORT DESCRIPTION\s+\w+"
    }

    It 'fits 80 columns' {
        Get-Content -LiteralPath (Join-Path $helpDirectory "$Topic.help.txt") | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }
}

Describe 'The errors in about_SilverAudit_Errors' {
    BeforeAll {
        $script:identifiers = @([enum]::GetNames((Get-CoreType -Name SilverAudit.AuditErrorId))) + 'ReasonMissing' + 'ReprocessMissing' + 'MemoryLimitInvalid' + 'KeepNeedsFolder' + 'DestinationChanged' + 'ExportFormatUnknown' + 'StatusUnknown' | Sort-Object
    }

    It 'are those of the module, in <_>' -ForEach 'markdown', 'text' {
        $found = $_ -eq 'markdown' ?
            (Get-Heading -File (Join-Path $markdownDirectory 'about_SilverAudit_Errors.md') -Pattern '^### (.+)$') :
            (Get-Heading -File (Join-Path $helpDirectory 'about_SilverAudit_Errors.help.txt') -Pattern '^  (\S.*)$')

        $found | Sort-Object | Should -Be $identifiers
    }

    It 'each say what happened, its usual causes and what to do' {
        $text = Get-Content -LiteralPath (Join-Path $markdownDirectory 'about_SilverAudit_Errors.md') -Raw
        foreach ($identifier in $identifiers) {
            $text | Should -Match "(?s)### $identifier\n\n- What happened: [^#]+\n- Usual causes: [^#]+\n- What to do: " -Because $identifier
        }
    }

    It 'have the two of the command line' {
        { Invoke-SilverAuditEtl -LiteralPath nowhere.db -Reprocess } | Should -Throw -ErrorId 'ReasonMissing,*'
        { Invoke-SilverAuditEtl -LiteralPath nowhere.db -MemoryLimit '512' } | Should -Throw -ErrorId 'MemoryLimitInvalid,*'
        { Invoke-SilverAuditEtl -LiteralPath nowhere.db -Reason why } | Should -Throw -ErrorId 'ReprocessMissing,*'
    }
}

Describe 'The files of the help' {
    It 'have no placeholder left' {
        Get-ChildItem -LiteralPath $markdownDirectory, $helpDirectory -File | Select-String -Pattern '\{\{' | Should -BeNullOrEmpty
    }

    It 'are UTF-8 without a byte order mark or control characters' {
        foreach ($file in Get-ChildItem -LiteralPath $helpDirectory -File) {
            $bytes = [System.IO.File]::ReadAllBytes($file.FullName)
            $bytes[0] | Should -BeIn @([byte][char]'<', [byte][char]'T') -Because $file.Name
            [System.Text.Encoding]::UTF8.GetString($bytes) | Should -Not -Match '[\x00-\x08\x0b-\x1f\x7f-\x9f]|&#x80;' -Because $file.Name
        }
    }

    It 'are up to date with the markdown' {
        if (-not $hasPlatyPS) {
            Set-ItResult -Skipped -Because 'Microsoft.PowerShell.PlatyPS is not installed'
        }

        $fresh = Join-Path $TestDrive 'fresh'
        $null = & (Join-Path $repository 'build.ps1') -Task Help -HelpDirectory $fresh

        (Get-ChildItem -LiteralPath $helpDirectory).Name | Should -Be (Get-ChildItem -LiteralPath $fresh).Name
        foreach ($file in Get-ChildItem -LiteralPath $fresh) {
            $committed = Get-Content -LiteralPath (Join-Path $helpDirectory $file.Name) -Raw
            $committed -replace '\r' | Should -BeExactly (Get-Content -LiteralPath $file -Raw) -Because 'build.ps1 -Task Help writes it'
        }
    }

    It 'are laid out with the module' {
        foreach ($file in Get-ChildItem -LiteralPath $helpDirectory -File) {
            $laidOut = Join-Path $moduleDirectory 'en-US' $file.Name
            $laidOut | Should -Exist
            (Get-FileHash -LiteralPath $laidOut).Hash | Should -Be (Get-FileHash -LiteralPath $file).Hash -Because 'dotnet build copies it'
        }
    }
}
