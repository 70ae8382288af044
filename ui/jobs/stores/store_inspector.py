"""The selected vector store at the right of the list: its fields, and what can be done."""

from collections.abc import Sequence
from functools import partial

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.inspector.fields import Field
from ui.jobs.job_inspector import JobInspector, button
from ui.widgets.buttons import enable_unless, link_button
from ui.widgets.labels import label


class ShownChange(msgspec.Struct, frozen=True):
    """Files that are being attached or detached."""

    request: int
    words: str
    share: float
    """How much of it is done, from 0 to 1."""


class ShownStore(msgspec.Struct, frozen=True):
    """What the inspector shows of a vector store."""

    title: str
    sentence: str
    why_no_attach: str
    """Why nothing can be attached to it, as a sentence; empty if it can."""
    changes: tuple[ShownChange, ...]
    fields: tuple[Field, ...]


class StoreInspector(JobInspector):
    """Shows one vector store."""

    files_requested = Signal()
    """List its files."""
    attach_requested = Signal()
    stop_requested = Signal(object)
    """Stop the change with this number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Select a vector store to see its details."), parent)
        self._attach = button(_("Attach files…"), self.attach_requested)
        self.add_buttons(button(_("Show files"), self.files_requested), self._attach)
        self._why_not = label("", "muted", wrap=True)
        self._changes = _ChangesPart(self._attach)
        self._changes.stop_requested.connect(self.stop_requested)
        self.column.addWidget(self._why_not)
        self.column.addWidget(self._changes)
        self.add_fields()

    def show_store(self, shown: ShownStore | None) -> None:
        """Show a store, or that none is selected."""
        if not self.begin(shown) or shown is None:
            return
        self.title.show_text(shown.title)
        self.sentence.setText(shown.sentence)
        enable_unless(self._attach, shown.why_no_attach)
        self._why_not.setText(shown.why_no_attach)
        self._why_not.setVisible(bool(shown.why_no_attach))
        self._changes.show_changes(shown.changes)
        self.fields.show_fields(shown.fields)


class _ChangesPart(QWidget):
    """How far attaching and detaching have come, each with a button that stops it."""

    stop_requested = Signal(object)

    def __init__(self, before: QWidget) -> None:
        """Tab leads from `before` to the buttons."""
        super().__init__()
        self._before = before
        self._lines: dict[int, _ChangeLine] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 4)
        self._column.setSpacing(8)
        self.hide()

    def show_changes(self, changes: Sequence[ShownChange]) -> None:
        """Show these, with the widgets of those that are shown already."""
        wanted = {change.request: change for change in changes}
        for request in self._lines.keys() - wanted.keys():
            line = self._lines.pop(request)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        for request, change in wanted.items():
            if request not in self._lines:
                self._lines[request] = line = _ChangeLine()
                line.stop.clicked.connect(partial(self._stop, request))
                self._column.addWidget(line)
                self.setTabOrder(self._before, line.stop)
            self._lines[request].show_change(change)
        self.setVisible(bool(wanted))

    @Slot()
    def _stop(self, request: int) -> None:
        self.stop_requested.emit(request)


class _ChangeLine(QWidget):
    """One of them."""

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self.stop = link_button(_("Stop"))
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self._words, 1)
        upper.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(upper)
        column.addWidget(self._bar)

    def show_change(self, change: ShownChange) -> None:
        """Show how far it has come."""
        self._words.setText(change.words)
        self._bar.setValue(round(1000 * change.share))
        self._bar.setAccessibleName(change.words)
        self.stop.setAccessibleName(_("Stop: {what}").format(what=change.words))
