"""An image on its own page: fitted, in its own size, zoomed and dragged."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.support.narrowing import instance_of, not_none
from tests.support.sent_moves import send_move
from tests.support.shown_widget import shown_widget
from ui.image_decoding import LargePicture, UnshownImage, decode_large_image
from ui.inside.content.image_view import ImageView
from ui.theme import Role, color

HERE = QPoint(100, 60)


def picture(width: int, height: int, fill: str = "#3070c0") -> LargePicture:
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(fill))
    return LargePicture(image, image, QSize(width, height), "PNG")


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    return shown_widget(qtbot, ImageView(), 400, 300)


def canvas(view: ImageView) -> QAbstractScrollArea:
    return instance_of(QAbstractScrollArea, view.focusProxy())


def said(view: ImageView) -> list[str]:
    return [one.text() for one in view.findChildren(QLabel) if one.isVisible()]


def button(view: ImageView, text: str) -> QToolButton:
    (found,) = [one for one in view.findChildren(QToolButton) if one.text() == text]
    return found


def extent(view: ImageView, fill: str = "#3070c0") -> QSize:
    """The size of the part of the view that has the color of the image."""
    shown = canvas(view).viewport().grab().toImage()
    wanted = QColor(fill).rgb()
    across = sum(shown.pixel(x, shown.height() // 2) == wanted for x in range(shown.width()))
    down = sum(shown.pixel(shown.width() // 2, y) == wanted for y in range(shown.height()))
    return QSize(across, down)


def turn_wheel(view: ImageView, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    viewport = canvas(view).viewport()
    event = QWheelEvent(
        QPointF(HERE),
        QPointF(viewport.mapToGlobal(HERE)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_a_small_image_is_shown_as_it_is_with_its_dimensions(view: ImageView) -> None:
    view.show_picture(picture(64, 48), 340_400)
    assert extent(view) == QSize(64, 48)
    assert said(view) == ["64 × 48 pixels · PNG · 340 KB", "100%"]
    assert canvas(view).accessibleDescription() == "64 × 48 pixels · PNG · 340 KB"


def test_a_large_image_is_fitted_and_follows_the_size_of_the_view(view: ImageView) -> None:
    view.show_picture(picture(4_000, 1_000), 1)
    assert abs(extent(view).width() - canvas(view).viewport().width()) <= 1
    assert abs(extent(view).width() - 4 * extent(view).height()) <= 4
    view.resize(240, 300)
    assert abs(extent(view).width() - canvas(view).viewport().width()) <= 1
    assert button(view, "Fit").isChecked()


def test_keys_and_buttons_change_between_fitted_and_real_size(
    view: ImageView, qtbot: QtBot
) -> None:
    view.show_picture(picture(1_000, 1_000), 1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_1)
    assert canvas(view).horizontalScrollBar().maximum() == 1_000 - canvas(view).viewport().width()
    assert said(view)[-1] == "100%"
    assert button(view, "1:1").isChecked()
    qtbot.keyClick(canvas(view), Qt.Key.Key_F)
    assert canvas(view).horizontalScrollBar().maximum() == 0
    qtbot.mouseClick(button(view, "1:1"), Qt.MouseButton.LeftButton)
    assert canvas(view).horizontalScrollBar().maximum() > 0
    qtbot.mouseClick(button(view, "Fit"), Qt.MouseButton.LeftButton)
    assert canvas(view).horizontalScrollBar().maximum() == 0


def test_a_double_click_changes_between_fitted_and_real_size(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(picture(2_000, 2_000), 1)
    viewport = canvas(view).viewport()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    across = canvas(view).horizontalScrollBar()
    assert abs(across.value() - across.maximum() // 2) < 20
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
    assert across.maximum() == 0


def test_dragging_moves_the_image(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(picture(1_000, 1_000), 1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_1)
    viewport = canvas(view).viewport()
    across, down = canvas(view).horizontalScrollBar(), canvas(view).verticalScrollBar()
    before = QPoint(across.value(), down.value())
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=HERE)
    send_move(viewport, HERE + QPoint(30, 20), Qt.MouseButton.LeftButton)
    assert QPoint(across.value(), down.value()) == before - QPoint(30, 20)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=HERE + QPoint(30, 20))
    send_move(viewport, HERE)
    assert QPoint(across.value(), down.value()) == before - QPoint(30, 20)


def test_the_wheel_with_ctrl_zooms_around_the_pointer(view: ImageView) -> None:
    view.show_picture(picture(1_000, 1_000), 1)
    canvas(view).setFocus()
    turn_wheel(view, 40, Qt.KeyboardModifier.ControlModifier)
    assert said(view)[-1] == "1,600%"
    turn_wheel(view, -80, Qt.KeyboardModifier.ControlModifier)
    assert button(view, "Fit").isChecked()


def test_a_point_stays_under_the_pointer_while_zooming(view: ImageView) -> None:
    image = QImage(1_000, 1_000, QImage.Format.Format_RGB32)
    image.fill(QColor("#3070c0"))
    for x in range(300, 400):
        for y in range(300, 400):
            image.setPixelColor(x, y, QColor("#c03070"))
    view.show_picture(LargePicture(image, image, image.size(), "PNG"), 1)
    fitted = not_none(canvas(view).viewport().grab().toImage())
    at = next(
        QPoint(x, y)
        for x in range(fitted.width())
        for y in range(fitted.height())
        if fitted.pixelColor(x, y) == QColor("#c03070")
        and fitted.pixelColor(x + 8, y + 8) == QColor("#c03070")
    ) + QPoint(5, 5)
    viewport = canvas(view).viewport()
    for _notch in range(12):
        event = QWheelEvent(
            QPointF(at),
            QPointF(viewport.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)
        assert viewport.grab().toImage().pixelColor(at) == QColor("#c03070")


def test_the_wheel_alone_scrolls(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(picture(1_000, 1_000), 1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_1)
    before = canvas(view).verticalScrollBar().value()
    turn_wheel(view, -1, Qt.KeyboardModifier.NoModifier)
    assert canvas(view).verticalScrollBar().value() > before
    assert said(view)[-1] == "100%"


def test_the_keys_zoom_and_scroll(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(picture(1_000, 1_000), 1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Plus)
    assert said(view)[-1] == "125%"
    before = canvas(view).horizontalScrollBar().value()
    qtbot.keyClick(canvas(view), Qt.Key.Key_Right)
    assert canvas(view).horizontalScrollBar().value() > before
    qtbot.keyClick(canvas(view), Qt.Key.Key_Minus)
    assert said(view)[-1] == "100%"


def test_a_transparent_image_is_on_a_checked_ground(view: ImageView) -> None:
    view.show_picture(picture(100, 100, "#00000000"), 1)
    shown = canvas(view).viewport().grab().toImage()
    middle = shown.rect().center()
    found = {shown.pixelColor(middle + QPoint(x, 0)).name() for x in range(-40, 40)}
    roles = (Role.CARD, Role.TRACK)
    assert found == {color(role, canvas(view).palette()).name() for role in roles}


def test_an_image_with_too_many_pixels_is_said_to_be_reduced(view: ImageView) -> None:
    small = picture(100, 50)
    view.show_picture(small._replace(size=QSize(9_000, 4_500)), 1_000)
    assert said(view)[0] == "9,000 × 4,500 pixels · PNG · 1 KB · shown reduced to 100 × 50"


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (UnshownImage(None), "This image is damaged and can't be shown."),
        (
            UnshownImage(QSize(60_000, 60_000)),
            "This image is too large to show: 60,000 × 60,000 pixels.",
        ),
    ],
)
def test_a_word_is_in_the_place_of_what_can_not_be_shown(
    view: ImageView, image: UnshownImage, words: str
) -> None:
    view.show_picture(picture(10, 10), 1)
    view.show_unshown(image)
    assert said(view) == [words]


def test_a_file_is_decoded_and_shown(view: ImageView, tmp_path: Path) -> None:
    path = tmp_path / "image"
    assert picture(300, 40).image.save(str(path), "png")  # type: ignore[call-overload]
    view.show_picture(instance_of(LargePicture, decode_large_image(path)), path.stat().st_size)
    assert extent(view) == QSize(300, 40)


def test_the_image_is_copied(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(picture(64, 48), 1)
    qtbot.keyClick(canvas(view), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().image()
    assert copied.size() == QSize(64, 48)
    assert copied.pixelColor(5, 5) == QColor("#3070c0")
