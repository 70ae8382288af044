"""Picks the journal of this program when several run at once or one has crashed."""

import contextlib
import sqlite3
from pathlib import Path

from services.system.databases import InUse
from services.transfers.journal import Journal

_MAX_PROGRAMS = 8
"""How many programs can have a journal at once; a ninth has none."""


def open_journal(folder: Path) -> Journal:
    """Open the first free journal in the folder and move the rows of abandoned ones into it.

    Raises InUse if all are in use, and sqlite3.Error or OSError on a disk error.
    """
    paths = _paths(folder)
    for index, path in enumerate(paths):
        try:
            journal = Journal(path)
        except InUse:
            continue
        for other in paths[index + 1 :]:
            if other.exists():
                # If it is in use or unreadable, leave it for a later start.
                with contextlib.suppress(InUse, sqlite3.Error, OSError):
                    _take_over(other, journal)
        return journal
    raise InUse


def others_have_transfers(own: Path) -> bool:
    """Whether other programs may have transfers; `own` is the path of this program's journal."""
    return any(
        path.name != own.name and path.exists() and _has_transfers(path)
        for path in _paths(own.parent)
    )


def _has_transfers(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0)) as database:
            [unfinished] = database.execute(
                "SELECT count(*) FROM transfers WHERE ended_at IS NULL"
            ).fetchone()
    except sqlite3.Error:
        return True  # in use or unreadable
    return bool(unfinished)


def _paths(folder: Path) -> list[Path]:
    numbers = range(1, _MAX_PROGRAMS + 1)
    return [folder / ("queue.sqlite" if n == 1 else f"queue-{n}.sqlite") for n in numbers]


def _take_over(path: Path, journal: Journal) -> None:
    left = Journal(path)
    try:
        journal.take_over(left)
    finally:
        left.close()
    journal.set_aside = journal.set_aside or left.set_aside
