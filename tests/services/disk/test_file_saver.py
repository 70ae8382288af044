"""Files are saved off the caller's thread, whole or not at all."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.disk.events import ReportSaved
from services.disk.file_saver import FileSaver
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from tests.support.events import EventLog


@pytest.fixture
def events() -> EventLog:
    return EventLog()


@pytest.fixture
def saver(events: EventLog) -> FileSaver:
    return FileSaver(events)


def test_what_is_made_on_a_thread_replaces_the_file(
    saver: FileSaver, events: EventLog, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")
    threads = []

    def make() -> Iterator[bytes]:
        threads.append(threading.current_thread())
        yield b"new "
        yield b"picture"

    saver.save(path, make)
    assert events.wait_for(ReportSaved).path == path
    assert path.read_bytes() == b"new picture"
    assert threads != [threading.current_thread()]
    saver.stop()
    assert saver.join(10)


def test_a_failure_is_told(saver: FileSaver, events: EventLog, tmp_path: Path) -> None:
    saver.save(tmp_path / "no folder" / "picture.png", lambda: [b"new"])
    problem = events.wait_for(SomethingFailed).problem
    assert problem.kind is ProblemKind.FOLDER_MISSING
    saver.stop()
    assert saver.join(10)
    assert list(tmp_path.iterdir()) == []
