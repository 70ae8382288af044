"""What a file manager is asked on the real session bus, and what happens where there is none."""

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
    """Stands on the bus as one, and takes what it is asked without answering by itself."""

    def __init__(self) -> None:
        self.connection: DBusConnection = open_dbus_connection(bus="SESSION")
        self.connection.send_and_get_reply(message_bus.RequestName(NAME))

    def asked(self) -> Message:
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
    """Takes what the desktop would open."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def opener() -> Iterator[Opener]:
    made = Opener()
    # PySide6 declares bytes here, as of C++; a str is what it documents.
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
    call = manager.asked()
    assert call.body == ([odd.as_uri(), plain.as_uri()], "")
    assert "%FF%20b%231%2C%25.txt" in call.body[0][0]
    manager.connection.send(new_method_return(call))
    # Its answer comes before that of whoever is asked after it.
    ShowInFolder(owner, "linux").show([Path("/a/1.txt")])
    error = "org.freedesktop.DBus.Error.UnknownMethod"
    manager.connection.send(new_error(manager.asked(), error))
    qtbot.waitUntil(lambda: opener.opened == [Path("/a")])


def test_a_file_manager_that_can_not_select_leaves_the_folders_to_the_desktop(
    qtbot: QtBot, owner: QObject, manager: FileManager, opener: Opener
) -> None:
    paths = [Path("/a/1.txt"), Path("/b/1.txt"), Path("/a/2.txt")]
    ShowInFolder(owner, "linux").show(paths)
    error = "org.freedesktop.DBus.Error.UnknownMethod"
    manager.connection.send(new_error(manager.asked(), error))
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
        in_folder.show([Path("/a/1.txt")])  # nobody answers
    assert opener.opened == []  # who waits gives up at last, and opens the folder
    assert [manager.asked().body[0] for _time in range(3)] == [["file:///a/1.txt"]] * 3


def test_nothing_is_asked_for_nothing(owner: QObject, manager: FileManager) -> None:
    in_folder = ShowInFolder(owner, "linux")
    in_folder.show([])
    in_folder.show([Path("/a/1.txt")])
    assert manager.asked().body[0] == ["file:///a/1.txt"]


def test_very_many_files_are_not_all_asked_for(owner: QObject, manager: FileManager) -> None:
    ShowInFolder(owner, "linux").show([Path(f"/a/{number}.txt") for number in range(10_000)])
    assert len(manager.asked().body[0]) <= 100


def test_where_finder_does_not_select_the_folder_is_opened(
    qtbot: QtBot, owner: QObject, opener: Opener
) -> None:
    # Elsewhere than on macOS the program that asks Finder is another one, or is not there.
    ShowInFolder(owner, "darwin").show([Path("/a/no such file")])
    qtbot.waitUntil(lambda: opener.opened == [Path("/a")])


def test_explorer_takes_a_path_with_spaces_and_commas_as_one() -> None:
    path = PureWindowsPath(r"C:\Users\Some Body\a, b.txt")
    assert explorer_arguments(path) == r'/select,"C:\Users\Some Body\a, b.txt"'
