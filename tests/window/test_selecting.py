"""Selecting many files at once, and copying or exporting them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit

from services.browse.ordering import Column
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.narrowing import instance_of, not_none
from tests.support.served_files import many_files, served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inspector.size_chart import SizeChart
from ui.table.columns import SECTION_OF
from ui.wording import count_in_words

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ALL = ["answers.jsonl", "report.pdf", "requests.jsonl"]


def offered(desk: Desk) -> dict[str, QAction]:
    """The actions of the purpose menu, in order."""
    menu = desk.window.commands.select_purpose
    menu.aboutToShow.emit()
    return {one.text(): one for one in menu.actions() if not one.isSeparator()}


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


@pytest.fixture
def mixed(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    """Thirty files with three alternating purposes, and one without."""
    for number in range(30):
        purpose = ("batch", "batch_output", "vision")[number % 3]
        files_server.add(served_file(f"run-{number:02}.jsonl", purpose=purpose, size=1000))
    files_server.add(served_file("plain.txt", purpose="", size=5))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 31 and desk.sees("Updated"))
    return desk


def test_all_files_of_a_purpose_can_be_selected(mixed: Desk) -> None:
    mixed.select("run-01.jsonl")
    assert next(iter(offered(mixed))) == "batch_output"
    offered(mixed)["vision"].trigger()
    assert sorted(mixed.selected()) == [f"run-{number:02}.jsonl" for number in range(2, 30, 3)]
    assert mixed.sees("31 files · 30 KB  ·  10 selected · 10 KB")
    offered(mixed)["No purpose"].trigger()
    assert mixed.selected() == ["plain.txt"]


def test_without_a_selection_the_purpose_of_the_current_file_comes_first(mixed: Desk) -> None:
    mixed.select("run-00.jsonl")
    mixed.table.clearSelection()
    assert list(offered(mixed)) == ["batch", "No purpose", "batch_output", "vision"]


def test_selecting_by_purpose_affects_only_shown_files(mixed: Desk) -> None:
    mixed.qtbot.keyClicks(mixed.search, "run-0")
    mixed.wait(lambda: len(mixed.names()) == 10)
    offered(mixed)["batch"].trigger()
    assert sorted(mixed.selected()) == [f"run-0{number}.jsonl" for number in (0, 3, 6, 9)]


@pytest.mark.parametrize("limit", ["_MAX_RANGES", "_MAX_SCANNED"])
def test_selecting_very_many_scattered_files_filters_the_list_instead(
    mixed: Desk, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    mixed.qtbot.keyClicks(mixed.search, "run-1")
    mixed.wait(lambda: len(mixed.names()) == 10)
    monkeypatch.setattr(f"ui.files.picking_flow.{limit}", 2)
    offered(mixed)["batch"].trigger()
    mixed.wait(lambda: len(mixed.selected()) == 3)
    assert sorted(mixed.names()) == sorted(mixed.selected())
    assert mixed.sees("Now showing only this purpose: batch")
    mixed.search.clear()
    mixed.choose_purpose("All files")
    mixed.wait(lambda: len(mixed.names()) == 31)
    assert sorted(mixed.selected()) == ["run-12.jsonl", "run-15.jsonl", "run-18.jsonl"]


def test_a_large_selection_is_summed_up_in_steps(
    mixed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.files.selection_flow._FILES_PER_STEP", 7)
    mixed.window.commands.select_all.trigger()
    assert mixed.sees("31 selected · …")
    assert mixed.button("Delete").isEnabled()
    mixed.wait_to_see("31 selected · 30 KB")
    assert mixed.sees("31 files")
    mixed.window.commands.select_all.trigger()
    mixed.table.clearSelection()
    mixed.wait(lambda: not mixed.sees("selected"))
    assert mixed.sees("Select a file to see its details.")


@pytest.mark.parametrize(
    ("key", "row"),
    [(Qt.Key.Key_Home, 0), (Qt.Key.Key_Up, 0), (Qt.Key.Key_End, -1), (Qt.Key.Key_PageDown, -1)],
)
def test_moving_keys_leave_one_file_selected_even_at_the_end(
    mixed: Desk, key: Qt.Key, row: int
) -> None:
    names = mixed.names()
    mixed.select(names[row])
    mixed.window.commands.select_all.trigger()
    assert len(mixed.selected()) == 31
    mixed.qtbot.keyClick(mixed.table, key)
    assert mixed.selected() == [names[row]]


@pytest.mark.parametrize("key", [Qt.Key.Key_Home, Qt.Key.Key_Up])
@pytest.mark.parametrize(
    "modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier]
)
def test_keys_that_only_move_the_current_row_keep_the_selection(
    mixed: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    mixed.select(mixed.names()[0])
    mixed.window.commands.select_all.trigger()
    mixed.qtbot.keyClick(mixed.table, key, modifier)
    assert len(mixed.selected()) == 31


def test_shift_end_selects_to_the_end(mixed: Desk) -> None:
    mixed.select(mixed.names()[0])
    mixed.window.commands.select_all.trigger()
    mixed.qtbot.keyClick(mixed.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    assert len(mixed.selected()) == 31


def test_the_selection_can_be_inverted(mixed: Desk) -> None:
    mixed.select("run-00.jsonl", "run-15.jsonl", "plain.txt")
    mixed.key(Qt.Key.Key_I, CONTROL_SHIFT)
    left = set(mixed.names()) - {"run-00.jsonl", "run-15.jsonl", "plain.txt"}
    assert set(mixed.selected()) == left
    mixed.key(Qt.Key.Key_I, CONTROL_SHIFT)
    assert set(mixed.selected()) == {"run-00.jsonl", "run-15.jsonl", "plain.txt"}
    mixed.table.selectAll()
    mixed.key(Qt.Key.Key_I, CONTROL_SHIFT)
    assert mixed.selected() == []
    mixed.key(Qt.Key.Key_I, CONTROL_SHIFT)
    assert len(mixed.selected()) == 31


def test_pasted_ids_are_selected_even_if_a_search_hides_them(desk: Desk) -> None:
    report, requests = desk.file("report.pdf").id, desk.file("requests.jsonl").id
    desk.search.setFocus()
    desk.qtbot.keyClicks(desk.search, "answers")
    desk.wait(lambda: desk.names() == ["answers.jsonl"])
    QGuiApplication.clipboard().setText(f'[{{"id": "{report}"}}, {{"id": "{requests}"}}]')
    desk.key(Qt.Key.Key_V, CONTROL_SHIFT)
    dialog = desk.dialog("Select by IDs")
    desk.wait(lambda: "2 files found · 2 hidden" in desk.texts(dialog))
    desk.press("Select 2 files", dialog)
    desk.wait(lambda: sorted(desk.selected()) == ["report.pdf", "requests.jsonl"])
    assert sorted(desk.names()) == ALL
    assert desk.search.text() == ""
    # The window manager decides which window gets focus, and a slow one may give none after a
    # dialog. The program decides where focus goes within the window.
    desk.wait(lambda: desk.window.focusWidget() is desk.table)


def test_selecting_pasted_ids_can_keep_search_and_filter(desk: Desk) -> None:
    ids = [desk.file(name).id for name in ALL]
    desk.choose_purpose("batch")
    desk.wait(lambda: desk.names() == ["requests.jsonl"])
    QGuiApplication.clipboard().setText("nothing of use")
    desk.window.commands.select_by_ids.trigger()
    dialog = desk.dialog("Select by IDs")
    field = not_none(dialog.findChild(QPlainTextEdit))
    assert field.toPlainText() == ""
    field.setPlainText("\n".join(ids))
    box = "Clear search and filter to show all of them"
    desk.wait(lambda: box in desk.texts(dialog))
    desk.press(box, dialog)
    desk.press("Select 3 files", dialog)
    assert desk.selected() == desk.names() == ["requests.jsonl"]


def test_a_snippet_contains_the_address_but_never_the_key(desk: Desk) -> None:
    desk.select("answers.jsonl", "report.pdf")
    for action, notice in (
        (desk.window.commands.copy_python, "Copied: Python code that downloads the files"),
        (desk.window.commands.copy_curl, "Copied: a curl command that downloads the files"),
    ):
        action.trigger()
        assert desk.sees(notice)
        assert TEST_KEY not in clipboard()
        assert "FILES_API_KEY" in clipboard()
        assert desk.settings.current.accounts[0].base_url in clipboard()
        for name in ("answers.jsonl", "report.pdf"):
            assert name in clipboard()
            assert desk.file(name).id in clipboard()


def test_a_snippet_for_too_many_files_is_rejected_with_advice(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*many_files(1_001))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 1_001)
    QGuiApplication.clipboard().setText("before")
    desk.window.commands.select_all.trigger()
    desk.window.commands.copy_curl.trigger()
    most, selected = count_in_words(1_000), count_in_words(1_001)
    assert desk.sees(f"up to {most} files, but {selected} are selected")
    assert clipboard() == "before"


def test_names_are_copied_with_their_shortcut(desk: Desk) -> None:
    desk.select("answers.jsonl", "report.pdf")
    desk.key(Qt.Key.Key_C, CONTROL_SHIFT)
    assert sorted(clipboard().splitlines()) == ["answers.jsonl", "report.pdf"]


def test_the_shown_list_is_exported_in_the_format_of_the_extension(
    desk: Desk, tmp_path: Path
) -> None:
    desk.qtbot.keyClicks(desk.search, "jsonl")
    desk.wait(lambda: len(desk.names()) == 2)
    desk.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.pick("Export list", tmp_path / "list.csv")
    desk.wait_to_see(f"Saved: {tmp_path / 'list.csv'}")
    with (tmp_path / "list.csv").open(newline="", encoding="utf-8") as file:
        assert [row["filename"] for row in csv.DictReader(file)] == desk.names()
    desk.window.commands.export_list.trigger()
    desk.pick("Export list", tmp_path / "list.JSON")
    desk.wait_to_see(f"Saved: {tmp_path / 'list.JSON'}")
    written = json.loads((tmp_path / "list.JSON").read_text("utf-8"))
    assert [one["filename"] for one in written] == desk.names()


def test_the_selected_files_can_be_exported(desk: Desk, tmp_path: Path) -> None:
    desk.select("report.pdf")
    desk.window.commands.export_selected.trigger()
    desk.pick("Export selected", tmp_path / "list.jsonl")
    desk.wait_to_see(f"Saved: {tmp_path / 'list.jsonl'}")
    (line,) = (tmp_path / "list.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["id"] == desk.file("report.pdf").id


def test_choosing_a_format_changes_the_extension(desk: Desk) -> None:
    desk.window.commands.export_list.trigger()
    picker = desk.dialog("Export list")
    assert isinstance(picker, QFileDialog)
    name = Path(picker.selectedFiles()[0]).name
    assert name.startswith("Acme files ")
    assert name.endswith(".csv")
    picker.selectNameFilter("JSON Lines (*.jsonl)")
    picker.filterSelected.emit("JSON Lines (*.jsonl)")
    assert Path(picker.selectedFiles()[0]).name == Path(name).with_suffix(".jsonl").name
    picker.reject()


def test_a_failed_export_is_reported(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    desk.window.commands.export_list.trigger()
    picker = instance_of(QFileDialog, desk.dialog("Export list"))
    picker.fileSelected.emit(str(tmp_path / "no folder" / "list.csv"))
    picker.reject()
    desk.wait_to_see("no folder isn't a folder")


def test_each_account_has_its_own_columns(
    make_files_server: Callable[..., ScriptedFilesServer], open_desk: OpenDesk
) -> None:
    first, second = make_files_server(), make_files_server()
    first.add(served_file("one.txt"))
    second.add(served_file("two.txt"))
    desk = open_desk(accounts=[account_at(first, "Acme"), account_at(second, "Beta")])
    desk.wait_for_files("one.txt")
    hidden = SECTION_OF[Column.ID]
    menu = desk.window.commands.columns
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.text() == "ID").trigger()
    assert desk.table.isColumnHidden(hidden)
    desk.choose_account("Beta")
    desk.wait_for_files("two.txt")
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.text() == "Reset columns").trigger()
    assert not desk.table.isColumnHidden(hidden)
    desk.choose_account("Acme")
    desk.wait_for_files("one.txt")
    assert desk.table.isColumnHidden(hidden)
    desk.close_now()
    assert set(desk.settings.current.table_headers) >= {"acme", "beta"}


@pytest.mark.parametrize(
    ("copied", "put_in"),
    [
        ("Please look at file-gone1, it is gone", "file-gone1"),
        ('{"id": "{report}", "other": "file-gone1"}', "{report}\nfile-gone1"),
        ("secret", ""),
    ],
)
def test_the_dialog_starts_with_ids_from_the_clipboard(
    desk: Desk, copied: str, put_in: str
) -> None:
    report = desk.file("report.pdf").id
    QGuiApplication.clipboard().setText(copied.replace("{report}", report))
    desk.window.commands.select_by_ids.trigger()
    dialog = desk.dialog("Select by IDs")
    field = not_none(dialog.findChild(QPlainTextEdit))
    assert field.toPlainText() == put_in.replace("{report}", report)
    dialog.reject()


def test_counts_follow_the_search(desk: Desk) -> None:
    desk.search.setFocus()
    desk.qtbot.keyClicks(desk.search, "answers")
    desk.wait_to_see("1 of 3 files")
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: not desk.sees("of 3 files"))


def test_several_files_are_summed_in_small_steps(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.files.selection_flow._FILES_PER_STEP", 5)
    for number in range(12):
        created = 1_700_000_000 + number // 2 * 86_400
        files_server.add(served_file(f"run-{number:02}.jsonl", size=1000, created_at=created))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 12)
    desk.table.selectAll()
    inspector = desk.window.workspace.inspector
    desk.wait(lambda: "SIZE OVER TIME" in desk.texts(inspector))
    assert "12 files" in desk.texts(inspector)
    chart = not_none(inspector.findChild(SizeChart))
    desk.wait(lambda: "by day" in desk.texts(inspector))
    chart.setFocus()
    desk.qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.caption.endswith(": 2 files · 2 KB")
    desk.select("run-00.jsonl")
    desk.wait(lambda: not chart.isVisible())
