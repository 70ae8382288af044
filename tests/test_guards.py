"""The guards in `conftest.py` notice what they are for."""

import logging
import socket
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support import network_guard
from tests.support.leftovers import part_files_left, threads_left, windows_left
from tests.support.log_guard import LogGuard


def test_other_machines_cannot_be_reached() -> None:
    with socket.socket() as out, pytest.raises(OSError, match="may not connect"):
        out.connect(("192.0.2.1", 80))
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("example.org", 80)
    assert network_guard.blocked == [
        "connection to ('192.0.2.1', 80)",
        "lookup of example.org",
    ]
    network_guard.blocked.clear()


def test_looking_up_invalid_names_is_allowed() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 443)
    assert network_guard.blocked == []


def test_a_thread_left_running_is_reported() -> None:
    before = threading.enumerate()
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="still-here")
    thread.start()
    assert threads_left(before, seconds=0) == ["thread still-here"]
    end.set()
    assert threads_left(before) == []


def test_a_window_left_open_is_reported(qapp: QApplication) -> None:
    window = QWidget()
    window.setObjectName("stray")
    window.show()
    assert windows_left() == ["window stray"]
    window.close()
    assert windows_left() == []


def test_a_partial_file_is_reported(tmp_path: Path) -> None:
    part = tmp_path / "deep" / ".a.jsonl.7.part"
    part.parent.mkdir()
    part.touch()
    assert part_files_left(tmp_path) == [f"file {part}"]
    part.unlink()


def test_an_unexpected_log_record_is_reported() -> None:
    guard = LogGuard()
    guard("disk .* full")
    for message in ("the disk is full", "the sky is blue"):
        guard.handle(logging.LogRecord("x", logging.ERROR, "", 0, message, None, None))
    assert guard.complaints() == ["unexpected log: x: ERROR: the sky is blue"]


def test_a_missing_log_record_is_reported() -> None:
    guard = LogGuard()
    guard("never")
    assert guard.complaints() == ["missing in the log: never"]


@pytest.mark.expects_log("tests.*WARNING: as expected")
def test_a_test_can_expect_a_log_record() -> None:
    logging.getLogger("tests").warning("as expected")
