"""Loads the staging databases daily. Put silver_audit.py beside this file; a worker needs pwsh and the module."""

from datetime import datetime, timedelta

from airflow.decorators import dag, task

from silver_audit import run_daily_job


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1)
def silver_audit():
    # A failed run may be tried again at any time: what was loaded is skipped.
    @task(retries=2, retry_delay=timedelta(minutes=10))
    def transfer_audit_metadata():
        return run_daily_job("/opt/silver-audit/daily-job.ps1", environment="production")

    transfer_audit_metadata()


silver_audit()
