"""Draws courses for as long as asked, and tells which of them broke a promise."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tests.promise.counts import Counts
from tests.promise.course import Course
from tests.promise.drawing import all_courses
from tests.promise.running import run

BATCH = 50
"""Courses that are drawn from one seed."""
_TOLD_EVERY = 60.0


@dataclass
class Found:
    """What a search met."""

    counts: Counts = field(default_factory=Counts)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [f"{self.seconds:,.0f} s of courses that hypothesis drew:", str(self.counts)]
        return "\n".join([*lines, *self.failures])


def search(minutes: float, seed: int, tell: Callable[[str], object] = lambda _text: None) -> Found:
    """Let courses happen from this seed and those that follow it, at least one batch."""
    # What a hostile server makes the program warn of is no finding.
    logging.getLogger("services").setLevel(logging.ERROR)
    found = Found()
    begun = told = time.monotonic()
    for batch_seed in range(seed, seed + 10**9):
        _run_batch(batch_seed, found, tell)
        now = time.monotonic()
        found.seconds = now - begun
        if now - told > _TOLD_EVERY:
            told = now
            tell(f"{found.counts.courses:,} courses, {len(found.failures)} failed")
        if found.seconds >= minutes * 60:
            return found
    return found


def shrink(seed: int) -> None:
    """Run one batch as hypothesis does, which looks for the smallest course that fails."""
    _settings(Phase.generate, Phase.shrink)(
        seeded(seed)(given(all_courses)(lambda course: run(course, Counts())))
    )()


def _run_batch(seed: int, found: Found, tell: Callable[[str], object]) -> None:
    @seeded(seed)
    @_settings(Phase.generate)
    @given(all_courses)
    def one(course: Course) -> None:
        try:
            run(course, found.counts)
        except Exception as error:  # noqa: BLE001 - told, and the search goes on
            text = f"FAILED with --seed {seed}: {type(error).__name__}: {error}\n  {course!r}"
            found.failures.append(text)
            tell(text)

    one()


def _settings(*phases: Phase) -> settings:
    return settings(
        max_examples=BATCH,
        phases=phases,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
