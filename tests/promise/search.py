"""Draws and runs scenarios for a given time, and reports those that broke a promise."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tests.promise.counts import Counts
from tests.promise.running import run
from tests.promise.scenario import Scenario
from tests.promise.strategies import all_scenarios

BATCH = 50
"""The number of scenarios per seed."""
_REPORT_SECONDS = 60.0


@dataclass
class SearchResult:
    """The result of a search."""

    counts: Counts = field(default_factory=Counts)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [f"{self.seconds:,.0f} s of random scenarios:", str(self.counts)]
        return "\n".join([*lines, *self.failures])


def search(
    minutes: float, seed: int, report: Callable[[str], object] = lambda _text: None
) -> SearchResult:
    """Run scenarios of this seed and the following ones, at least one batch."""
    # Warnings caused by a hostile server are expected.
    logging.getLogger("services").setLevel(logging.ERROR)
    result = SearchResult()
    started = reported = time.monotonic()
    for batch_seed in range(seed, seed + 10**9):
        _run_batch(batch_seed, result, report)
        now = time.monotonic()
        result.seconds = now - started
        if now - reported > _REPORT_SECONDS:
            reported = now
            report(f"{result.counts.scenarios:,} scenarios, {len(result.failures)} failed")
        if result.seconds >= minutes * 60:
            return result
    return result


def shrink(seed: int) -> None:
    """Run one batch and let Hypothesis find the smallest failing scenario."""
    _settings(Phase.generate, Phase.shrink)(
        seeded(seed)(given(all_scenarios)(lambda scenario: run(scenario, Counts())))
    )()


def _run_batch(seed: int, result: SearchResult, report: Callable[[str], object]) -> None:
    @seeded(seed)
    @_settings(Phase.generate)
    @given(all_scenarios)
    def one(scenario: Scenario) -> None:
        try:
            run(scenario, result.counts)
        except Exception as error:  # noqa: BLE001 - reported, and the search continues
            text = f"FAILED with --seed {seed}: {type(error).__name__}: {error}\n  {scenario!r}"
            result.failures.append(text)
            report(text)

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
