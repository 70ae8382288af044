import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from ui.files.listing_notes import ListingNotes


@pytest.fixture
def notes(qtbot: QtBot) -> ListingNotes:
    made = ListingNotes()
    qtbot.addWidget(made)
    return made


def test_without_notes_the_link_is_hidden(notes: ListingNotes) -> None:
    notes.show_notes(())
    assert not notes.isVisible()


def test_a_click_opens_the_notes_and_a_key_closes_them(notes: ListingNotes, qtbot: QtBot) -> None:
    with qtbot.waitExposed(notes):
        notes.show_notes(("3 ids came twice.", "A name with a\nline end."))
    assert notes.text() == "2 notes"
    qtbot.mouseClick(notes, Qt.MouseButton.LeftButton)
    card = notes.findChild(QFrame)
    assert card is not None
    assert card.isVisible()
    said = [one.text() for one in card.findChildren(QLabel)]
    assert said[1:] == ["3 ids came twice.", "A name with a\ufffdline end."]
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: notes.findChild(QFrame) is None)


def test_the_notes_are_on_screen_and_above_the_link(notes: ListingNotes, qtbot: QtBot) -> None:
    with qtbot.waitExposed(notes):
        notes.show_notes(["A long sentence about something that was odd. " * 4])
    screen = notes.screen().availableGeometry()
    notes.move(screen.left() + 2, screen.bottom() - 60)
    qtbot.mouseClick(notes, Qt.MouseButton.LeftButton)
    card = notes.findChild(QFrame)
    assert card is not None
    assert card.geometry().left() >= screen.left()
    assert card.geometry().bottom() < notes.mapToGlobal(QPoint(0, 0)).y()
    card.close()


def test_assistive_technology_can_read_the_notes(notes: ListingNotes) -> None:
    notes.show_notes(("Sizes are missing.",))
    assert notes.accessibleDescription() == "Sizes are missing."
    assert "Sizes are missing." in notes.toolTip()
