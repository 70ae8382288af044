"""Shows local files in the system's file manager, selected if it supports that.

Nothing here waits for a file manager, because a hanging one must not block the window.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusPendingCallWatcher

_MAX_FILES = 100
_MAX_FOLDERS = 10
"""The most folders shown at once; each opens a window."""
_TIMEOUT = 5000
"""Milliseconds to wait for a file manager's answer before opening the folder without selection."""
_FILE_MANAGER = "org.freedesktop.FileManager1"


class ShowInFolder(QObject):
    """Selects files in their folders; if that fails, opens the folders."""

    def __init__(self, parent: QObject, platform: str = sys.platform) -> None:
        """`platform` is as in `sys.platform`."""
        super().__init__(parent)
        self._select: Callable[[Sequence[Path]], None] = {
            "darwin": self._select_in_finder,
            "win32": self._select_in_explorer,
        }.get(platform, self._select_over_bus)

    def show(self, paths: Sequence[Path]) -> None:
        """Show files in their folders; returns at once."""
        if paths:
            self._select(paths[:_MAX_FILES])

    def _select_over_bus(self, paths: Sequence[Path]) -> None:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            _open_folders(paths)
            return
        message = QDBusMessage.createMethodCall(
            _FILE_MANAGER, "/org/freedesktop/FileManager1", _FILE_MANAGER, "ShowItems"
        )
        message.setArguments([[path.as_uri() for path in paths], ""])
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message, _TIMEOUT), self)
        watcher.finished.connect(partial(_answered, watcher, paths))

    def _select_in_finder(self, paths: Sequence[Path]) -> None:
        process = QProcess(self)
        process.setProgram("/usr/bin/open")
        process.setArguments(["-R", *map(str, paths)])
        process.finished.connect(partial(_finished, process, paths))
        process.errorOccurred.connect(partial(_failed, process, paths))
        process.start()

    def _select_in_explorer(self, paths: Sequence[Path]) -> None:
        for path in _one_of_each_folder(paths):
            process = QProcess()
            process.setProgram("explorer.exe")
            # Quote only the path, so that commas and spaces don't end it. Available on Windows only.
            process.setNativeArguments(explorer_arguments(path))  # type: ignore[attr-defined]
            started: bool = process.startDetached()  # type: ignore[assignment]
            if not started:
                _open_folders([path])


def explorer_arguments(path: Path | PureWindowsPath) -> str:
    """The command line after `explorer.exe` that selects a file."""
    return f'/select,"{path}"'


def _answered(
    watcher: "QDBusPendingCallWatcher", paths: Sequence[Path], *_arguments: object
) -> None:
    if watcher.isError():
        _open_folders(paths)
    watcher.deleteLater()


def _finished(process: QProcess, paths: Sequence[Path], *_arguments: object) -> None:
    if process.exitCode():
        _open_folders(paths)
    process.deleteLater()


def _failed(process: QProcess, paths: Sequence[Path], *_arguments: object) -> None:
    """Handle a failed start; after any other error, `finished` follows."""
    if process.error() is QProcess.ProcessError.FailedToStart:
        _open_folders(paths)
        process.deleteLater()


def _open_folders(paths: Sequence[Path]) -> None:
    for path in _one_of_each_folder(paths):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _one_of_each_folder(paths: Sequence[Path]) -> list[Path]:
    first: dict[Path, Path] = {}
    for path in paths:
        first.setdefault(path.parent, path)
    return list(first.values())[:_MAX_FOLDERS]
