"""All colors of the program, light and dark, and how they are applied.

Code that paints calls `color(role, palette)`, which detects from the palette whether it is light
or dark, so changing the scheme only takes one `setPalette`. Text colors have a contrast of at least
4.5:1 on every background they are used on; a test checks that.
"""

from enum import Enum
from functools import lru_cache

import msgspec
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from services.providers.purposes import official_name
from ui.style_sheet import style_sheet


class Role(Enum):
    """What a color is for; the value holds its light and dark variants."""

    WINDOW = ("#ffffff", "#1b1c1f")
    """Background of the top bar, table, inspector and transfers."""
    SIDEBAR = ("#eeeef1", "#212226")
    """Background of the sidebar and status line."""
    PAGE = ("#f5f5f8", "#1b1c1f")
    """Background of the welcome page and the drop overlay."""
    PRODUCTION = ("#fdeed6", "#3a2c14")
    """Background of the top bar in an account that is marked as production."""
    CARD = ("#ffffff", "#212226")
    """Background of cards, tiles and dialogs."""
    FIELD = ("#f4f4f7", "#15161a")
    """Background of text fields and set-off text."""
    BORDER = ("#e2e2e8", "#34353b")
    HOVER = ("#f1f1f5", "#292a2f")
    TEXT = ("#1a1a1e", "#ededf1")
    MUTED = ("#63636e", "#a1a1ac")
    """Secondary text."""
    ACCENT = ("#3552d6", "#7f92ff")
    """The filled button, focus, progress and links."""
    ACCENT_HOVER = ("#2b45bd", "#96a6ff")
    ON_ACCENT = ("#ffffff", "#14151c")
    SELECTION = ("#e1e6ff", "#272e55")
    """Background of the selection in the list that has focus."""
    INACTIVE_SELECTION = ("#e4e4e9", "#303137")
    """Background of all other selections."""
    DANGER = ("#c02b2b", "#ff7b72")
    DANGER_HOVER = ("#a52222", "#ff958e")
    ON_DANGER = ("#ffffff", "#1d0f0e")
    WARNING = ("#8f4e00", "#f0a63c")
    SUCCESS = ("#17723f", "#58c98b")
    TRACK = ("#e3e3e8", "#303137")
    """The empty part of a progress bar."""


class PurposeColors(msgspec.Struct, frozen=True):
    """The colors of a purpose."""

    text: QColor
    """The color of the pill's text and of the icon."""
    pill: QColor


# Light text, light pill, dark text, dark pill.
_PURPOSES: dict[str, tuple[str, str, str, str]] = {
    "batch": ("#3146b4", "#e0e5ff", "#a9b6ff", "#2a3370"),
    "batch_output": ("#6a2fb8", "#ecdfff", "#cdabff", "#46287a"),
    "fine-tune": ("#8a5200", "#ffebc6", "#f6c265", "#553c10"),
    "fine-tune-results": ("#a83a10", "#ffe1d4", "#ffa27c", "#5e2a15"),
    "assistants": ("#0c6a5f", "#d3f2ec", "#69dac9", "#124640"),
    "assistants_output": ("#166c31", "#d9f4dd", "#79d88f", "#17451f"),
    "vision": ("#a81d6b", "#ffdeef", "#ff9bcb", "#63203f"),
    "user_data": ("#4a4f5a", "#e5e7ec", "#c3c8d2", "#363a42"),
    "evals": ("#0b5c8e", "#d8effc", "#7cc8f3", "#123f59"),
}
# Light and dark; hues far from danger, warning and success, and far from each other.
ACCOUNT_COLORS: dict[str, tuple[str, str]] = {
    "indigo": ("#2f3fae", "#7280f2"),
    "plum": ("#5d1a6e", "#e9c3f5"),
    "teal": ("#0b8299", "#3fc3d8"),
    "magenta": ("#b3259c", "#f583d6"),
    "blue": ("#2476e0", "#8cc6ff"),
    "violet": ("#8145dc", "#bf95ff"),
}
# Light and dark; lines that are told apart at a thickness of one pixel.
CURVE_COLORS: tuple[tuple[str, str], ...] = (
    ("#3552d6", "#7f92ff"),
    ("#8f4e00", "#f0a63c"),
    ("#0c7a6d", "#69dac9"),
    ("#b3259c", "#f583d6"),
)
_NO_ACCOUNT_COLOR = ("#62626d", "#a1a1ac")
_UNKNOWN_PURPOSE = ("#55555f", "#ebebef", "#b9b9c3", "#35363c")


def is_dark(palette: QPalette) -> bool:
    """Whether the palette is the dark one."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def color(role: Role, palette: QPalette) -> QColor:
    """The color of a role in the palette's scheme."""
    return QColor(role.value[is_dark(palette)])


def purpose_colors(purpose: str | None, palette: QPalette) -> PurposeColors:
    """The colors of a purpose; unknown purposes get neutral colors."""
    return _purpose_colors(
        _PURPOSES.get(official_name(purpose), _UNKNOWN_PURPOSE), is_dark(palette)
    )


@lru_cache
def _purpose_colors(colors: tuple[str, str, str, str], dark: bool) -> PurposeColors:
    text, pill = colors[2:] if dark else colors[:2]
    return PurposeColors(QColor(text), QColor(pill))


def account_color(name: str, palette: QPalette) -> QColor:
    """The color of an account by its name in `ACCOUNT_COLORS`; gray for an empty one."""
    return QColor(ACCOUNT_COLORS.get(name, _NO_ACCOUNT_COLOR)[is_dark(palette)])


def curve_color(number: int, palette: QPalette) -> QColor:
    """The color of a curve by its index in `CURVE_COLORS`."""
    return QColor(CURVE_COLORS[number][is_dark(palette)])


def faint_curve_color(number: int, palette: QPalette) -> QColor:
    """The fainter color of a curve that matters less; it's opaque, which is drawn faster."""
    ink, ground = curve_color(number, palette), color(Role.WINDOW, palette)
    parts = zip(ink.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(_FAINT * one + (1 - _FAINT) * other) for one, other in parts))


_FAINT = 0.6


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """A copy of the font, scaled by a factor and optionally semi-bold."""
    changed = QFont(font)
    if font.pointSizeF() > 0:
        changed.setPointSizeF(font.pointSizeF() * factor)
    else:
        changed.setPixelSize(max(1, round(font.pixelSize() * factor)))
    if bold:
        changed.setWeight(QFont.Weight.DemiBold)
    return changed


def make_palette(*, dark: bool) -> QPalette:
    """The palette of the dark or light scheme."""

    def of(role: Role) -> QColor:
        return QColor(role.value[dark])

    palette = QPalette()
    for palette_role, role in (
        (QPalette.ColorRole.Window, Role.WINDOW),
        (QPalette.ColorRole.WindowText, Role.TEXT),
        (QPalette.ColorRole.Base, Role.WINDOW),
        (QPalette.ColorRole.AlternateBase, Role.FIELD),
        (QPalette.ColorRole.Text, Role.TEXT),
        (QPalette.ColorRole.PlaceholderText, Role.MUTED),
        (QPalette.ColorRole.Button, Role.CARD),
        (QPalette.ColorRole.ButtonText, Role.TEXT),
        (QPalette.ColorRole.BrightText, Role.DANGER),
        (QPalette.ColorRole.Highlight, Role.SELECTION),
        (QPalette.ColorRole.HighlightedText, Role.TEXT),
        (QPalette.ColorRole.Accent, Role.ACCENT),
        (QPalette.ColorRole.Link, Role.ACCENT),
        (QPalette.ColorRole.LinkVisited, Role.ACCENT),
        (QPalette.ColorRole.ToolTipBase, Role.CARD),
        (QPalette.ColorRole.ToolTipText, Role.TEXT),
        (QPalette.ColorRole.Mid, Role.BORDER),
        (QPalette.ColorRole.Midlight, Role.HOVER),
        (QPalette.ColorRole.Dark, Role.BORDER),
        (QPalette.ColorRole.Light, Role.CARD),
    ):
        palette.setColor(palette_role, of(role))
    inactive = QPalette.ColorGroup.Inactive
    palette.setColor(inactive, QPalette.ColorRole.Highlight, of(Role.INACTIVE_SELECTION))
    for palette_role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        faded = of(Role.MUTED)
        faded.setAlphaF(0.6)
        palette.setColor(QPalette.ColorGroup.Disabled, palette_role, faded)
    return palette


class Theme(QObject):
    """Keeps the palette and style sheet in sync with the system or the setting."""

    changed = Signal()

    def __init__(self, application: QApplication, scheme: str) -> None:
        """`scheme` is `system`, `light` or `dark`. Also call `apply_style_sheet`."""
        super().__init__(application)
        self._application = application
        self._scheme = scheme
        application.setStyle(QStyleFactory.create("Fusion"))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        application.setPalette(make_palette(dark=self._is_dark))

    def apply_style_sheet(self) -> None:
        """Set the style sheet. Call it only after the window is assembled.

        With a style sheet set, Qt restyles a widget each time its parent changes, which takes half
        of the time needed to build a window.
        """
        dark = self._is_dark
        colors = {role.name: role.value[dark] for role in Role}
        self._application.setStyleSheet(style_sheet(colors, dark=dark))

    def use(self, scheme: str) -> None:
        """Change to `system`, `light` or `dark`."""
        if scheme != self._scheme:
            self._scheme = scheme
            self._apply()

    @property
    def _is_dark(self) -> bool:
        if self._scheme == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._scheme == "dark"

    @Slot()
    def _apply(self) -> None:
        self._application.setPalette(make_palette(dark=self._is_dark))
        self.apply_style_sheet()
        self.changed.emit()
