"""Calls the daily job from Python and raises when it fails. Needs pwsh and the module, and nothing of Python's but its library."""

import subprocess
import sys


class SilverAuditError(RuntimeError):
    """The job has failed. The message holds what it printed."""


def run_daily_job(script, *, environment=None, configuration_path=None, timeout=None):
    """Runs daily-job.ps1 and returns what it printed.

    script: the path of daily-job.ps1.
    environment: the environment in the configuration file; None for ETL_ENV, else development.
    configuration_path: the configuration file; None for the one beside the script.
    timeout: seconds after which the job is ended. It is safe to run it again.
    """
    command = ["pwsh", "-NoProfile", "-NonInteractive", "-File", str(script)]
    if environment is not None:
        command += ["-Environment", environment]
    if configuration_path is not None:
        command += ["-ConfigurationPath", str(configuration_path)]
    job = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False)
    if job.returncode != 0:
        raise SilverAuditError(f"The job ended with exit code {job.returncode}:\n{job.stdout}")
    return job.stdout


if __name__ == "__main__":
    try:
        print(run_daily_job(sys.argv[1], environment=sys.argv[2] if len(sys.argv) > 2 else None), end="")
    except SilverAuditError as failure:
        sys.exit(str(failure))
