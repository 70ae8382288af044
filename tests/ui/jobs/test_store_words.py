"""What the window says of vector stores."""

import pytest

from services.api.item import ItemError
from services.api.vector_store import ExpiresAfter, FileCounts, VectorStore
from services.jobs.events import StoreChangeEnded, StoreChangeProgress
from services.problems.errors import ProblemKind
from tests.support.factories import problem
from tests.ui.jobs.some_stores import DAY, NOW, store, store_file
from ui.jobs.stores.store_look import STORE_LOOK
from ui.jobs.stores.store_words import (
    counts_in_words,
    expiry_in_words,
    expiry_rule_in_words,
    fields_of,
    file_state_in_words,
    pace_in_words,
    progress_in_words,
    reason_in_words,
    result_in_words,
    sentence_of,
    state_in_words,
)


def test_a_store_in_one_sentence() -> None:
    assert sentence_of(store(), NOW) == "Ready · 5 files, 1 failed · 26 KB · expires in 27 days"


def test_a_store_of_which_nothing_is_known() -> None:
    unknown = VectorStore("vs_1")
    assert sentence_of(unknown, NOW) == "No status"
    assert [(field.name, field.value) for field in fields_of(unknown, NOW)] == [
        ("id", "vs_1"),
        ("expires_at", "never"),
    ]
    for column in STORE_LOOK.columns:
        assert column.cell(unknown, NOW).in_words
        assert column.sort_key(unknown) is not None


def test_the_counts_say_only_what_is_unusual() -> None:
    assert counts_in_words(store(file_counts=FileCounts(3, 2, 0, 1, 0))) == "1 failed · 2 indexing"
    assert counts_in_words(store(file_counts=FileCounts(3, 0, 3, 0, 0))) == ""


def test_the_expiry_counts_from_the_last_use() -> None:
    assert expiry_in_words(store(), NOW) == "in 27 days"
    assert expiry_rule_in_words(store()) == "30 days after its last use"
    assert expiry_in_words(store(status="expired", expires_at=None), NOW) == "expired"
    assert expiry_in_words(store(expires_at=None), NOW) == "—"
    assert expiry_rule_in_words(store(expires_after=ExpiresAfter("birth", 1))) == (
        "1 day after birth"
    )


def test_expired_stores_come_first_and_kept_ones_last() -> None:
    expires = STORE_LOOK.columns[4].sort_key
    kept, near, gone = (
        store(expires_at=None),
        store(expires_at=NOW + DAY),
        store(status="expired", expires_at=None),
    )
    assert sorted((kept, near, gone), key=expires) == [gone, near, kept]


def test_states_nobody_knows_are_shown_as_they_are() -> None:
    assert state_in_words(store(status="dreaming\u202e")) == "dreaming�"
    assert file_state_in_words(store_file(status="half")) == "half"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, ""),
        (ItemError("unsupported_file", "Not a text."), "Not a text."),
        (ItemError("unsupported_file", None), "unsupported_file"),
        (ItemError(None, "two\nlines"), "two lines"),
    ],
)
def test_why_a_file_failed(error: ItemError | None, reason: str) -> None:
    assert reason_in_words(store_file(status="failed", last_error=error)) == reason


def test_attaching_many_files_takes_time() -> None:
    assert pace_in_words(300) == ""
    assert pace_in_words(3_000).endswith("about 10 minutes.")


def test_progress_says_what_it_waits_for() -> None:
    limit = problem("Reached the limit", kind=ProblemKind.RATE_LIMITED)
    progress = StoreChangeProgress("acme", "vs_1", 1, 120, 3_000)
    waiting = StoreChangeProgress("acme", "vs_1", 1, 300, 3_000, 12.3, limit)
    assert progress_in_words(progress, attaching=True) == "Attaching files: 120 of 3,000"
    assert progress_in_words(waiting, attaching=False) == (
        "Detaching files: 300 of 3,000 · waits 12 seconds: Reached the limit"
    )


def test_the_result_counts_what_was_done_and_what_was_not() -> None:
    ended = StoreChangeEnded("acme", "vs_1", 1, True, ("a",), (("b", problem()),), ("c", "d"))
    assert result_in_words(ended, "Help", attaching=True) == (
        "1 file attached to “Help”. 1 failed. 2 not tried."
    )
    assert result_in_words(ended, "Help", attaching=False).startswith("1 file detached from")
