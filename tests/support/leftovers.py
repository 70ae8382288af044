"""What a test must not leave behind: threads, windows, partial files."""

import contextlib
import gc
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path


def threads_left(before: Iterable[threading.Thread], seconds: float = 10) -> list[str]:
    """The names of newer threads that don't end within `seconds` in all."""
    deadline = time.monotonic() + seconds
    known = set(before)
    for thread in threading.enumerate():
        # Threads of Qt and the system that have called into Python can't be joined.
        foreign = isinstance(thread, threading._DummyThread)
        if thread not in known and not foreign:
            thread.join(max(0.0, deadline - time.monotonic()))
    return [
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if thread not in known and not isinstance(thread, threading._DummyThread)
    ]


def windows_left() -> list[str]:
    """The top-level widgets that are still visible after all deferred deletes.

    If there are any, garbage is collected first: they may only be held by reference cycles.
    """
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return []

    def shown() -> list[str]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [
            f"window {widget.objectName() or type(widget).__name__}"
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible()
        ]

    if not shown():
        return []
    gc.collect()
    return shown()


def part_files_left(folder: Path) -> list[str]:
    """The partial files in a folder and its subfolders."""
    return [f"file {path}" for path in folder.rglob("*.part")]


def open_files(folder: Path) -> list[Path]:
    """The files in a folder that this process has open, even if they were deleted."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was closed in the meantime
            found.append(link.readlink())
    return [path for path in found if path.is_relative_to(folder)]
