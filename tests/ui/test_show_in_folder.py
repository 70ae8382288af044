"""Requests to a file manager on the real session bus, and what happens without one."""

import os
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest
from jeepney import Message, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from ui.show_in_folder import ShowInFolder, explorer_arguments

NAME = "org.freedesktop.FileManager1"

pytestmark = pytest.mark.skipif(
    "DBUS_SESSION_BUS_ADDRESS" not in os.environ, reason="there is no session bus"
)


class FileManager:
    """A file manager on the bus that records requests and doesn't answer by itself."""

    def __init__(self) -> None:
        self.connection: DBusConnection = open_dbus_connection(bus="SESSION")
        self.connection.send_and_get_reply(message_bus.RequestName(NAME))

    def next_request(self) -> Message:
        while True:
            message = self.connection.receive(timeout=10)
            if message.header.message_type.name == "method_call":
                return message


@pytest.fixture
def manager() -> Iterator[FileManager]:
    made = FileManager()
    yield made
    made.connection.close()


class Opener(QObject):
    """Records what the desktop would open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def opener() -> Iterator[Opener]:
    made = Opener()
    # PySide6 declares bytes here, as in C++, but documents str.
    QDesktopServices.setUrlHandler("file", made, "take")  # type: ignore[arg-type]
    yield made
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def owner(qapp: object) -> QObject:
    return QObject()


def test_the_file_manager_is_asked_to_select_the_files(
    qtbot: QtBot, owner: QObject, manager: FileManager, opener: Opener, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(bytes(tmp_path) + b"/a\xff b#1,%.txt"))
    plain = tmp_path / "é.csv"
    ShowInFolder(owner, "linux").show([odd, plain])
    call = manager.next_request()
    assert call.body == ([odd.as_uri(), plain.as_uri()], "")
    assert "%FF%20b%231%2C%25.txt" in call.body[0][0]
    manager.connection.send(new_method_return(call))
    # Its answer arrives before the answers to later calls.
    ShowInFolder(owner, "linux").show([Path("/a/1.txt")])
    error = "org.freedesktop.DBus.Error.UnknownMethod"
    manager.connection.send(new_error(manager.next_request(), error))
    qtbot.waitUntil(lambda: opener.opened == [Path("/a")])


def test_if_the_file_manager_fails_the_desktop_opens_the_folders(
    qtbot: QtBot, owner: QObject, manager: FileManager, opener: Opener
) -> None:
    paths = [Path("/a/1.txt"), Path("/b/1.txt"), Path("/a/2.txt")]
    ShowInFolder(owner, "linux").show(paths)
    error = "org.freedesktop.DBus.Error.UnknownMethod"
    manager.connection.send(new_error(manager.next_request(), error))
    qtbot.waitUntil(lambda: opener.opened == [Path("/a"), Path("/b")])


def test_without_a_file_manager_the_folder_is_opened(
    qtbot: QtBot, owner: QObject, opener: Opener
) -> None:
    ShowInFolder(owner, "linux").show([Path("/a/1.txt")])
    qtbot.waitUntil(lambda: opener.opened == [Path("/a")])


def test_the_window_does_not_wait_for_a_file_manager(
    owner: QObject, manager: FileManager, opener: Opener
) -> None:
    in_folder = ShowInFolder(owner, "linux")
    for _time in range(3):
        in_folder.show([Path("/a/1.txt")])  # no answer comes
    assert opener.opened == []  # blocking until the timeout would have opened the folder
    assert [manager.next_request().body[0] for _time in range(3)] == [["file:///a/1.txt"]] * 3


def test_without_files_nothing_is_requested(owner: QObject, manager: FileManager) -> None:
    in_folder = ShowInFolder(owner, "linux")
    in_folder.show([])
    in_folder.show([Path("/a/1.txt")])
    assert manager.next_request().body[0] == ["file:///a/1.txt"]


def test_very_many_files_are_not_all_shown(owner: QObject, manager: FileManager) -> None:
    ShowInFolder(owner, "linux").show([Path(f"/a/{number}.txt") for number in range(10_000)])
    assert len(manager.next_request().body[0]) <= 100


def test_if_finder_fails_the_folder_is_opened(qtbot: QtBot, owner: QObject, opener: Opener) -> None:
    # Outside macOS, `open` is another program or doesn't exist.
    ShowInFolder(owner, "darwin").show([Path("/a/no such file")])
    qtbot.waitUntil(lambda: opener.opened == [Path("/a")])


def test_explorer_accepts_paths_with_spaces_and_commas() -> None:
    path = PureWindowsPath(r"C:\Users\Some Body\a, b.txt")
    assert explorer_arguments(path) == r'/select,"C:\Users\Some Body\a, b.txt"'
