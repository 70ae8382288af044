"""Accounts in the background: still open, kept up to date, and there at once on the way back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from services.transfers.transfer import TransferState
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import Stall
from tests.window.conftest import OpenDesk
from tests.window.desk import BATCH, Desk, account_at
from ui.backend import MOST_WARM
from ui.inside.opened_line.line_view import LineView

CONTROL = Qt.KeyboardModifier.ControlModifier
MakeServer = Callable[..., ScriptedFilesServer]


@pytest.fixture
def acme(make_files_server: MakeServer) -> ScriptedFilesServer:
    names = [f"{name}.jsonl" for name in ("one", "two", "three")]
    return make_files_server([served_file(name, size=10 * len(name)) for name in names])


@pytest.fixture
def team(make_files_server: MakeServer) -> ScriptedFilesServer:
    return make_files_server([served_file("theirs.jsonl")])


@pytest.fixture
def two(acme: ScriptedFilesServer, team: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """The accounts Acme, with three files and in front, and Team, with one."""
    made = open_desk(accounts=[account_at(acme), account_at(team, "Team")])
    made.wait_for_files("one.jsonl", "two.jsonl", "three.jsonl")
    return made


def go_to_team(desk: Desk) -> None:
    """Leave the account in front. What a test then reads without waiting was there at once."""
    desk.choose_account("Team")
    desk.wait_for_files("theirs.jsonl")


def test_the_list_is_there_at_once_as_it_was_left(two: Desk) -> None:
    two.table.header.setSortIndicator(2, Qt.SortOrder.AscendingOrder)  # by size
    two.search.setText("e.json")
    two.wait_for_files("one.jsonl", "three.jsonl")
    two.select("three.jsonl")
    go_to_team(two)
    assert (two.search.text(), two.selected()) == ("", [])
    two.choose_account("Acme")
    assert two.names() == ["one.jsonl", "three.jsonl"]
    assert two.search.text() == "e.json"
    assert two.selected() == ["three.jsonl"]
    assert two.window.windowTitle().startswith("Acme")
    assert two.window.workspace.inspector.file == two.file("three.jsonl")
    two.search.clear()
    assert two.names() == ["one.jsonl", "two.jsonl", "three.jsonl"]
    two.wait_for_files("one.jsonl", "two.jsonl", "three.jsonl")


def test_the_place_in_a_long_list_is_kept(
    make_files_server: MakeServer, team: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    server = make_files_server(many_files(500))
    desk = open_desk(accounts=[account_at(server), account_at(team, "Team")])
    desk.wait(lambda: len(desk.names()) == 500)
    desk.wait_to_see("Updated")
    bar = desk.table.verticalScrollBar()
    desk.table.select_ranges([(120, 130), (300, 310)])
    desk.table.setCurrentIndex(desk.table.model().index(305, 0))
    desk.table.select_ranges([(120, 130), (300, 310)])
    bar.setValue(117)
    before = desk.names(), desk.selected(), bar.value()
    go_to_team(desk)
    assert bar.value() == 0
    desk.choose_account("Acme")
    assert (desk.names(), desk.selected(), bar.value()) == before
    desk.wait_for_files(*before[0])
    assert (desk.names(), desk.selected(), bar.value()) == before


def test_what_changed_meanwhile_is_a_difference_not_a_new_list(
    two: Desk, acme: ScriptedFilesServer
) -> None:
    two.select("one.jsonl", "two.jsonl")
    go_to_team(two)
    acme.remove(next(file.id for file in acme.files if file.filename == "one.jsonl"))
    acme.add(served_file("four.jsonl"))
    two.choose_account("Acme")
    two.wait_for_files("two.jsonl", "three.jsonl", "four.jsonl")
    assert two.selected() == ["two.jsonl"]


def test_an_upload_that_ends_in_the_background_is_in_the_list_on_the_way_back(
    two: Desk, acme: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(BATCH)
    acme.script("POST", "/files", [Stall()])
    two.drop(two.drag(path), None)
    two.press("Upload 1 file", two.dialog("Upload files"))
    two.wait(lambda: acme.waiting)
    go_to_team(two)
    acme.release()
    two.wait_for_transfer("mine.jsonl", TransferState.DONE)
    assert two.names() == ["theirs.jsonl"]
    two.choose_account("Acme")
    assert sorted(two.names()) == ["mine.jsonl", "one.jsonl", "three.jsonl", "two.jsonl"]


def test_a_listing_goes_on_in_the_background(two: Desk, acme: ScriptedFilesServer) -> None:
    acme.script("GET", "/files", [Stall()])
    acme.add(served_file("four.jsonl"))
    two.press("Refresh")
    acme.wait_until_stalled()
    go_to_team(two)
    acme.release()
    files = two.window.backend.files_of("acme")
    assert files is not None
    two.wait(lambda: files.listing is None)
    assert len(files.files) == 4
    assert two.names() == ["theirs.jsonl"]
    two.choose_account("Acme")
    assert len(two.names()) == 4


def test_so_many_accounts_stay_open_and_the_one_longest_away_is_closed(
    make_files_server: MakeServer, open_desk: OpenDesk
) -> None:
    count = MOST_WARM + 2
    servers = [make_files_server([served_file(f"{place}.jsonl")]) for place in range(count)]
    desk = open_desk(accounts=[account_at(one, f"A{place}") for place, one in enumerate(servers)])
    desk.wait_for_files("0.jsonl")
    for place in range(1, count):
        desk.choose_account(f"A{place}")
        desk.wait_for_files(f"{place}.jsonl")
    backend = desk.window.backend
    known = [backend.files_of(f"a{place}") is not None for place in range(count)]
    assert known == [False, *[True] * (count - 1)]


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("upload", "Choose files to upload"),
        ("export_list", "Export list"),
        ("export_selected", "Export selected"),
        ("select_by_ids", "Select by IDs"),
        ("download_to", "Save to"),
        ("change", "Change file"),
        ("copy_to_account", "Copy to account"),
        ("delete", "Delete files"),
        ("clean_up", "Clean up"),
        ("exchanges", "Requests"),
    ],
)
def test_what_is_asked_about_an_account_is_not_asked_in_another(
    two: Desk, command: str, title: str
) -> None:
    two.select("one.jsonl")
    getattr(two.window.commands, command).trigger()
    asked = two.dialog(title)
    two.choose_account("Team")
    two.wait(lambda: asked not in two.dialogs())


def test_a_changed_account_is_opened_anew(two: Desk, acme: ScriptedFilesServer) -> None:
    go_to_team(two)
    other = served_file("elsewhere.jsonl")
    acme.remove(acme.files[0].id)
    acme.add(other)
    before = two.window.backend.files_of("acme")
    two.window.accounts.edit("acme")
    dialog = two.dialog("Connect")
    (key,) = [one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "API key"]
    two.qtbot.keyClicks(key, TEST_KEY)
    two.press("Save", dialog)
    two.wait(lambda: "elsewhere.jsonl" in two.names())
    assert two.window.backend.files_of("acme") is not before


def test_a_removed_account_is_closed_in_the_background(two: Desk) -> None:
    go_to_team(two)
    two.remove_account("acme")
    two.wait(lambda: two.window.backend.files_of("acme") is None)
    assert two.names() == ["theirs.jsonl"]


def test_an_output_found_in_the_background_is_saved_on_the_way_back(
    acme: ScriptedFilesServer, team: ScriptedFilesServer, open_desk: OpenDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "outputs"
    folder.mkdir()
    desk = open_desk(
        accounts=[account_at(acme), account_at(team, "Team")],
        save_outputs_to={"acme": str(folder)},
    )
    desk.wait_for_files("one.jsonl", "two.jsonl", "three.jsonl")
    acme.script("GET", "/files", [Stall()])
    desk.press("Refresh")
    acme.wait_until_stalled()
    go_to_team(desk)
    acme.add(served_file("out.jsonl", purpose="batch_output"))
    acme.release()
    files = desk.window.backend.files_of("acme")
    assert files is not None
    desk.wait(lambda: files.listing is None)
    assert desk.transfers() == []
    desk.choose_account("Acme")
    desk.wait_for_transfer("out.jsonl", TransferState.DONE)
    assert (folder / "out.jsonl").exists()


def test_keys_switch_between_accounts_except_where_they_mean_something_else(two: Desk) -> None:
    def reads_lines() -> bool:
        view = two.window.findChild(LineView)
        return view is not None and view.isVisible()

    two.select("one.jsonl")
    two.key(Qt.Key.Key_2, CONTROL)
    two.wait_for_files("theirs.jsonl")
    two.key(Qt.Key.Key_1, CONTROL)
    assert two.selected() == ["one.jsonl"]
    two.key(Qt.Key.Key_2, CONTROL)
    two.select("theirs.jsonl")
    two.key(Qt.Key.Key_Space)
    two.wait(reads_lines)
    two.key(Qt.Key.Key_1, CONTROL)
    assert two.window.windowTitle().startswith("Team"), "it shows the line as a conversation"
    two.key(Qt.Key.Key_Escape)
    two.wait(two.names)
    two.key(Qt.Key.Key_1, CONTROL)
    assert two.selected() == ["one.jsonl"]
