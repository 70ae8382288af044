"""Listing, filtering by purpose, searching, clearing and sorting."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView

from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import LEFT, Desk, account_at


def test_purpose_and_search_filter_the_list_and_clearing_restores_it(desk: Desk) -> None:
    desk.choose_purpose("batch")
    assert desk.names() == ["requests.jsonl"]
    desk.qtbot.keyClicks(desk.search, "answers")
    assert desk.names() == []
    assert desk.sees("No file matches “answers”")
    desk.press("Clear search and filter")
    assert sorted(desk.names()) == ["answers.jsonl", "report.pdf", "requests.jsonl"]
    assert desk.search.text() == ""


def test_a_search_matches_part_of_an_id(desk: Desk) -> None:
    desk.qtbot.keyClicks(desk.search, desk.file("report.pdf").id[-8:].upper())
    assert desk.names() == ["report.pdf"]


def test_filters_in_the_search_field_apply(desk: Desk) -> None:
    desk.qtbot.keyClicks(desk.search, "ext:jsonl ")
    assert sorted(desk.names()) == ["answers.jsonl", "requests.jsonl"]
    desk.qtbot.keyClicks(desk.search, "-purpose:batch ")
    assert desk.names() == ["answers.jsonl"]
    desk.qtbot.keyClicks(desk.search, "size:<=199")
    assert desk.names() == []
    assert desk.sees("No file matches “ext:jsonl -purpose:batch size:<=199”")
    desk.press("Clear search and filter")
    assert len(desk.names()) == 3


def test_completions_come_from_the_accounts_files(desk: Desk) -> None:
    desk.qtbot.keyClicks(desk.search, "purpose:out")
    assert desk.names() == []
    desk.qtbot.keyClick(desk.search, Qt.Key.Key_Tab)
    assert desk.search.text() == "purpose:batch_output "
    assert desk.names() == ["answers.jsonl"]
    desk.search.clear()
    desk.qtbot.keyClicks(desk.search, "ext:pd")
    desk.qtbot.keyClick(desk.search, Qt.Key.Key_Tab)
    assert desk.names() == ["report.pdf"]


def test_invalid_terms_are_explained_and_ignored(desk: Desk) -> None:
    desk.qtbot.keyClicks(desk.search, "report sise:>1MB")
    desk.qtbot.keyClick(desk.search, Qt.Key.Key_Return)
    assert desk.names() == ["report.pdf"]
    assert desk.sees(
        "“sise:>1MB” is ignored. Did you mean size:, as in size:>10MB? "
        "To search for the text itself, put it in quotes."
    )


def test_several_purposes_can_be_shown_together(desk: Desk) -> None:
    desk.choose_purpose("batch")
    (rows,) = [
        one for one in desk.window.findChildren(QListView) if one.accessibleName() == "Purposes"
    ]
    index = next(
        index
        for place in range(rows.model().rowCount())
        if (index := rows.model().index(place, 0)).data() == "batch_output"
    )
    where = rows.visualRect(index).center()
    desk.qtbot.mouseClick(rows.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, where)
    assert sorted(desk.names()) == ["answers.jsonl", "requests.jsonl"]
    desk.qtbot.keyClicks(desk.search, "report")
    assert desk.sees(
        "Only files with the purposes batch, batch_output were searched. "
        "Try fewer words, or search all files."
    )
    desk.press("Clear search and filter")
    assert len(desk.names()) == 3


def test_the_status_line_counts_shown_and_selected_files(desk: Desk) -> None:
    assert desk.sees("3 files · 600 bytes")
    desk.choose_purpose("batch_output")
    desk.select("answers.jsonl")
    assert desk.sees("1 of 3 files · 200 bytes  ·  1 selected · 200 bytes")


def test_clicking_a_header_sorts_and_clicking_again_reverses(desk: Desk) -> None:
    header = desk.table.header
    titles = [
        desk.table.model().headerData(section, Qt.Orientation.Horizontal)
        for section in range(header.count())
    ]
    section = titles.index("Size")
    place = header.viewport().rect().center()
    place.setX(header.sectionViewportPosition(section) + header.sectionSize(section) // 2)
    desk.qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    assert desk.names() == ["requests.jsonl", "answers.jsonl", "report.pdf"]
    desk.qtbot.mouseClick(header.viewport(), LEFT, pos=place)
    assert desk.names() == ["report.pdf", "answers.jsonl", "requests.jsonl"]


def test_a_refresh_keeps_selection_current_row_and_scroll(
    files_server: ScriptedFilesServer, open_desk: OpenDesk
) -> None:
    files_server.add(*(served_file(f"run-{number:03}.jsonl") for number in range(200)))
    desk = open_desk(accounts=[account_at(files_server)])
    desk.wait(lambda: len(desk.names()) == 200 and desk.sees("Updated"))
    desk.select("run-060.jsonl", "run-061.jsonl")
    bar = desk.table.verticalScrollBar()
    bar.setValue(bar.value() + 3)
    top = desk.names()[bar.value()]
    current = not_none(desk.table.current_file()).name
    files_server.add(served_file("new.jsonl"))
    files_server.remove(desk.file("run-150.jsonl").id)
    desk.key(Qt.Key.Key_F5)
    desk.wait(lambda: "new.jsonl" in desk.names() and "run-150.jsonl" not in desk.names())
    assert sorted(desk.selected()) == ["run-060.jsonl", "run-061.jsonl"]
    assert not_none(desk.table.current_file()).name == current
    assert desk.names()[bar.value()] == top
