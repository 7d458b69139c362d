"""Loads the staging databases. Put silver_audit.py beside this file; a worker needs pwsh and the module."""

from prefect import flow, task

from silver_audit import run_daily_job


# A failed run may be tried again at any time: what was loaded is skipped.
@task(name="transfer_audit_metadata", retries=2, retry_delay_seconds=600)
def transfer_audit_metadata(environment):
    return run_daily_job("/opt/silver-audit/daily-job.ps1", environment=environment)


@flow(name="silver_audit")
def silver_audit(environment="production"):
    return transfer_audit_metadata(environment)


if __name__ == "__main__":
    silver_audit.serve(name="daily", cron="0 3 * * *")
