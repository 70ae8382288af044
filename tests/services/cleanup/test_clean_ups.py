"""Plans made off the caller's thread."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from services.api.remote_file import RemoteFile
from services.cleanup.clean_ups import CleanUps, PlanRequest
from services.cleanup.events import CleanUpPlanned
from services.cleanup.rules import CleanUpRules
from tests.support.events import EventLog
from tests.support.factories import remote_file
from tests.support.waiting import wait_for

NOW = 1_790_000_000
RULES = CleanUpRules(("batch", "user_data"))
HERE = remote_file("here", purpose="user_data")
LOST = remote_file("lost", purpose="user_data")


class Originals:
    """Knows one original, and records what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[frozenset[str]] = []

    def __call__(self, file_ids: Sequence[str], then: Callable[[frozenset[str]], None]) -> None:
        self.asked.append(frozenset(file_ids))
        then(frozenset({HERE.id}).intersection(file_ids))


def _never_queued(*_plan: object) -> None:
    raise AssertionError("nobody asked for it")


@pytest.fixture
def events() -> EventLog:
    return EventLog()


@pytest.fixture
def originals() -> Originals:
    return Originals()


@pytest.fixture
def clean_ups(events: EventLog, originals: Originals, tmp_path: Path) -> Iterator[CleanUps]:
    clean_ups = CleanUps(events, originals, tmp_path / "plans", _never_queued)
    yield clean_ups
    clean_ups.stop()
    assert clean_ups.join(10)


def test_originals_are_looked_for_before_a_plan_is_complete(
    clean_ups: CleanUps, events: EventLog, originals: Originals
) -> None:
    request = PlanRequest(1, [HERE, LOST], RULES, NOW, not_downloadable={"user_data"})
    clean_ups.plan(request)
    first, second = events.wait_for_count(CleanUpPlanned, 2)
    assert (first.complete, first.plan.files) == (False, [])
    assert (second.request, second.complete, second.plan.files) == (1, True, [HERE])
    clean_ups.plan(PlanRequest(2, [HERE, LOST], RULES, NOW, not_downloadable={"user_data"}))
    third = events.wait_for(CleanUpPlanned, lambda event: event.request == 2)
    assert (third.complete, third.plan.files) == (True, [HERE])
    assert originals.asked == [{HERE.id, LOST.id}]
    clean_ups.leave()
    clean_ups.plan(PlanRequest(3, [LOST], RULES, NOW, not_downloadable={"user_data"}))
    events.wait_for(CleanUpPlanned, lambda event: event.request == 3 and event.complete)
    assert originals.asked[1:] == [{LOST.id}]


def test_only_the_newest_request_is_answered(events: EventLog) -> None:
    waiting, let_go = threading.Event(), threading.Event()

    class Files(list[RemoteFile]):
        def __len__(self) -> int:
            waiting.set()
            assert let_go.wait(30)
            return super().__len__()

    clean_ups = CleanUps(events, Originals(), Path("never"), _never_queued)
    file = remote_file()
    clean_ups.plan(PlanRequest(1, Files([file]), RULES, NOW))
    assert waiting.wait(30)
    clean_ups.plan(PlanRequest(2, [file], RULES, NOW))
    let_go.set()
    clean_ups.plan(PlanRequest(3, [file], RULES, NOW))
    events.wait_for(CleanUpPlanned, lambda event: event.request == 3)
    assert [event.request for event in events.all(CleanUpPlanned)] == [3]
    clean_ups.stop()
    assert clean_ups.join(10)


def test_originals_that_are_found_after_the_dialog_was_left_are_looked_for_again(
    events: EventLog, tmp_path: Path
) -> None:
    asked: list[frozenset[str]] = []
    answers: list[Callable[[frozenset[str]], None]] = []

    def find(file_ids: Sequence[str], then: Callable[[frozenset[str]], None]) -> None:
        asked.append(frozenset(file_ids))
        answers.append(then)

    clean_ups = CleanUps(events, find, tmp_path / "plans", _never_queued)
    clean_ups.plan(PlanRequest(1, [HERE], RULES, NOW, not_downloadable={"user_data"}))
    events.wait_for(CleanUpPlanned)
    wait_for(lambda: answers, "that the original is looked for")
    clean_ups.leave()
    answers[0](frozenset({HERE.id}))
    clean_ups.plan(PlanRequest(2, [HERE], RULES, NOW, not_downloadable={"user_data"}))
    last = events.wait_for(CleanUpPlanned, lambda event: event.request == 2)
    assert (last.complete, last.plan.files) == (False, [])
    wait_for(lambda: asked[1:], "that it is looked for again")
    clean_ups.stop()
    assert clean_ups.join(10)
