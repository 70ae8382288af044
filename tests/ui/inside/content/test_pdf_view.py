"""The pages of a PDF: asked for, shown and turned."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from services.previews.documents.pdf_messages import PdfFailure, Rendered
from tests.support.narrowing import instance_of, not_none
from tests.support.shown_widget import shown_widget
from tests.support.visible_colors import shows
from ui.inside.content.pdf_view import PdfView, image_of
from ui.theme import Role

RED = b"\x00\x00\xff\xff"
BLUE = b"\xff\x00\x00\xff"


class Shown:
    """A view, and what it has asked for."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.view = shown_widget(qtbot, PdfView(), 500, 400)
        self.asked: list[tuple[int, int]] = []
        self.view.page_requested.connect(lambda page, width: self.asked.append((page, width)))

    @property
    def canvas(self) -> QAbstractScrollArea:
        return instance_of(QAbstractScrollArea, self.view.focusProxy())

    def answer(self, *, page: int | None = None, ink: bytes = RED, shape: float = 1.4) -> None:
        """Render the page that was last asked for, `shape` times as high as wide."""
        last, width = self.asked[-1]
        self.view.show_page(last if page is None else page, rendered(width, ink, shape))

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.canvas, key)

    def button(self, name: str) -> QToolButton:
        buttons = self.view.findChildren(QToolButton)
        (found,) = [one for one in buttons if one.accessibleName() == name]
        return found

    def enter(self, text: str) -> None:
        field = not_none(self.view.findChild(QLineEdit))
        field.setText(text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def number(self) -> str:
        return not_none(self.view.findChild(QLineEdit)).text()

    def has_color(self, name: str) -> bool:
        image = self.canvas.viewport().grab().toImage()
        return image.pixelColor(image.rect().center()) == QColor(name)


def rendered(width: int, ink: bytes = RED, shape: float = 1.4) -> Rendered:
    height = round(width * shape)
    return Rendered(width, height, 4 * width + 8, (ink * width + bytes(8)) * height)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def said(shown: Shown) -> list[str]:
    return [one.text() for one in shown.view.findChildren(QLabel) if one.isVisible()]


def test_rows_of_a_rendered_page_may_be_padded() -> None:
    image = image_of(Rendered(2, 2, 12, (RED + BLUE + bytes(4)) * 2))
    assert image.pixelColor(0, 1) == QColor("#ff0000")
    assert image.pixelColor(1, 1) == QColor("#0000ff")


def test_the_first_page_is_asked_for_as_wide_as_the_view(shown: Shown) -> None:
    shown.view.show_document(3)
    assert shown.asked == [(0, shown.canvas.viewport().width() - 32)]
    assert said(shown) == ["Page", "of 3"]
    assert shown.canvas.accessibleDescription() == "Page 1 of 3"
    shown.answer()
    assert shown.has_color("#ff0000")
    assert not shown.button("Previous page").isEnabled()


def test_buttons_and_keys_go_to_other_pages(shown: Shown) -> None:
    shown.view.show_document(3)
    shown.qtbot.mouseClick(shown.button("Next page"), Qt.MouseButton.LeftButton)
    shown.press(Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert [page for page, _width in shown.asked] == [0, 1, 2]
    assert not shown.button("Next page").isEnabled()
    shown.qtbot.mouseClick(shown.button("Previous page"), Qt.MouseButton.LeftButton)
    shown.press(Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert [page for page, _width in shown.asked[3:]] == [1, 0]
    assert shown.number() == "1"


@pytest.mark.parametrize(
    ("text", "page"),
    [("7", 6), ("0", 0), ("999999", 9), ("x", 2), ("", 2), ("-1", 2), ("9" * 99, 2)],
)
def test_a_page_is_gone_to_by_its_number(shown: Shown, text: str, page: int) -> None:
    shown.view.show_document(10)
    shown.view.go_to_page(2)
    shown.enter(text)
    assert shown.view.page == page
    assert shown.number() == str(page + 1)


def test_a_page_that_comes_too_late_is_not_shown(shown: Shown) -> None:
    shown.view.show_document(3)
    shown.view.go_to_page(1)
    shown.answer(page=0, ink=BLUE)
    assert not shown.has_color("#0000ff")
    shown.answer()
    assert shown.has_color("#ff0000")
    shown.view.show_message("Gone")
    shown.answer(ink=BLUE)
    assert said(shown) == ["Gone"]


def test_a_page_is_scrolled_and_turned_at_its_ends(shown: Shown) -> None:
    shown.view.show_document(3)
    shown.answer()
    bar = shown.canvas.verticalScrollBar()
    assert bar.maximum() > 0
    shown.press(Qt.Key.Key_PageDown)
    assert (shown.view.page, bar.value() > 0) == (0, True)
    shown.press(Qt.Key.Key_End, Qt.Key.Key_PageDown)
    shown.answer()
    assert (shown.view.page, bar.value()) == (1, 0)
    shown.press(Qt.Key.Key_PageUp)
    shown.answer()
    assert (shown.view.page, bar.value()) == (0, bar.maximum())
    shown.press(Qt.Key.Key_Home, Qt.Key.Key_PageUp)
    assert (shown.view.page, bar.value()) == (0, 0)


def test_the_wheel_turns_pages_at_their_ends_but_not_while_one_loads(shown: Shown) -> None:
    def turn(notches: int) -> None:
        viewport = shown.canvas.viewport()
        place = QPointF(50, 50)
        event = QWheelEvent(
            place,
            viewport.mapToGlobal(place),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)

    shown.view.show_document(3)
    turn(-1)
    assert shown.view.page == 0
    shown.answer()
    turn(-1)
    assert shown.view.page == 0
    shown.press(Qt.Key.Key_End)
    turn(-1)
    turn(-1)
    assert shown.view.page == 1
    shown.answer()
    turn(1)
    assert shown.view.page == 0


def test_another_width_is_asked_for_once_the_size_rests(shown: Shown) -> None:
    shown.view.show_document(1)
    shown.answer()
    shown.press(Qt.Key.Key_End)
    for width in range(510, 600, 10):
        shown.view.resize(width, 400)
    shown.qtbot.waitUntil(lambda: len(shown.asked) > 1)
    assert shown.asked[1:] == [(0, shown.canvas.viewport().width() - 32)]
    shown.answer()
    bar = shown.canvas.verticalScrollBar()
    assert bar.value() > 0


def test_a_page_is_not_wider_than_can_be_read(shown: Shown) -> None:
    shown.view.resize(1_500, 400)
    shown.view.show_document(1)
    assert shown.asked[-1] == (0, 1_100)


def test_a_page_that_fits_needs_no_scrolling(shown: Shown) -> None:
    shown.view.show_document(1)
    shown.answer(shape=0.3)
    assert shown.canvas.verticalScrollBar().maximum() == 0
    assert shows(shown.canvas, Role.PAGE)


@pytest.mark.parametrize("failure", PdfFailure)
def test_a_page_that_fails_does_not_end_the_others(shown: Shown, failure: PdfFailure) -> None:
    shown.view.show_document(2)
    shown.answer()
    shown.press(Qt.Key.Key_Right)
    shown.view.show_page_failure(0, failure)
    shown.view.show_page_failure(1, failure)
    assert not shown.has_color("#ff0000")
    shown.press(Qt.Key.Key_Left)
    shown.answer()
    assert shown.has_color("#ff0000")


@pytest.mark.parametrize(
    ("failure", "word"),
    [
        (PdfFailure.ENCRYPTED, "encrypted"),
        (PdfFailure.DAMAGED, "damaged"),
        (PdfFailure.TOO_SLOW, "too long"),
        (PdfFailure.CRASHED, "crashed"),
        (PdfFailure.UNAVAILABLE, "can't be started"),
    ],
)
def test_why_a_pdf_is_not_shown_is_told(shown: Shown, failure: PdfFailure, word: str) -> None:
    shown.view.show_document(3)
    shown.view.show_failure(failure)
    (words,) = said(shown)
    assert word in words
    shown.press(Qt.Key.Key_Right)
    assert len(shown.asked) == 1
