"""Runs and judges one scenario."""

import shutil
import tempfile
from pathlib import Path

from tests.promise.counts import Counts
from tests.promise.driver import Driver
from tests.promise.retry_delays import no_retry_delays
from tests.promise.scenario import Scenario


class PromiseBroken(AssertionError):
    """What the program reported or did is not what was promised."""


def run(scenario: Scenario, total: Counts) -> None:
    """Run a scenario and add its counts to `total`; raise PromiseBroken if it broke a promise."""
    folder = Path(tempfile.mkdtemp(prefix="filewharf-promise-"))
    try:
        with no_retry_delays():
            driver = Driver(scenario, folder)
            try:
                driver.run()
            finally:
                driver.close()
            faults = driver.judge()
        total.add(driver.counts)
        if faults:
            raise PromiseBroken("\n".join(faults))
    finally:
        shutil.rmtree(folder)
