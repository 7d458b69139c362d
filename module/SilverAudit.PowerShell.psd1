@{
    RootModule           = 'SilverAudit.PowerShell.dll'
    NestedModules        = @('SilverAudit.PowerShell.Loader.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '6f3c1c0e-5d0b-4c57-9a55-0d1f2a7c8e41'
    Author               = 'SilverAudit contributors'
    CompanyName          = 'SilverAudit'
    Copyright            = 'Copyright (c) SilverAudit contributors'
    Description          = 'Moves the audit rows of DuckDB staging databases into one permanent metadata store: atomically, idempotently, losing nothing.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('SilverAudit.PowerShell.Format.ps1xml')
    CmdletsToExport      = @(
        'Backup-SilverAuditStore'
        'Compare-SilverAuditSource'
        'Export-SilverAuditLoad'
        'Get-SilverAuditConfiguration'
        'Get-SilverAuditHealth'
        'Get-SilverAuditLoad'
        'Get-SilverAuditRun'
        'Invoke-SilverAuditEtl'
        'Optimize-SilverAuditStore'
        'Remove-OrphanStagingTable'
        'Send-SilverAuditNotification'
        'Start-SilverAuditMonitor'
        'Test-SilverAuditStore'
        'Undo-SilverAuditRun'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('DuckDB', 'ETL', 'Audit', 'Metadata', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
