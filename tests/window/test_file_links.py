"""Links to files, from the command line and from later starts."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from services.accounts.events import AccountFailed
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, Desk, account_at
from ui.application import Start
from ui.starting.start_request import StartRequest


def link_to(desk: Desk, name: str) -> str:
    return f"filewharf://file/{desk.file(name).id}"


def test_a_link_selects_its_file_and_clears_a_filter_that_hides_it(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"), served_file("b.jsonl"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("a.jsonl", "b.jsonl")
    link = link_to(desk, "b.jsonl")
    desk.search.setText("a.jsonl")
    desk.wait_for_files("a.jsonl")
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait(lambda: desk.selected() == ["b.jsonl"])
    assert desk.dialogs() == []


def test_a_link_at_the_start_finds_a_file_once_it_is_listed(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    file = served_file("a.jsonl")
    files_server.add(file, served_file("b.jsonl"))
    link = f"filewharf://file/{file.id}"
    desk = open_desk(accounts=[account_at(files_server)], start=Start(links=(link,)))
    desk.wait(lambda: desk.selected() == ["a.jsonl"])


def test_a_file_that_is_new_on_the_server_is_found(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("a.jsonl")
    new = served_file("new.jsonl")
    files_server.add(new)
    desk.program.starts.carry_out(StartRequest((f"filewharf://file/{new.id}",)))
    desk.wait(lambda: desk.selected() == ["new.jsonl"])


def test_wrong_links_are_answered_and_do_nothing(
    open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait_for_files("a.jsonl")
    desk.program.starts.carry_out(StartRequest(("filewharf://file/file-gone",)))
    desk.wait_to_see("Not in this account: file-gone")
    link = link_to(desk, "a.jsonl") + "?delete"
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait_to_see(f"“{link}” isn't a link to a file")
    link = link_to(desk, "a.jsonl").replace("//file", "//%3Cb%3Edelete%0A")
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait_to_see("There's no account “<b>delete�”")
    assert desk.selected() == []
    assert desk.dialogs() == []


@pytest.mark.parametrize(
    ("name", "passed_on"),
    [
        ("acme", QUrl),
        ("My%20Acme", str),  # as it does with what it doesn't take for the name of a host
    ],
)
def test_links_and_files_that_the_system_opens_on_macos_are_shown(
    open_desk: OpenDesk,
    qapp: QApplication,
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    name: str,
    passed_on: Callable[[str], QUrl | str],
) -> None:
    file = served_file("a.jsonl")
    files_server.add(file)
    desk = open_desk(accounts=[account_at(files_server, unquote(name).title())])
    desk.wait_for_files("a.jsonl")
    link = passed_on(f"filewharf://{name}/{file.id}")
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(link))
    desk.wait(lambda: desk.selected() == ["a.jsonl"])
    local = tmp_path / "ü 1.jsonl"
    local.write_bytes(BATCH)
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(local))))
    assert desk.dialog("Upload files").isVisible()


@pytest.fixture
def other_server(make_files_server: Callable[[], ScriptedFilesServer]) -> ScriptedFilesServer:
    """The server of a second account."""
    return make_files_server()


def test_a_copied_link_opens_its_account_again(
    open_desk: OpenDesk, files_server: ScriptedFilesServer, other_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"), served_file("b.jsonl"))
    other_server.add(served_file("c.jsonl"))
    accounts = [account_at(files_server, "Acme"), account_at(other_server, "Other")]
    desk = open_desk(accounts=accounts)
    desk.wait_for_files("a.jsonl", "b.jsonl")
    desk.select("b.jsonl")
    desk.window.commands.copy_links.trigger()
    link = QGuiApplication.clipboard().text()
    assert link == f"filewharf://Acme/{desk.file('b.jsonl').id}"
    desk.program.window.accounts.choose("other")
    desk.wait_for_files("c.jsonl")
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait_for_files("a.jsonl", "b.jsonl")
    desk.wait(lambda: desk.selected() == ["b.jsonl"])


def test_a_link_at_the_start_opens_its_account_even_if_the_last_one_fails(
    open_desk: OpenDesk, files_server: ScriptedFilesServer, other_server: ScriptedFilesServer
) -> None:
    file = served_file("c.jsonl")
    other_server.add(file)
    accounts = [account_at(files_server, "Keyless"), account_at(other_server, "Other")]
    desk = open_desk(
        accounts=accounts,
        keys={"other": TEST_KEY},
        start=Start(links=(f"filewharf://Other/{file.id}",)),
    )
    desk.wait(lambda: desk.selected() == ["c.jsonl"])


def test_a_link_to_an_account_without_a_key_is_forgotten(
    open_desk: OpenDesk, files_server: ScriptedFilesServer, other_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    accounts = [account_at(files_server), account_at(other_server, "Keyless")]
    desk = open_desk(accounts=accounts, keys={"acme": TEST_KEY})
    desk.wait_for_files("a.jsonl")
    desk.program.starts.carry_out(StartRequest(("filewharf://keyless/file-abc",)))
    desk.wait(lambda: bool(desk.log.all(AccountFailed)))
    desk.program.window.accounts.choose("acme")
    desk.wait_for_files("a.jsonl")
    assert desk.window.backend.open_id == "acme"


def test_a_link_shows_its_file_in_the_window_with_its_account(
    open_desk: OpenDesk, files_server: ScriptedFilesServer, other_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.jsonl"))
    other_server.add(served_file("c.jsonl"))
    desk = open_desk(accounts=[account_at(files_server), account_at(other_server, "Other")])
    desk.wait_for_files("a.jsonl")
    second = desk.new_window()
    second.wait_for_files("c.jsonl")
    link = f"filewharf://acme/{desk.file('a.jsonl').id}"
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait(lambda: desk.selected() == ["a.jsonl"])
    desk.wait(desk.window.isActiveWindow)
    assert second.window.backend.open_id == "other"
