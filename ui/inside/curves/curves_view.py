"""Compares the results of fine-tuning jobs: their curves and numbers."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.previews.documents.step_metrics import Smoothing, StepMetrics, numbers_of
from services.system.language import N_, _
from ui.icons import icon, space_icon
from ui.inside.curves.curve_file import GROUPS, CurveChoices, CurveFile
from ui.inside.curves.curves_canvas import CurvesCanvas
from ui.inside.curves.curves_panel import CurvesPanel
from ui.theme import CURVE_COLORS
from ui.widgets.labels import label
from ui.widgets.list_box import ListBox
from ui.widgets.scrolled import scrolled

MAX_FILES = len(CURVE_COLORS)
"""More curves over each other can't be told apart."""

_SMOOTHINGS = {
    Smoothing.NONE: N_("Not at all"),
    Smoothing.LITTLE: N_("A little"),
    Smoothing.LOT: N_("A lot"),
}
_PANEL_CHARACTERS = 56
"""The width of the numbers of one or two files, in average characters."""
_WIDE_PANEL_CHARACTERS = 62
"""The width of those of more files."""
_PANEL_SHARE = 0.4
"""The most that the numbers of one or two files take of the width, unless they need more."""
_VALIDATION = {metric for group in GROUPS for metric in (group.validation, group.full_validation)}


class CurvesView(QWidget):
    """The curves of up to four files over each other, with their numbers beside them."""

    compare_requested = Signal()
    """Another file is to be chosen, and added with `add_file`."""
    save_requested = Signal()
    """The charts are to be saved, as `canvas.picture` is now."""
    removed = Signal(object)
    """The key of a file that was removed."""
    pointed = Signal(object)
    """The step that the line is at, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files: list[CurveFile] = []
        self._canvas = CurvesCanvas()
        self._compare = QPushButton(icon("plus"), _("Compare with…"))
        space_icon(self._compare)
        self._smooth = ListBox()
        self._smooth.setAccessibleName(_("Smooth"))
        for smoothing, words in _SMOOTHINGS.items():
            self._smooth.addItem(_(words), smoothing)
        self._smooth.setCurrentIndex(list(_SMOOTHINGS).index(CurveChoices().smoothing))
        self._training = QCheckBox(_("Train"))
        self._validation = QCheckBox(_("Valid"))
        self._save = QPushButton(_("Save picture…"))
        self._panel = CurvesPanel()
        self._beside = scrolled(self._panel)
        self._arrange()
        self._compare.clicked.connect(self.compare_requested)
        self._save.clicked.connect(self.save_requested)
        self._panel.removal_requested.connect(self.remove_file)
        self._smooth.currentIndexChanged.connect(self._show_curves)
        self._canvas.pointed.connect(self.pointed)
        for box in (self._training, self._validation):
            box.setChecked(True)
            box.toggled.connect(self._show_curves)
        self.setFocusProxy(self._canvas)
        self._show_files()

    @property
    def canvas(self) -> CurvesCanvas:
        """The charts."""
        return self._canvas

    @property
    def keys(self) -> list[str]:
        """The keys of the files, in the order they were added."""
        return [file.key for file in self._files]

    @property
    def epochs(self) -> list[int | None]:
        """How many epochs each of them has, in the same order."""
        return [file.epochs for file in self._files]

    def add_file(
        self, key: str, name: str, detail: str, metrics: StepMetrics, epochs: int | None = None
    ) -> None:
        """Show another file, unless there are too many, or the same with more of its content.

        `name` is short and tells it from the others; `detail` says more. `epochs` is how often the
        training went through its data, if that is known.
        """
        place = next((at for at, file in enumerate(self._files) if file.key == key), None)
        if place is not None:
            before = self._files[place]
            words = (before.name, before.detail, before.epochs)
            if metrics is before.metrics and (name, detail, epochs) == words:
                return
            ink = before.ink
        elif len(self._files) >= MAX_FILES:
            return
        else:
            used = {file.ink for file in self._files}
            ink = next(number for number in range(MAX_FILES) if number not in used)
            place = len(self._files)
        file = CurveFile(key, name, detail, metrics, numbers_of(metrics), ink, epochs)
        self._files[place : place + 1] = [file]
        self._show_files()

    @Slot(object)
    def remove_file(self, key: str) -> None:
        """Stop showing a file."""
        before = len(self._files)
        self._files = [file for file in self._files if file.key != key]
        if len(self._files) < before:
            self._show_files()
            self.removed.emit(key)

    def clear(self) -> None:
        """Show no file."""
        self._files = []
        self._show_files()

    def _arrange(self) -> None:
        bar = QFrame()
        bar.setProperty("look", "bar")
        controls = QHBoxLayout(bar)
        controls.setContentsMargins(16, 8, 16, 8)
        controls.setSpacing(8)
        controls.addWidget(self._compare)
        controls.addSpacing(8)
        smooth = label(_("Smooth"), "muted")
        smooth.setBuddy(self._smooth)
        controls.addWidget(smooth)
        controls.addWidget(self._smooth)
        controls.addSpacing(16)
        controls.addWidget(self._training)
        controls.addSpacing(8)
        controls.addWidget(self._validation)
        controls.addStretch(1)
        controls.addWidget(self._save)
        line = QFrame()
        line.setFixedWidth(1)
        line.setAutoFillBackground(True)
        line.setBackgroundRole(QPalette.ColorRole.Mid)
        parts = QHBoxLayout()
        parts.setSpacing(0)
        parts.addWidget(self._canvas, 1)
        parts.addWidget(line)
        parts.addWidget(self._beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(parts, 1)
        self.setTabOrder(self._save, self._canvas)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave most of the room to the charts."""
        super().resizeEvent(event)
        self._fit_panel()

    def _fit_panel(self) -> None:
        characters = _WIDE_PANEL_CHARACTERS if len(self._files) > 2 else _PANEL_CHARACTERS
        width = characters * self.fontMetrics().averageCharWidth()
        if len(self._files) <= 2:
            most = max(round(_PANEL_SHARE * self.width()), self._panel.minimumSizeHint().width())
            width = min(width, most)
        self._beside.setFixedWidth(width)

    def _show_files(self) -> None:
        self._compare.setEnabled(len(self._files) < MAX_FILES)
        self._save.setEnabled(bool(self._files))
        metrics = {metric for file in self._files for metric in file.metrics.series}
        has_validation = not metrics.isdisjoint(_VALIDATION)
        self._validation.setVisible(has_validation)
        self._panel.show_files(self._files, has_validation=has_validation)
        self._fit_panel()
        self._show_curves()

    @Slot()
    def _show_curves(self) -> None:
        choices = CurveChoices(
            self._training.isChecked(), self._validation.isChecked(), self._smooth.currentData()
        )
        self._canvas.show_files(tuple(self._files), choices)
