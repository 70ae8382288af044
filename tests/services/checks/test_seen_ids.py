import pytest

from services.checks import seen_ids
from services.checks.seen_ids import SeenIds


def test_the_line_where_an_id_was_first_seen_is_returned() -> None:
    ids = SeenIds()
    assert [ids.add(text, line) for line, text in enumerate("abcab", 1)] == [1, 2, 3, 1, 2]
    assert ids.add("a", 1) == 1
    assert len(ids) == 3


@pytest.mark.slow
def test_three_hundred_thousand_ids_are_distinguished() -> None:
    ids = SeenIds()
    for line in range(1, 300_001):
        assert ids.add(f"request-{line}", line) == line
    assert [ids.add(f"request-{line}", 400_000) for line in (1, 150_000, 300_000)] == [
        1,
        150_000,
        300_000,
    ]


def test_ids_with_colliding_hashes_or_a_hash_of_zero_are_distinguished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashes = {"zero": 0, "one": 1 << 40, "same slot": 1 << 41, "below zero": -(1 << 40)}
    monkeypatch.setattr(seen_ids, "hash", hashes.__getitem__, raising=False)
    ids = SeenIds()
    for line, text in enumerate(hashes, 1):
        assert ids.add(text, line) == line
    for line, text in enumerate(hashes, 1):
        assert ids.add(text, 99) == line


def test_ids_over_the_limit_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_ids, "MAX_IDS", 2)
    ids = SeenIds()
    assert [ids.add(text, line) for line, text in enumerate("abccab", 1)] == [1, 2, 3, 4, 1, 2]
    assert len(ids) == 2


def test_lines_fit_into_four_bytes() -> None:
    ids = SeenIds()
    assert ids.add("a", 2**32 - 1) == 2**32 - 1
