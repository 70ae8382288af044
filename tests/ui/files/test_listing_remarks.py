import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from ui.files.listing_remarks import ListingRemarks


@pytest.fixture
def remarks(qtbot: QtBot) -> ListingRemarks:
    made = ListingRemarks()
    qtbot.addWidget(made)
    return made


def test_without_remarks_there_is_nothing_to_see(remarks: ListingRemarks) -> None:
    remarks.show_sentences(())
    assert not remarks.isVisible()


def test_a_click_opens_the_sentences_and_a_key_closes_them(
    remarks: ListingRemarks, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(remarks):
        remarks.show_sentences(("3 ids came twice.", "A name with a\nline end."))
    assert remarks.text() == "2 notes"
    qtbot.mouseClick(remarks, Qt.MouseButton.LeftButton)
    card = remarks.findChild(QFrame)
    assert card is not None
    assert card.isVisible()
    said = [one.text() for one in card.findChildren(QLabel)]
    assert said[1:] == ["3 ids came twice.", "A name with a\ufffdline end."]
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: remarks.findChild(QFrame) is None)


def test_the_sentences_are_on_the_screen_and_above_the_link(
    remarks: ListingRemarks, qtbot: QtBot
) -> None:
    with qtbot.waitExposed(remarks):
        remarks.show_sentences(["A long sentence about something that was odd. " * 4])
    screen = remarks.screen().availableGeometry()
    remarks.move(screen.left() + 2, screen.bottom() - 60)
    qtbot.mouseClick(remarks, Qt.MouseButton.LeftButton)
    card = remarks.findChild(QFrame)
    assert card is not None
    assert card.geometry().left() >= screen.left()
    assert card.geometry().bottom() < remarks.mapToGlobal(QPoint(0, 0)).y()
    card.close()


def test_assistive_technology_is_told_the_sentences(remarks: ListingRemarks) -> None:
    remarks.show_sentences(("Sizes are missing.",))
    assert remarks.accessibleDescription() == "Sizes are missing."
    assert "Sizes are missing." in remarks.toolTip()
