"""The dialog in which the requests of a batch are found, and the unfinished ones retried."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.previews.batches.retry_lines import JoinedBatch
from services.system.language import _
from ui.inside.results.retry_words import match_in_words, notes_in_words, sum_in_words
from ui.inside.results.unfinished_list import UnfinishedList
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, label, set_look
from ui.widgets.list_box import ListBox

_STEPS = 1_000
"""Of the progress bar."""


class RetryDialog(QDialog):
    """Asks for the files with the requests and with more results, and shows what was joined.

    Open it with `open()`; it deletes itself once closed. It reads nothing: whoever listens joins
    the files and calls `show_joined`.
    """

    sources_chosen = Signal(object, object)
    """The data of the chosen input and of the other results, or None."""
    file_requested = Signal()
    """An input on this computer is to be chosen."""
    confirmed = Signal(object)
    """The chosen states, a frozenset; empty if the requests are only to be found."""

    def __init__(self, name: str, *, finds_only: bool, parent: QWidget) -> None:
        """`name` is that of the file with the results.

        If the dialog `finds_only`, nothing is retried.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._finds_only = finds_only
        self._joined: JoinedBatch | None = None
        title = _("Find the requests") if finds_only else _("Retry unfinished lines")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._input = _combo(_("Requests"))
        self._input.setPlaceholderText(_("No file chosen"))
        self._other = _combo(_("More results"))
        self._choose = QPushButton(_("Choose a file…"))
        self._choose.setAutoDefault(False)
        self._status = label("", "muted", wrap=True)
        self._status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._status.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        self._list = UnfinishedList()
        self._sum = label("", "strong", wrap=True)
        self._notes = label("", "warning", wrap=True)
        self._buttons = ButtonRow()
        self._confirm = self._buttons.addButton(
            _("Show requests") if finds_only else _("Review upload…"),
            QDialogButtonBox.ButtonRole.AcceptRole,
        )
        self._confirm.setProperty("look", "filled")
        self._confirm.setDefault(True)
        cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        self._build(title, name)
        self._input.activated.connect(self._choose_sources)
        self._other.activated.connect(self._choose_sources)
        self._choose.clicked.connect(self.file_requested)
        self._list.changed.connect(self._update_sum)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self._show_nothing("")
        self._input.setFocus()

    @property
    def chosen_input(self) -> object:
        """The data of the chosen input; None if there is none."""
        return self._input.currentData()

    @property
    def chosen_other(self) -> object:
        """The data of the other results; None if there are none."""
        return self._other.currentData()

    def show_inputs(self, inputs: Sequence[tuple[str, object]]) -> None:
        """Offer files with requests, the likeliest first."""
        for text, data in inputs:
            self._input.addItem(text, data)
        self._input.setCurrentIndex(0 if inputs else -1)

    def choose_input(self, data: object) -> None:
        """Choose one of them by its data."""
        self._input.setCurrentIndex(self._input.findData(data))

    def add_input(self, text: str, data: object) -> None:
        """Choose another file, which is offered first from now on."""
        self._input.insertItem(0, text, data)
        self._input.setCurrentIndex(0)
        self._choose_sources()

    def show_others(self, others: Sequence[tuple[str, object]], chosen: object) -> None:
        """Offer files with more results of the batch, or none of them."""
        self._other.addItem(_("None"), None)
        for text, data in others:
            self._other.addItem(text, data)
        self._other.setCurrentIndex(max(0, self._other.findData(chosen)))

    def show_progress(self, text: str, done: int = 0, size: int | None = None) -> None:
        """Show how far reading has come, in bytes."""
        if self._joined is not None or self._bar.isHidden():
            self._show_nothing(text)
        self._status.setText(text)
        self._bar.setRange(0, _STEPS if size else 0)
        self._bar.setValue(min(_STEPS, _STEPS * done // size) if size else 0)
        self._bar.show()

    def show_joined(self, joined: JoinedBatch) -> None:
        """Show how the results fit, and what can be retried."""
        self._bar.hide()
        self._joined = joined
        is_good = not joined.unknown_ids
        self._show_status(match_in_words(joined), "success" if is_good else "warning")
        if joined.known_ids or not joined.unknown_ids:
            self._list.show_joined(joined)
            self._order_boxes()
            self._notes.setText(notes_in_words(joined))
        else:
            self._list.show_message(_("Choose the file with the requests of this batch."))
        self._update_sum()

    def show_problem(self, text: str) -> None:
        """Say why nothing could be joined, or no file be written."""
        if self._joined is None:
            self._show_nothing("")
        self._bar.hide()
        self._show_status(text, "error")
        self._update_sum()

    def show_writing(self) -> None:
        """Show that the new file is being written."""
        self._show_status(_("Writing the new file…"), "muted")
        self._bar.setRange(0, 0)
        self._bar.show()
        self._confirm.setEnabled(False)

    def _order_boxes(self) -> None:
        """Let Tab reach the boxes before the buttons, which are older."""
        before: QWidget = self._other
        for box in (*self._list.boxes, self._confirm):
            self.setTabOrder(before, box)
            before = box

    def _show_nothing(self, text: str) -> None:
        self._joined = None
        self._list.show_message("")
        self._notes.setText("")
        self._show_status(text, "muted")
        self._update_sum()

    def _show_status(self, text: str, look: str) -> None:
        set_look(self._status, look)
        self._status.setText(text)

    @Slot()
    def _choose_sources(self) -> None:
        self.sources_chosen.emit(self._input.currentData(), self._other.currentData())

    @Slot()
    def _update_sum(self) -> None:
        joined = self._joined
        fits = joined is not None and (joined.known_ids > 0 or not joined.unknown_ids)
        chosen = self._list.chosen
        self._sum.setText(sum_in_words(joined, chosen) if joined is not None and fits else "")
        self._confirm.setEnabled(fits and (self._finds_only or bool(chosen)))

    @Slot()
    def _accept(self) -> None:
        self.confirmed.emit(frozenset() if self._finds_only else self._list.chosen)

    def _build(self, title: str, name: str) -> None:
        of_file = ElidedLabel("muted", elide=Qt.TextElideMode.ElideMiddle)
        of_file.setText(_("Results in {name}").format(name=name))
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        fields.setVerticalSpacing(8)
        fields.addWidget(_label_for(_("Requests"), self._input), 0, 0)
        fields.addWidget(self._input, 0, 1)
        fields.addWidget(self._choose, 0, 2)
        fields.addWidget(_label_for(_("More results"), self._other), 1, 0)
        fields.addWidget(self._other, 1, 1, 1, 2)
        fields.addWidget(self._status, 2, 1, 1, 2)
        fields.addWidget(self._bar, 3, 1, 1, 2)
        fields.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(title, "heading"))
        column.addWidget(of_file)
        column.addSpacing(6)
        column.addLayout(fields)
        section = label(_("UNFINISHED REQUESTS"), "section")
        column.addWidget(section)
        column.addWidget(self._list, 1)
        for part in (section, self._list):
            part.setVisible(not self._finds_only)
        column.addWidget(self._sum)
        column.addWidget(self._notes)
        if self._finds_only:
            column.addStretch(1)
        column.addWidget(self._buttons)
        self.setMinimumWidth(104 * self.fontMetrics().averageCharWidth())


def _combo(name: str) -> QComboBox:
    combo = ListBox()
    combo.setAccessibleName(name)
    # Long names are cut off instead of widening the dialog.
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(20)
    return combo


def _label_for(text: str, field: QWidget) -> QLabel:
    made = label(text)
    made.setBuddy(field)
    return made
