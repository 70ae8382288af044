"""A `Wharf` (see tests/services/transfers/conftest.py) with short timeouts and pauses."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.api import connection, retry
from services.transfers.journal import Journal, JournalRow
from tests.services.transfers.conftest import Wharf
from tests.support.files_server import ScriptedFilesServer

SILENCE = 1.0
"""Timeout for a silent server, in seconds; even a busy machine answers faster."""


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(connection, "UPLOAD_RESPONSE_TIMEOUT", SILENCE)


@pytest.fixture
def make_wharf(
    tmp_path: Path, short_waits: None
) -> Iterator[Callable[[ScriptedFilesServer], Wharf]]:
    made: list[Wharf] = []
    (tmp_path / "downloads").mkdir()

    def make(server: ScriptedFilesServer) -> Wharf:
        made.append(Wharf(server, tmp_path / "downloads", silence=SILENCE))
        return made[-1]

    yield make
    for wharf in made:
        wharf.close()


@pytest.fixture
def wharf(make_wharf: Callable[..., Wharf], files_server: ScriptedFilesServer) -> Wharf:
    return make_wharf(files_server)


def rows_on_disk(journal: Path, copy: Path) -> list[JournalRow]:
    """Return the rows a journal would hold if its program were killed now; keeps the `copy`."""
    copy.mkdir()
    for path in journal.parent.glob(f"{journal.name}*"):
        shutil.copyfile(path, copy / path.name)
    opened = Journal(copy / journal.name)
    rows = opened.rows()
    opened.close()
    return rows
