"""Two programs sharing claims in one file."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.transfers.shared_claims import MAX_AGE, SharedClaims

NOW = 1_700_000_000.0


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[SharedClaims, SharedClaims]]:
    """The same file, opened by two programs."""
    both = SharedClaims(tmp_path / "claims.sqlite", NOW), SharedClaims(tmp_path / "claims.sqlite")
    yield both
    for claims in both:
        claims.close()


def claim(
    claims: SharedClaims, owner: str, *, found: bool, file_id: str = "f", server: str = "s"
) -> bool:
    return claims.claim(server, file_id, owner, NOW, found=found)


@pytest.mark.parametrize(
    ("first", "then", "taken"),
    [
        ("found", "found", False),
        ("found", "answered", False),
        ("answered", "found", False),
        # A server that stores equal content once gives both the same ID.
        ("answered", "answered", True),
    ],
)
def test_second_claim_succeeds_only_if_both_answers_named_the_file(
    both: tuple[SharedClaims, SharedClaims], first: str, then: str, taken: bool
) -> None:
    one, other = both
    assert claim(one, "a", found=first == "found")
    assert claim(other, "b", found=then == "found") is taken
    assert other.claimed_by_others("s", "b") == {"f"}
    assert one.claimed_by_others("s", "a") == frozenset()


def test_owner_can_claim_again_and_the_claim_stays_found(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    one, other = both
    assert claim(one, "a", found=True)
    assert claim(other, "a", found=True)
    assert claim(one, "a", found=False)
    assert not claim(other, "b", found=False)


def test_claims_are_per_server_and_can_be_released(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    one, other = both
    assert claim(one, "a", found=True)
    assert claim(other, "b", found=True, server="t")
    other.release("s", "f", "b")  # not its own
    assert not claim(other, "b", found=True)
    one.release("s", "f", "a")
    assert claim(other, "b", found=True)


def test_old_claims_are_dropped_on_start(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    assert claim(both[0], "a", found=True)
    for later, known in ((MAX_AGE, {"f"}), (MAX_AGE + 1, set())):
        again = SharedClaims(tmp_path / "claims.sqlite", NOW + later)
        assert again.claimed_by_others("s", "b") == known
        again.close()


def test_nothing_is_shared_without_a_file_or_after_close(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    both[0].close()
    for claims in (both[0], SharedClaims(None)):
        assert claim(claims, "a", found=True)
        assert claim(claims, "b", found=True)
        assert claims.claimed_by_others("s", "b") == frozenset()
        claims.release("s", "f", "a")


@pytest.mark.expects_log("can't be shared")
def test_disk_errors_block_nothing(tmp_path: Path) -> None:
    (tmp_path / "claims.sqlite").mkdir()
    claims = SharedClaims(tmp_path / "claims.sqlite", NOW)
    assert claim(claims, "a", found=True)
    claims.close()


@pytest.mark.expects_log("can't be shared")
def test_emptied_file_blocks_nothing(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    database = sqlite3.connect(tmp_path / "claims.sqlite")
    database.execute("DROP TABLE claims")
    database.close()
    assert claim(both[0], "a", found=True)
    assert both[0].claimed_by_others("s", "b") == frozenset()
    with contextlib.closing(sqlite3.connect(tmp_path / "claims.sqlite", timeout=0)) as database:
        database.execute("BEGIN IMMEDIATE")  # nor do other programs


def test_only_the_file_is_left_after_close(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    assert claim(both[0], "a", found=True)
    for claims in both:
        claims.close()
    assert [path.name for path in tmp_path.iterdir()] == ["claims.sqlite"]
