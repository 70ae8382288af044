"""Filters find files, and show no warnings, while they are being typed."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileFilter, FileList
from services.browse.half_typed import may_become_valid
from tests.support.factories import remote_file
from ui.search.search_field import SearchField


def found(files: FileList, text: str) -> list[str]:
    files.file_filter = FileFilter(text=text)
    return [file.name for file in files.arrange()]


@pytest.fixture
def some(files: FileList) -> FileList:
    for name, purpose, status in (
        ("a.json", "batch", "processed"),
        ("b.jsonl", "batch_output", "processing"),
        ("c.png", "vision", "error"),
        ("d", None, None),
    ):
        files.add(remote_file(name, purpose=purpose, status=status))
    return files


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[SearchField]:
    window = QWidget()
    qtbot.addWidget(window)
    made = SearchField()
    QVBoxLayout(window).addWidget(made)
    window.resize(420, 360)
    window.show()
    window.activateWindow()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    yield made
    window.close()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("purpose:ba", ["a.json", "b.jsonl"]),
        ("PURPOSE:Batch_", ["b.jsonl"]),
        ("purpose:batch", ["a.json"]),
        ("purpose:batch,vi", ["a.json", "c.png"]),
        ("purpose:nobody", []),
        ('purpose:""', ["d"]),
        ("-purpose:ba", ["c.png", "d"]),
        ("status:proc", ["a.json", "b.jsonl"]),
        ("status:processed", ["a.json"]),
        ("ext:js", ["a.json", "b.jsonl"]),
        ("ext:json", ["a.json"]),
        ("ext:p", ["c.png"]),
    ],
)
def test_an_unknown_value_matches_as_a_prefix(some: FileList, text: str, names: list[str]) -> None:
    assert found(some, text) == names


def test_files_added_later_are_found_too(some: FileList) -> None:
    assert found(some, "purpose:ev") == []
    some.add(remote_file("e.jsonl", purpose="evals"))
    assert found(some, "purpose:ev") == ["e.jsonl"]
    some.add(remote_file("f.jsonl", purpose="ev"))
    assert found(some, "purpose:ev") == ["f.jsonl"]


@pytest.mark.parametrize(
    "text",
    [
        *("size:>", "size:>1.", "size:>1M", "size:1MB..", "size:1MB..5"),
        *("created:<", "created:<7", "created:yest", "created:2026-1", "created:2026-11-01.."),
        *("expires:nev", "expires:>3", "purpose:", "name:", "ext:", "-size:<"),
    ],
)
def test_no_warning_on_the_way_to_a_valid_filter(
    field: SearchField, qtbot: QtBot, text: str
) -> None:
    told = QSignalSpy(field.explanation_changed)
    qtbot.keyClicks(field, text)
    assert told.count() == 0
    assert "is ignored" not in field.toolTip() + field.accessibleDescription()


def test_a_filter_left_incomplete_is_reported(field: SearchField, qtbot: QtBot) -> None:
    told = QSignalSpy(field.explanation_changed)
    qtbot.keyClicks(field, "created:2026-1")
    assert told.count() == 0
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told.count() == 1
    qtbot.keyClicks(field, "1-01")
    assert told.at(told.count() - 1) == [""]


def test_what_can_never_become_valid_is_reported_at_once() -> None:
    for field, value in (("size", ">abc"), ("created", "soon"), ("created", "2026-13-01")):
        assert not may_become_valid(field, value)
