"""Rows of settings that can be searched, and reset one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt, SignalInstance
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from services.system.name_matching import folded
from ui.icons import icon
from ui.theme import Role
from ui.widgets.labels import ElidedLabel, label

_TITLE, _FIELD, _RESET = range(3)


@dataclass(frozen=True, slots=True)
class Reset:
    """How a row gets its default back."""

    is_needed: Callable[[], bool]
    """Whether something in the row differs from its default."""
    act: Callable[[], None]
    """Save and show the default."""


@dataclass(slots=True)
class _Row:
    words: str
    """What it is searched by."""
    parts: list[QWidget]
    """Everything but the button to reset it."""
    reset: Reset | None = None
    button: QToolButton | None = None
    is_found: bool = True


@dataclass(slots=True)
class _Section:
    heading: QWidget | None = None
    rows: list[_Row] = field(default_factory=list)


class SettingRows(QWidget):
    """Titles at the left, fields beside them, and a button to reset a row that was changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections = [_Section()]
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(_FIELD, 1)
        self._nothing = label(_("No setting matches."), "muted")
        self._nothing.hide()
        grid.addWidget(self._nothing, 0, 0, 1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addStretch(1)  # or the few rows that a search finds would spread out

    def add_heading(self, text: str, remark: str = "") -> None:
        """Begin a section."""
        heading = ElidedLabel("strong")
        heading.setText(text)
        # A long name must not widen the page.
        heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        heading.setContentsMargins(0, 8, 0, 0)
        self._grid.addWidget(heading, self._grid.rowCount(), 0, 1, 2)
        self._sections.append(_Section(heading))
        if remark:
            words = label(remark, "small", wrap=True)
            self._grid.addWidget(words, self._grid.rowCount(), 0, 1, 3)
            self._sections[-1].rows.append(_Row(text, [words]))

    def add(
        self,
        title: str,
        widget: QWidget,
        *,
        buddy: QWidget | None = None,
        remark: str = "",
        fills: bool = False,
        beside: QWidget | None = None,
        reset: Reset | None = None,
        changed: Sequence[SignalInstance] = (),
    ) -> None:
        """Add a row. `buddy` gets the title as its name; with `fills`, the widget gets all the room.

        `beside` is the first part of a tall widget, which the title stands beside.
        `changed` are the signals after which `reset` may be needed or no longer be.
        """
        place = self._grid.rowCount()
        words = label(title)
        if buddy is not None:
            words.setBuddy(buddy)
            buddy.setAccessibleName(title)
        row = _Row(" ".join([title, remark, *_texts_in(widget)]), [words, widget], reset)
        upright = Qt.AlignmentFlag(0) if beside is None else Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(words, place, _TITLE, upright)
        left = Qt.AlignmentFlag(0) if fills else Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(widget, place, _FIELD, left)
        if beside is not None:
            words.setMinimumHeight(beside.sizeHint().height())
        if reset is not None:
            row.button = _reset_button(title)
            if beside is not None:
                row.button.setMinimumHeight(beside.sizeHint().height())
            self._add_reset(row, place, changed)
            self._grid.setAlignment(row.button, upright)
        if remark:
            explained = label(remark, "small", wrap=True)
            self._grid.addWidget(explained, place + 1, _FIELD)
            row.parts.append(explained)
        self._sections[-1].rows.append(row)
        self._update_resets()

    def add_section(
        self,
        title: str,
        widget: QWidget,
        *,
        remark: str,
        reset: Reset,
        changed: Sequence[SignalInstance],
    ) -> None:
        """Add a section of one widget with the whole width; its heading has the button to reset."""
        place = self._grid.rowCount()
        self.add_heading(title, remark)
        row = _Row(" ".join([title, *_texts_in(widget)]), [widget], reset, _reset_button(title))
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 3)
        self._add_reset(row, place, changed)
        self._sections[-1].rows.append(row)
        self._update_resets()

    def _add_reset(self, row: _Row, place: int, changed: Sequence[SignalInstance]) -> None:
        if row.button is not None:
            self._grid.addWidget(row.button, place, _RESET)
            row.button.clicked.connect(lambda: self._reset(row))
            for signal in changed:
                signal.connect(self._update_resets)

    def search(self, text: str) -> None:
        """Show only the rows that have all these words, or all rows if there are none."""
        wanted = folded(text).split()
        shown = 0
        for section in self._sections:
            matching = [row for row in section.rows if _has_all(row.words, wanted)]
            for row in section.rows:
                row.is_found = row in matching
                for part in row.parts:
                    part.setVisible(row.is_found)
                if row.button is not None:
                    _keep_place(row.button, row.is_found)
            if section.heading is not None:
                section.heading.setVisible(bool(matching))
            shown += len(matching)
        self._nothing.setHidden(shown > 0)
        self._update_resets()

    def _reset(self, row: _Row) -> None:
        if row.reset is not None:
            row.reset.act()
        self._update_resets()

    def _update_resets(self, *_values: object) -> None:
        """Show the buttons that are needed; without them, their places stay empty."""
        for section in self._sections:
            for row in section.rows:
                if row.reset is not None and row.button is not None:
                    needed = row.is_found and row.reset.is_needed()
                    before = row.button.previousInFocusChain()
                    if not needed and row.button.hasFocus() and before is not None:
                        before.setFocus()
                    row.button.setVisible(needed)


def _reset_button(title: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("look", "close")
    button.setIcon(icon("undo-2", Role.MUTED))
    button.setIconSize(QSize(14, 14))
    _keep_place(button, True)
    button.setToolTip(_("Reset to the default"))
    button.setAccessibleName(_("Reset {setting}").format(setting=title))
    return button


def _keep_place(button: QWidget, keeps: bool) -> None:
    """Set whether a button's place stays empty while it is hidden."""
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(keeps)
    button.setSizePolicy(policy)


def _texts_in(widget: QWidget) -> Iterator[str]:
    """The texts of labels and buttons in a widget."""
    for one in (widget, *widget.findChildren(QWidget)):
        if isinstance(one, QAbstractButton | QLabel):
            yield one.text()
        yield one.accessibleName()


def _has_all(text: str, wanted: Sequence[str]) -> bool:
    found = folded(text)
    return all(word in found for word in wanted)
