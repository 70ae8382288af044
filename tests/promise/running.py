"""Runs one course from its beginning to the judgement."""

import shutil
import tempfile
from pathlib import Path

from tests.promise.counts import Counts
from tests.promise.course import Course
from tests.promise.driver import Driver
from tests.promise.pauses import no_pauses


class PromiseBroken(AssertionError):
    """What was told, or is there, is not what was promised."""


def run(course: Course, total: Counts) -> None:
    """Add what it met to `total`. Raise PromiseBroken."""
    folder = Path(tempfile.mkdtemp(prefix="filewharf-promise-"))
    try:
        with no_pauses():
            driver = Driver(course, folder)
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
