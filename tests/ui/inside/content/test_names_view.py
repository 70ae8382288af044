"""The table of what is in an archive."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from services.previews.documents.archive_entries import ArchiveEnd, ArchiveEntry
from services.previews.documents.archive_names import ArchiveForm, ArchiveNames
from tests.support.narrowing import not_none
from tests.support.shown_widget import shown_widget
from ui.inside.content.names_view import NamesView

ENTRIES = (
    ArchiveEntry("folder/", 0, 1_796_000_000),
    ArchiveEntry("folder/one\n<b>.txt", 1_500, 1_796_000_000),
    ArchiveEntry("two.jsonl", 2_000_000, None),
)


@pytest.fixture
def view(qtbot: QtBot) -> NamesView:
    return shown_widget(qtbot, NamesView(), 700, 300)


def table(view: NamesView) -> QTableView:
    return not_none(view.findChild(QTableView))


def said(view: NamesView) -> list[str]:
    return [one.text() for one in view.findChildren(QLabel) if one.isVisible() and one.text()]


def cells(view: NamesView) -> list[list[str]]:
    model = table(view).model()
    columns = range(model.columnCount())
    return [[model.index(row, one).data() for one in columns] for row in range(model.rowCount())]


def names(*entries: ArchiveEntry, end: ArchiveEnd = ArchiveEnd.WHOLE) -> ArchiveNames:
    return ArchiveNames(ArchiveForm.ZIP, entries, end)


def test_names_sizes_and_dates_are_shown_as_text(view: NamesView) -> None:
    view.show_names(names(*ENTRIES))
    shown = cells(view)
    assert [row[:2] for row in shown] == [
        ["folder/", "\u2014"],
        ["folder/one\ufffd<b>.txt", "2 KB"],
        ["two.jsonl", "2.0 MB"],
    ]
    assert shown[0][2] != "\u2014"
    assert shown[2][2] == "\u2014"
    assert said(view) == ["ZIP · 2 files · 2.0 MB unpacked"]
    tip = table(view).model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip


def test_the_columns_fill_the_width(view: NamesView) -> None:
    view.show_names(names(*ENTRIES))
    for width in (700, 500):
        view.resize(width, 300)
        heads = table(view).horizontalHeader()
        assert heads.length() == table(view).viewport().width()
        assert heads.sectionSize(0) > heads.sectionSize(1)


def test_more_names_keep_the_selection(view: NamesView, qtbot: QtBot) -> None:
    view.show_names(names(*ENTRIES[:2], end=ArchiveEnd.NOT_YET))
    assert said(view) == ["ZIP · 1 file · 2 KB unpacked · reading…"]
    # Not `selectRow`, which adds the row while Qt takes Ctrl for pressed, as after Ctrl and a wheel.
    qtbot.mouseClick(
        table(view).viewport(),
        Qt.MouseButton.LeftButton,
        pos=table(view).visualRect(not_none(table(view).model()).index(1, 0)).center(),
    )
    view.show_names(names(*ENTRIES))
    assert len(cells(view)) == 3
    qtbot.keyClick(table(view), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "folder/one\ufffd<b>.txt"
    table(view).selectAll()
    qtbot.keyClick(table(view), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[0] == "folder/"
    view.show_names(names(*ENTRIES[1:]))
    assert len(cells(view)) == 2


def test_nothing_is_copied_without_a_selection(view: NamesView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("before")
    view.show_names(names(*ENTRIES))
    table(view).clearSelection()
    qtbot.keyClick(table(view), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (ArchiveEnd.DAMAGED, "The archive is damaged or cut off. There may be more files."),
        (ArchiveEnd.TOO_MANY, "There are more files than can be shown."),
        (
            ArchiveEnd.TOO_LARGE,
            "There may be more files: the archive is too large to look through.",
        ),
    ],
)
def test_what_is_missing_is_told(view: NamesView, end: ArchiveEnd, words: str) -> None:
    view.show_names(names(*ENTRIES, end=end))
    assert said(view)[1:] == [words]
    view.show_names(names(*ENTRIES))
    assert said(view)[1:] == []


def test_encryption_is_told(view: NamesView) -> None:
    view.show_names(names(ArchiveEntry("a", 1, None, is_encrypted=True)))
    assert said(view)[1:] == ["Encrypted: the files can't be opened without the password."]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (ArchiveForm.GZIP, "TAR.GZ"),
        (ArchiveForm.BZIP2, "TAR.BZ2"),
        (ArchiveForm.XZ, "TAR.XZ"),
    ],
)
def test_a_packed_tar_file_is_called_so(view: NamesView, form: ArchiveForm, words: str) -> None:
    view.show_names(ArchiveNames(form, ENTRIES, ArchiveEnd.WHOLE, is_packed_tar=True))
    assert said(view) == [f"{words} · 2 files · 2.0 MB unpacked"]


def test_an_unknown_size_is_not_added_up(view: NamesView) -> None:
    view.show_names(ArchiveNames(ArchiveForm.GZIP, (ArchiveEntry("", None, None),)))
    assert cells(view) == [["(no name)", "\u2014", "\u2014"]]
    assert said(view) == ["GZIP · 1 file · reading…"]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (names(), "The archive is empty."),
        (names(end=ArchiveEnd.DAMAGED), "This archive is damaged, and no names could be read."),
        (
            ArchiveNames(ArchiveForm.SEVEN_ZIP, (), ArchiveEnd.WHOLE),
            "Filewharf can't read the names in a 7z archive. Download it to open it.",
        ),
        (
            ArchiveNames(ArchiveForm.UNKNOWN, (), ArchiveEnd.WHOLE),
            "The names in this archive can't be shown.",
        ),
    ],
)
def test_a_word_is_in_the_place_of_names_that_are_not_there(
    view: NamesView, found: ArchiveNames, words: str
) -> None:
    view.show_names(names(*ENTRIES))
    view.show_names(found)
    assert said(view) == [words]
    view.show_names(None)
    assert said(view) == []
