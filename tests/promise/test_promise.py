"""The README's promises: nothing is sent twice, nothing is lost, nothing false is reported.

`make crash ARGS="--minutes 60"` draws other scenarios, for as long as you like.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.promise.counts import Counts
from tests.promise.known_scenarios import KNOWN
from tests.promise.running import run
from tests.promise.scenario import Scenario
from tests.promise.strategies import scenarios_of_kind

SCENARIOS = {"uploads": 80, "downloads": 40, "deletes": 40, "everything": 40}


@pytest.mark.parametrize("name", KNOWN)
def test_known_scenarios_keep_the_promises(name: str) -> None:
    run(KNOWN[name], Counts())


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", SCENARIOS)
def test_random_scenarios_keep_the_promises(kind: str) -> None:
    counts = Counts()

    @settings(
        max_examples=SCENARIOS[kind],
        phases=[Phase.generate],  # `python -m tests.promise --shrink` finds the smallest
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios_of_kind(kind))
    def check(scenario: Scenario) -> None:
        run(scenario, counts)

    check()
    print(counts)
    assert counts.kills
    assert counts.quits
    if kind == "uploads":
        assert counts.answers_lost
        assert counts.renamed
        assert counts.adopted
        assert counts.resent
