"""How an account's workers are slowed down."""

import threading
from collections import Counter
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.api.pace import Pace
from services.problems.errors import ProblemKind
from services.providers.official import OPENAI
from services.system.cancellation import Cancelled
from tests.support.factories import account, problem
from tests.support.files_server import TEST_KEY
from tests.support.manual_clock import ManualClock

LIMITED = problem(kind=ProblemKind.RATE_LIMITED, title="Too many requests")


class Reports:
    """Records what a worker reported while it waited."""

    def __init__(self) -> None:
        self.waits: list[tuple[float, ProblemKind]] = []

    def __call__(self, seconds: float, why: object) -> None:
        self.waits.append((seconds, why.kind))  # type: ignore[attr-defined]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_workers_do_not_wait_without_a_hold(clock: ManualClock) -> None:
    token, reports = clock.token(), Reports()
    Pace(None, clock).wait(token, reports)
    Pace(None, clock).wait_to_start(token, reports)
    assert (token.pauses, reports.waits) == ([], [])


def test_a_hold_makes_all_workers_wait_and_report_why(clock: ManualClock) -> None:
    pace = Pace(None, clock)
    pace.hold(20, LIMITED)
    clock.now += 5
    for wait in (pace.wait, pace.wait_to_start):
        reports, before = Reports(), clock.now
        clock.now = 1005.0
        wait(clock.token(), reports)
        assert clock.now == 1020
        assert reports.waits == [(15, ProblemKind.RATE_LIMITED)]
        clock.now = max(before, clock.now)
    reports = Reports()
    pace.wait(clock.token(), reports)
    assert reports.waits == []


def test_a_shorter_hold_does_not_end_a_longer_one(clock: ManualClock) -> None:
    pace = Pace(None, clock)
    pace.hold(60, LIMITED)
    pace.hold(1, LIMITED)
    pace.wait(clock.token(), Reports())
    assert clock.now == 1060


def test_a_hold_during_a_wait_extends_it(clock: ManualClock) -> None:
    pace, token, reports = Pace(None, clock), clock.token(), Reports()
    pace.hold(10, LIMITED)

    def on_wait(seconds: float, why: object) -> None:
        reports(seconds, why)
        if len(reports.waits) == 1:
            pace.hold(30, LIMITED)

    pace.wait(token, on_wait)
    assert [seconds for seconds, _ in reports.waits] == [10, 20]
    assert clock.now == 1030


def test_cancelling_ends_the_wait(clock: ManualClock) -> None:
    pace, token = Pace(None, clock), clock.token()
    token.cancel_at = 1007
    pace.hold(100, LIMITED)
    with pytest.raises(Cancelled):
        pace.wait(token, Reports())
    assert clock.now == 1007


def test_at_most_a_thousand_uploads_start_per_minute(clock: ManualClock) -> None:
    pace, token, reports = Pace(OPENAI.uploads_a_minute, clock), clock.token(), Reports()
    started = []
    for number in range(3500):
        pace.wait_to_start(token, reports)
        started.append(clock.now)
        clock.now += 0.01 if number % 7 else 0.0
    for index in range(len(started) - 1000):
        assert started[index + 1000] - started[index] >= 60
    assert max(Counter(round(moment // 60) for moment in started).values()) <= 1000
    assert {kind for _, kind in reports.waits} == {ProblemKind.RATE_LIMITED}
    assert clock.now - 1000 < 4 * 60


def test_a_cancelled_wait_leaves_its_turn_to_another_upload(clock: ManualClock) -> None:
    pace = Pace(2, clock)
    for _ in range(2):
        pace.wait_to_start(clock.token(), Reports())
    for _ in range(10):
        token = clock.token()
        token.cancel_at = clock.now + 1
        with pytest.raises(Cancelled):
            pace.wait_to_start(token, Reports())
    pace.wait_to_start(clock.token(), Reports())
    assert clock.now == 1060


def test_a_hold_still_applies_after_waiting_for_a_turn(
    clock: ManualClock,
) -> None:
    pace, reports = Pace(1, clock), Reports()
    pace.wait_to_start(clock.token(), reports)

    def on_wait(seconds: float, why: object) -> None:
        reports(seconds, why)
        if len(reports.waits) == 1:
            pace.hold(100, LIMITED)

    pace.wait_to_start(clock.token(), on_wait)
    assert clock.now == 1100


def test_concurrent_threads_do_not_exceed_the_limit(clock: ManualClock) -> None:
    pace = Pace(100, clock)
    started: list[int] = []

    def work() -> None:
        token = clock.token()
        token.cancel_at = clock.now
        try:
            for number in range(50):
                pace.wait_to_start(token, Reports())
                started.append(number)
        except Cancelled:
            pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(started) == 100


@pytest.mark.parametrize(("provider_id", "limited"), [("openai", True), ("other", False)])
def test_only_the_official_service_has_the_limit(
    tmp_path: Path, provider_id: str, limited: bool
) -> None:
    clock = ManualClock()
    pace = FilesApi(account(provider_id=provider_id), TEST_KEY).pace
    reports, token = Reports(), clock.token()
    token.cancel_at = 0.0
    try:
        for _ in range(1001):
            pace.wait_to_start(token, reports)
    except Cancelled:
        assert limited
    assert bool(reports.waits) is limited
