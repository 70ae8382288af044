"""Links to files, from the command line and from later starts."""

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
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
    link = link_to(desk, "a.jsonl").replace("//file", "//delete")
    desk.program.starts.carry_out(StartRequest((link,)))
    desk.wait_to_see(f"“{link}” isn't a link to a file")
    assert desk.selected() == []
    assert desk.dialogs() == []
