"""The files whose curves are compared, and their numbers, beside the charts."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.previews.documents.step_metrics import MetricNumbers, StepMetrics
from services.system.language import _, ngettext
from services.system.locale_format import whole
from ui.icons import icon
from ui.inside.curves.curve_file import CurveFile, step_in_words, value_in_words
from ui.inside.curves.values_box import paint_dot
from ui.theme import Role, curve_color, faint_curve_color
from ui.widgets.labels import ElidedLabel, label
from ui.wording import one_line, tool_tip


class CurvesPanel(QWidget):
    """The files that are compared, and their numbers."""

    removal_requested = Signal(object)
    """The key of a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(8)
        self._parts: QWidget | None = None

    def show_files(self, files: list[CurveFile], *, has_validation: bool) -> None:
        """Show other files; there are at most four, so everything is made anew."""
        if self._parts is not None:
            self._column.removeWidget(self._parts)
            self._parts.hide()
            self._parts.deleteLater()
        self._parts = QWidget()
        column = QVBoxLayout(self._parts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if len(files) > 1:
            column.addWidget(label(_("COMPARED"), "section"))
        for file in files:
            column.addWidget(self._card(file, files, has_validation=has_validation))
        column.addSpacing(8)
        column.addLayout(_numbers(files))
        column.addStretch(1)
        self._column.addWidget(self._parts)
        self._parts.show()

    def _card(self, file: CurveFile, files: list[CurveFile], *, has_validation: bool) -> QWidget:
        card = QFrame()
        card.setProperty("look", "set-off")
        name = ElidedLabel("strong")
        name.setText(one_line(file.name))
        name.setMinimumHeight(_HEAD_HEIGHT)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(_Mark(file.ink, _DOT))
        head.addWidget(name, 1)
        if file is not files[0]:
            remove = QToolButton()
            remove.setIcon(icon("x", Role.MUTED))
            remove.setIconSize(QSize(12, 12))
            remove.setProperty("look", "close")
            remove.setAccessibleName(_("Remove {name}").format(name=one_line(file.name)))
            remove.setToolTip(_("Remove"))
            remove.clicked.connect(lambda: self.removal_requested.emit(file.key))
            head.addWidget(remove)
        legend = QHBoxLayout()
        legend.setSpacing(8)
        legend.addWidget(_Mark(file.ink, _TRAINING))
        legend.addWidget(label(_("train"), "small"))
        if has_validation:
            legend.addSpacing(8)
            legend.addWidget(_Mark(file.ink, _VALIDATED))
            legend.addWidget(label(_("valid"), "small"))
        legend.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        for words in filter(None, (one_line(file.detail), _shortcomings(file.metrics))):
            column.addWidget(label(words, "small", wrap=True))
        if file.metrics.series:
            column.addLayout(legend)
        return card


def _numbers(files: list[CurveFile]) -> QGridLayout:
    """A row for each number that any file has, and a column for each file that was read."""
    files = [file for file in files if file.metrics.steps or file is files[0]]
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(label(_("IN NUMBERS"), "section"), 0, 0)
    if len(files) > 1:
        for place, file in enumerate(files, 1):
            head = QHBoxLayout()
            head.setSpacing(4)
            head.addStretch(1)
            mark = _Mark(file.ink, _DOT)
            mark.setToolTip(tool_tip(file.name))
            mark.setAccessibleName(one_line(file.name))
            head.addWidget(mark)
            if len(files) == 2:
                name = ElidedLabel("muted", elide=Qt.TextElideMode.ElideMiddle)
                name.setText(one_line(file.name).removesuffix(".csv"))
                character, needed = name.fontMetrics().averageCharWidth(), name.sizeHint().width()
                name.setMinimumWidth(min(_LEAST_HEAD_CHARACTERS * character, needed))
                name.setMaximumWidth(min(_HEAD_CHARACTERS * character, needed))
                head.addWidget(name)
            grid.addLayout(head, 0, place)
    numbers = [file.numbers for file in files]
    row = 1
    for title, cells in _rows_of(numbers):
        if not any(cells):
            continue
        grid.addWidget(label(title, "muted"), row, 0)
        for place, cell in enumerate(cells, 1):
            value = label(cell or value_in_words(None, is_share=False))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(value, row, place)
        row += 1
    return grid


def _rows_of(numbers: list[MetricNumbers]) -> list[tuple[str, list[str]]]:
    """The title of each row, and its cells; empty for what a file doesn't have."""

    def losses(values: list[float | None]) -> list[str]:
        return ["" if value is None else value_in_words(value, is_share=False) for value in values]

    best = [one.best_valid_accuracy for one in numbers]
    lowest_at = [one.lowest_at for one in numbers]
    return [
        (_("Lowest valid loss"), losses([one.lowest_valid_loss for one in numbers])),
        (_("at step"), ["" if step is None else step_in_words(step) for step in lowest_at]),
        (_("Last valid loss"), losses([one.last_valid_loss for one in numbers])),
        (
            _("Best valid accuracy"),
            ["" if value is None else value_in_words(value, is_share=True) for value in best],
        ),
        (_("Last train loss"), losses([one.last_train_loss for one in numbers])),
        (_("Steps"), [whole(one.steps) for one in numbers]),
    ]


def _shortcomings(metrics: StepMetrics) -> str:
    if not metrics.is_whole:
        return _("Only the first {number} steps").format(number=whole(len(metrics.steps)))
    if metrics.unreadable_lines:
        lines = metrics.unreadable_lines
        words = ngettext("{number} line can't be read", "{number} lines can't be read", lines)
        return words.format(number=whole(lines))
    return ""


_DOT, _TRAINING, _VALIDATED = range(3)
_HEAD_CHARACTERS = 10
_LEAST_HEAD_CHARACTERS = 6
_HEAD_HEIGHT = 26
"""Of a card, with or without a button to remove it, in pixels."""


class _Mark(QWidget):
    """A dot or a piece of a curve in the color of a file."""

    def __init__(self, ink: int, kind: int) -> None:
        super().__init__()
        self._ink = ink
        self._kind = kind
        self.setFixedSize(12 if kind == _DOT else 26, 12)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the mark."""
        ink = curve_color(self._ink, self.palette())
        painter = QPainter(self)
        middle = QPointF(self.width() / 2, self.height() / 2)
        if self._kind != _DOT:
            is_training = self._kind == _TRAINING
            line = faint_curve_color(self._ink, self.palette()) if is_training else ink
            painter.setPen(QPen(line, 1 if is_training else 2))
            painter.drawLine(QPointF(0, middle.y()), QPointF(self.width(), middle.y()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            if self._kind == _VALIDATED:
                painter.drawEllipse(middle, 2.75, 2.75)
        else:
            paint_dot(painter, middle, ink)
        painter.end()
