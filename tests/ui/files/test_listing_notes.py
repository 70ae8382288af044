import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from ui.files.listing_notes import ListingNotes


@pytest.fixture
def remarks(qtbot: QtBot) -> ListingNotes:
    made = ListingNotes()
    qtbot.addWidget(made)
    return made


def test_without_notes_the_link_is_hidden(remarks: ListingNotes) -> None:
    remarks.show_notes(())
    assert not remarks.isVisible()


def test_a_click_opens_the_notes_and_a_key_closes_them(remarks: ListingNotes, qtbot: QtBot) -> None:
    remarks.show_notes(("3 ids came twice.", "A name with a\nline end."))
    qtbot.waitExposed(remarks)
    assert remarks.text() == "2 notes"
    qtbot.mouseClick(remarks, Qt.MouseButton.LeftButton)
    card = remarks.findChild(QFrame)
    assert card is not None
    assert card.isVisible()
    said = [one.text() for one in card.findChildren(QLabel)]
    assert said[1:] == ["3 ids came twice.", "A name with a\ufffdline end."]
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: remarks.findChild(QFrame) is None)


def test_the_notes_are_on_screen_and_above_the_link(remarks: ListingNotes, qtbot: QtBot) -> None:
    remarks.show_notes(["A long sentence about something that was odd. " * 4])
    screen = remarks.screen().availableGeometry()
    remarks.move(screen.left() + 2, screen.bottom() - 60)
    qtbot.waitExposed(remarks)
    qtbot.mouseClick(remarks, Qt.MouseButton.LeftButton)
    card = remarks.findChild(QFrame)
    assert card is not None
    assert card.geometry().left() >= screen.left()
    assert card.geometry().bottom() < remarks.mapToGlobal(QPoint(0, 0)).y()
    card.close()


def test_assistive_technology_can_read_the_notes(remarks: ListingNotes) -> None:
    remarks.show_notes(("Sizes are missing.",))
    assert remarks.accessibleDescription() == "Sizes are missing."
    assert "Sizes are missing." in remarks.toolTip()
