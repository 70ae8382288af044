"""Which journal a program takes, when several programs run or one of them crashed."""

import contextlib
import sqlite3
from pathlib import Path

from services.system.databases import InUse
from services.transfers.journal import Journal

_MOST = 8
"""Programs at the same time; a ninth has no journal."""


def open_journal(folder: Path) -> Journal:
    """The first journal of the folder that no other program has, with what others left in theirs.

    Raises InUse when all are taken, and sqlite3.Error or OSError when the disk refuses.
    """
    paths = _paths(folder)
    for index, path in enumerate(paths):
        try:
            journal = Journal(path)
        except InUse:
            continue
        for other in paths[index + 1 :]:
            if other.exists():
                # In use, or in trouble: it stays for another time.
                with contextlib.suppress(InUse, sqlite3.Error, OSError):
                    _take_over(other, journal)
        return journal
    raise InUse


def others_have_transfers(own: Path) -> bool:
    """Whether other programs have transfers, as far as can be seen from the journal `own`."""
    return any(
        path.name != own.name and path.exists() and _has_some(path) for path in _paths(own.parent)
    )


def _has_some(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0)) as database:
            [unfinished] = database.execute(
                "SELECT count(*) FROM transfers WHERE ended_at IS NULL"
            ).fetchone()
    except sqlite3.Error:
        return True  # in use, or in trouble
    return bool(unfinished)


def _paths(folder: Path) -> list[Path]:
    numbers = range(1, _MOST + 1)
    return [folder / ("queue.sqlite" if n == 1 else f"queue-{n}.sqlite") for n in numbers]


def _take_over(path: Path, journal: Journal) -> None:
    left = Journal(path)
    try:
        journal.take_over(left)
    finally:
        left.close()
    journal.set_aside = journal.set_aside or left.set_aside
