#requires -Version 7.4

BeforeDiscovery {
    $manifest = Import-PowerShellDataFile -Path (Join-Path $PSScriptRoot '..' '..' 'module' 'SilverAudit.PowerShell.psd1')
    $script:cmdlets = @($manifest.CmdletsToExport | ForEach-Object { @{ Name = $_ } })
    $script:storeless = 'Send-SilverAuditNotification', 'Get-SilverAuditConfiguration'
    $script:storeCmdlets = @($cmdlets | Where-Object { $_.Name -notin $storeless })
}

BeforeAll {
    $script:repository = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
    $script:moduleDirectory = Join-Path $repository 'out' 'SilverAudit.PowerShell'
    $script:manifestPath = Join-Path $moduleDirectory 'SilverAudit.PowerShell.psd1'
    $script:samples = Join-Path $repository 'samples'
    Import-Module $moduleDirectory -Force
}

AfterAll {
    Remove-Module SilverAudit.PowerShell -ErrorAction Ignore
}

Describe 'The manifest' {
    BeforeAll {
        $script:tested = Test-ModuleManifest -Path $manifestPath
        $script:stated = Import-PowerShellDataFile -Path $manifestPath
    }

    It 'is valid' {
        $tested.Name | Should -Be 'SilverAudit.PowerShell'
        $tested.Description | Should -Not -BeNullOrEmpty
        $tested.PowerShellVersion | Should -Be ([version]'7.4')
        $tested.CompatiblePSEditions | Should -Be 'Core'
    }

    It 'exports by name what the module has, and nothing else' {
        $exported = (Get-Command -Module SilverAudit.PowerShell).Name | Sort-Object
        $exported | Should -Be ($stated.CmdletsToExport | Sort-Object)
        $stated.CmdletsToExport | Should -Not -Match '\*'
        $stated.FunctionsToExport | Should -BeNullOrEmpty
        $stated.AliasesToExport | Should -BeNullOrEmpty
        $stated.VariablesToExport | Should -BeNullOrEmpty
    }

    It 'has every file that it names' {
        $named = @($stated.RootModule) + @($stated.NestedModules) + @($stated['FormatsToProcess']) + @($stated['TypesToProcess'])
        foreach ($file in $named | Where-Object { $_ }) {
            Join-Path $moduleDirectory $file | Should -Exist
        }
    }
}

Describe '<Name>' -ForEach $script:cmdlets {
    BeforeAll {
        $script:command = Get-Command -Name $Name -Module SilverAudit.PowerShell
    }

    It 'has an approved verb' {
        (Get-Verb).Verb | Should -Contain $command.Verb
    }

    It 'states what it outputs' {
        $command.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'takes -ConfigurationPath and -Environment' {
        $command.Parameters.Keys | Should -Contain 'ConfigurationPath'
        $command.Parameters.Keys | Should -Contain 'Environment'
    }

    It 'has a table view and a list view for each type that it outputs' {
        foreach ($type in $command.OutputType.Name | Where-Object { $_ -like 'SilverAudit.*' }) {
            $views = (Get-FormatData -TypeName $type -PowerShellVersion $PSVersionTable.PSVersion).FormatViewDefinition
            $views.Control.ForEach({ $_.GetType().Name }) | Should -Contain 'TableControl' -Because "$type is shown as a table"
            if ($type -ne 'SilverAudit.Load') {
                # A load has as many properties as the table has columns; the engine lists them all where no view says otherwise.
                $views.Control.ForEach({ $_.GetType().Name }) | Should -Contain 'ListControl' -Because "$type is shown as a list"
            }
        }
    }
}

Describe '<Name>, which works on a store,' -ForEach $script:storeCmdlets {
    It 'takes -Destination, -DestinationTable and -LockTimeoutSec' {
        $command = Get-Command -Name $Name -Module SilverAudit.PowerShell
        $command.Parameters.Keys | Should -Contain 'Destination'
        $command.Parameters.Keys | Should -Contain 'DestinationTable'
        $command.Parameters['LockTimeoutSec'].ParameterType | Should -Be ([int])
    }
}

Describe '<Name>, which writes,' -ForEach @(
    @{ Name = 'Backup-SilverAuditStore' }
    @{ Name = 'Export-SilverAuditLoad' }
    @{ Name = 'Invoke-SilverAuditEtl' }
    @{ Name = 'Optimize-SilverAuditStore' }
    @{ Name = 'Remove-OrphanStagingTable' }
    @{ Name = 'Send-SilverAuditNotification' }
    @{ Name = 'Undo-SilverAuditRun' }
) {
    It 'supports -WhatIf and -Confirm' {
        (Get-Command -Name $Name).Parameters.Keys | Should -Contain 'WhatIf'
        (Get-Command -Name $Name).Parameters.Keys | Should -Contain 'Confirm'
    }
}

Describe '<Name>, which reads sources,' -ForEach @{ Name = 'Invoke-SilverAuditEtl' }, @{ Name = 'Compare-SilverAuditSource' } {
    It 'takes the output of Get-ChildItem literally' {
        $literal = (Get-Command -Name $Name).Parameters['LiteralPath']
        $literal.Aliases | Should -Contain 'PSPath'
        $literal.Attributes.ValueFromPipelineByPropertyName | Should -Contain $true
    }
}

Describe 'Importing' {
    It 'writes nothing and leaves the current folder as it was' {
        $folder = (New-Item -Path (Join-Path $TestDrive 'elsewhere') -ItemType Directory).FullName
        $script = "Set-Location -LiteralPath '$folder'; Import-Module '$moduleDirectory' *>&1; (Get-Location).Path; [Environment]::CurrentDirectory"
        $before = [Environment]::CurrentDirectory

        $output = & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -Command $script

        $LASTEXITCODE | Should -Be 0
        $output | Should -Be @($folder, $before)
        Get-ChildItem -LiteralPath $folder -Force | Should -BeNullOrEmpty
    }

    It 'works again after the module was removed' {
        Remove-Module SilverAudit.PowerShell
        Get-Command -Name Invoke-SilverAuditEtl -ErrorAction Ignore -Module SilverAudit.PowerShell | Should -BeNullOrEmpty -Because 'it was removed'

        Import-Module $moduleDirectory

        (Get-Command -Module SilverAudit.PowerShell).Name | Should -Contain 'Invoke-SilverAuditEtl'
    }
}

Describe 'The whole job on the samples' {
    BeforeAll {
        $script:folder = (New-Item -Path (Join-Path $TestDrive 'job') -ItemType Directory).FullName
        Copy-Item -Path (Join-Path $samples '*.db') -Destination $folder
        $script:hashes = Get-ChildItem -Path $folder -Filter *.db | Get-FileHash
        Push-Location -LiteralPath $folder
        $script:first = @(Get-ChildItem *.db | Invoke-SilverAuditEtl)
        $script:second = @(Get-ChildItem batch*.db | Invoke-SilverAuditEtl)
    }

    AfterAll {
        Pop-Location
    }

    It 'gives one result per source, in order' {
        $first.ForEach({ Split-Path -Path $_.Source -Leaf }) | Should -Be 'batch1.db', 'batch2.db', 'batch3.db'
        $first[0].PSObject.TypeNames | Should -Contain 'SilverAudit.EtlResult'
        $first.Success | Should -Be $true, $true, $true
    }

    It 'counts what it did' {
        $first.Status | Should -Be 'AllNew', 'PartialUpdate', 'AllNew'
        $first.SourceRows | Should -Be 5, 6, 4
        $first.InsertedRows | Should -Be 5, 4, 4
        $first.SkippedRows | Should -Be 0, 2, 0
        $first[-1].DestinationRows | Should -Be 13
    }

    It 'finds every source already present when run again' {
        $second.Status | Should -Be 'AlreadyPresent', 'AlreadyPresent', 'AlreadyPresent'
        $second.InsertedRows | Should -Be 0, 0, 0
        $second.ChangedRows | Should -Be 0, 0, 0
    }

    It 'leaves the store and the log in the current folder, and the sources as they were' {
        Join-Path $folder 'silver_metadata.db' | Should -Exist
        Join-Path $folder 'silver_audit_etl.log' | Should -Exist
        $hashes | ForEach-Object { (Get-FileHash -LiteralPath $_.Path).Hash | Should -Be $_.Hash -Because $_.Path }
    }

    It 'reads back every load' {
        @(Get-SilverAuditLoad).Count | Should -Be 13
        (Get-SilverAuditLoad -Newest 1).PSObject.TypeNames | Should -Contain 'SilverAudit.Load'
    }

    It 'finds sources and store equal' {
        Compare-SilverAuditSource batch*.db -Quiet | Should -Not -Contain $false
        Compare-SilverAuditSource batch*.db | Should -BeNullOrEmpty
    }

    It 'shows its results in a table of at most 120 columns' {
        $first | Out-String -Width 120 -Stream | ForEach-Object { $_.Length } | Measure-Object -Maximum |
            ForEach-Object Maximum | Should -BeLessOrEqual 120
        $first | Out-String -Width 120 | Should -Match 'batch1\.db\s+AllNew\s+5'
    }

    It 'touches nothing under -WhatIf' {
        $planned = @(Get-ChildItem batch*.db | Invoke-SilverAuditEtl -Destination planned.db -WhatIf)
        $planned.Status | Should -Be 'Planned', 'Planned', 'Planned'
        $planned[0].InsertedRows | Should -Be 5
        Join-Path $folder 'planned.db' | Should -Not -Exist
    }

    It 'reports a missing source as an error record and goes on' {
        $results = @(Invoke-SilverAuditEtl -LiteralPath 'nowhere.db', 'batch1.db' -ErrorVariable errors -ErrorAction SilentlyContinue)
        $results.Status | Should -Be 'Failed', 'AlreadyPresent'
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'SourceNotFound*'
    }
}
