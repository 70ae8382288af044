from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES
from ui.files.status_line import StatusLine
from ui.style_sheet import style_sheet
from ui.theme import Role, Theme, color, is_dark, make_palette, purpose_colors, scaled
from ui.transfers.transfer_panel import TransferPanel

ENOUGH = 4.5
GROUNDS = (
    Role.WINDOW,
    Role.SIDEBAR,
    Role.PAGE,
    Role.CARD,
    Role.FIELD,
    Role.HOVER,
    Role.SELECTION,
    Role.INACTIVE_SELECTION,
)
TEXTS = (Role.TEXT, Role.MUTED, Role.ACCENT, Role.DANGER, Role.WARNING, Role.SUCCESS)
ON_FILLED = (
    (Role.ON_ACCENT, Role.ACCENT),
    (Role.ON_ACCENT, Role.ACCENT_HOVER),
    (Role.ON_DANGER, Role.DANGER),
    (Role.ON_DANGER, Role.DANGER_HOVER),
    (Role.MUTED, Role.TRACK),
    (Role.TEXT, Role.PRODUCTION),
    (Role.MUTED, Role.PRODUCTION),
    (Role.WARNING, Role.PRODUCTION),
)
PURPOSES = [purpose.name for purpose in UPLOAD_PURPOSES + OUTPUT_PURPOSES] + ["unheard_of"]


def luminance(of: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (of.redF(), of.greenF(), of.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, "light")
    made.apply_style_sheet()
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [(text, ground) for text in TEXTS for ground in GROUNDS] + list(ON_FILLED),
    ids=lambda role: role.name,
)
def test_text_is_readable_on_every_background(text: Role, ground: Role, dark: bool) -> None:
    assert contrast(QColor(text.value[dark]), QColor(ground.value[dark])) >= ENOUGH


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_purpose_is_readable_on_its_pill_and_every_background(purpose: str, dark: bool) -> None:
    palette = make_palette(dark=dark)
    colors = purpose_colors(purpose, palette)
    assert contrast(colors.text, colors.pill) >= ENOUGH
    for ground in GROUNDS:
        assert contrast(colors.text, color(ground, palette)) >= ENOUGH, ground


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_purposes_differ_in_color(dark: bool) -> None:
    palette = make_palette(dark=dark)
    pills = {purpose_colors(purpose, palette).pill.name() for purpose in PURPOSES}
    assert len(pills) == len(PURPOSES)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_palette_reveals_its_scheme(dark: bool) -> None:
    palette = make_palette(dark=dark)
    assert is_dark(palette) is dark
    assert palette.color(QPalette.ColorRole.Text) == QColor(Role.TEXT.value[dark])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_style_sheet_has_no_placeholder_left(dark: bool) -> None:
    filled = style_sheet({role.name: role.value[dark] for role in Role}, dark=dark)
    assert "$" not in filled
    assert filled.count("{") == filled.count("}")


def test_the_theme_changes_palette_and_style_sheet_at_once(
    qapp: QApplication, theme: Theme
) -> None:
    changes = QSignalSpy(theme.changed)
    light = qapp.styleSheet()
    theme.use("dark")
    assert changes.count() == 1
    assert is_dark(qapp.palette())
    assert Role.WINDOW.value[1] in qapp.styleSheet()
    theme.use("dark")
    assert changes.count() == 1
    theme.use("light")
    assert qapp.styleSheet() == light


def test_the_theme_follows_the_system_if_set_to(qapp: QApplication, theme: Theme) -> None:
    theme.use("system")
    hints = QGuiApplication.styleHints()
    changes = QSignalSpy(theme.changed)
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert changes.count() == 1
    assert is_dark(qapp.palette()) is (hints.colorScheme() == Qt.ColorScheme.Dark)


def test_fonts_are_scaled_in_points_or_pixels() -> None:
    points, pixels = QFont(), QFont()
    points.setPointSizeF(10)
    pixels.setPixelSize(20)
    assert scaled(points, 1.5).pointSizeF() == pytest.approx(15)
    assert scaled(pixels, 0.5).pixelSize() == 10
    assert scaled(points, 1, bold=True).weight() == QFont.Weight.DemiBold
    assert points.pointSizeF() == pytest.approx(10)


def collapsed_panel() -> TransferPanel:
    panel = TransferPanel()
    panel.set_collapsed(True)
    return panel


@pytest.mark.parametrize("make", [StatusLine, collapsed_panel])
def test_widgets_made_before_the_style_sheet_are_as_tall_as_later_ones(
    make: Callable[[], QWidget], qapp: QApplication, qtbot: QtBot
) -> None:
    theme = Theme(qapp, "light")
    before = make()
    theme.apply_style_sheet()
    after = make()
    heights = set()
    for made in (before, after):
        qtbot.addWidget(made)
        made.show()
        heights.add(made.maximumHeight())
    qapp.setStyleSheet("")
    theme.deleteLater()
    assert len(heights) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("look", "ground"), [("filled", Role.ACCENT), ("danger", Role.DANGER)])
def test_a_focused_filled_button_has_a_second_ring(
    theme: Theme, qtbot: QtBot, look: str, ground: Role, dark: bool
) -> None:
    theme.use("dark" if dark else "light")
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    button, other = QPushButton("Go on"), QPushButton("Other")
    for one in (button, other):
        one.setProperty("look", look)
        row.addWidget(one)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()

    def edge() -> list[QColor]:
        """The colors from the left edge up to the text, halfway up."""
        image = window.grab().toImage()
        start = button.geometry().left()
        return [image.pixelColor(start + x, button.geometry().center().y()) for x in range(8)]

    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    size = button.sizeHint()
    plain = QColor(ground.value[dark])
    assert all(contrast(one, plain) < 1.1 for one in edge()[1:])
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    ring = edge()
    assert contrast(ring[0], plain) < 1.1
    assert any(contrast(one, plain) > 3 for one in ring)
    assert contrast(ring[-1], plain) < 1.1
    assert button.sizeHint() == size


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("make", [QLineEdit, QPlainTextEdit, QTextEdit, QLabel])
def test_selected_text_looks_inactive_without_focus(
    theme: Theme, qtbot: QtBot, make: type[QWidget], dark: bool
) -> None:
    theme.use("dark" if dark else "light")
    widget = make()
    widget.setProperty("look", "field")
    qtbot.addWidget(widget)
    widget.show()
    highlight = [
        widget.palette().color(group, QPalette.ColorRole.Highlight)
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive)
    ]
    assert highlight == [
        QColor(role.value[dark]) for role in (Role.SELECTION, Role.INACTIVE_SELECTION)
    ]
