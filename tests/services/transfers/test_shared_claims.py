"""Claims of two programs in one file."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.transfers.shared_claims import MAX_AGE, SharedClaims

NOW = 1_700_000_000.0


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[SharedClaims, SharedClaims]]:
    """The same file, as two programs have it open."""
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
        # A server that keeps equal contents once gives both the same id.
        ("answered", "answered", True),
    ],
)
def test_who_comes_second_may_have_it_only_if_the_server_gave_it_to_both(
    both: tuple[SharedClaims, SharedClaims], first: str, then: str, taken: bool
) -> None:
    one, other = both
    assert claim(one, "a", found=first == "found")
    assert claim(other, "b", found=then == "found") is taken
    assert other.claimed_by_others("s", "b") == {"f"}
    assert one.claimed_by_others("s", "a") == frozenset()


def test_who_has_it_may_say_so_again_and_it_stays_found(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    one, other = both
    assert claim(one, "a", found=True)
    assert claim(other, "a", found=True)
    assert claim(one, "a", found=False)
    assert not claim(other, "b", found=False)


def test_servers_are_apart_and_what_is_let_go_is_free(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    one, other = both
    assert claim(one, "a", found=True)
    assert claim(other, "b", found=True, server="t")
    other.release("s", "f", "b")  # not its own
    assert not claim(other, "b", found=True)
    one.release("s", "f", "a")
    assert claim(other, "b", found=True)


def test_old_claims_are_forgotten_at_the_start(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    assert claim(both[0], "a", found=True)
    for later, known in ((MAX_AGE, {"f"}), (MAX_AGE + 1, set())):
        again = SharedClaims(tmp_path / "claims.sqlite", NOW + later)
        assert again.claimed_by_others("s", "b") == known
        again.close()


def test_without_a_file_or_after_the_end_each_goes_by_what_it_knows(
    both: tuple[SharedClaims, SharedClaims],
) -> None:
    both[0].close()
    for claims in (both[0], SharedClaims(None)):
        assert claim(claims, "a", found=True)
        assert claim(claims, "b", found=True)
        assert claims.claimed_by_others("s", "b") == frozenset()
        claims.release("s", "f", "a")


@pytest.mark.expects_log("can't be shared")
def test_a_disk_that_refuses_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "claims.sqlite").mkdir()
    claims = SharedClaims(tmp_path / "claims.sqlite", NOW)
    assert claim(claims, "a", found=True)
    claims.close()


@pytest.mark.expects_log("can't be shared")
def test_a_file_that_is_emptied_meanwhile_holds_nobody_up(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    database = sqlite3.connect(tmp_path / "claims.sqlite")
    database.execute("DROP TABLE claims")
    database.close()
    assert claim(both[0], "a", found=True)
    assert both[0].claimed_by_others("s", "b") == frozenset()
    with contextlib.closing(sqlite3.connect(tmp_path / "claims.sqlite", timeout=0)) as database:
        database.execute("BEGIN IMMEDIATE")  # nor other programs


def test_when_all_have_closed_it_only_the_file_is_left(
    both: tuple[SharedClaims, SharedClaims], tmp_path: Path
) -> None:
    assert claim(both[0], "a", found=True)
    for claims in both:
        claims.close()
    assert [path.name for path in tmp_path.iterdir()] == ["claims.sqlite"]
