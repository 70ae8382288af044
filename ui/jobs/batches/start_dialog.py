"""The dialog before a batch is started: what it would do, and a few choices."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from services.api.batch import NewBatch
from services.previews.batches.batch_input import BatchInput
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import ElidedLabel, label, set_look
from ui.widgets.list_box import ListBox
from ui.wording import DAY, count_in_words, one_line, span_in_words

_MOST_SHOWN = 3
_LONGEST_SHOWN = 60
"""Characters of a name that a file may have, or a line in it."""
_LONGEST_NAME = 500
"""Characters of a value in the metadata, as the API reference says."""


class StartDialog(QDialog):
    """Asks before a batch is started. Open it with `open()`; it deletes itself once closed.

    It stays open while the batch is being started, so that it can say if that fails.
    """

    confirmed = Signal(object)
    """Start this `NewBatch`."""

    def __init__(
        self,
        file_id: str,
        name: str,
        size: str,
        endpoints: Sequence[str],
        parent: QWidget,
        *,
        batch_name: str = "",
    ) -> None:
        """`name` and `size` are those of the file, `endpoints` those that are known.

        `batch_name` is suggested.
        """
        super().__init__(parent)
        self.setWindowTitle(_("Start a batch"))
        self.setAccessibleName(_("Start a batch"))
        self._file_id = file_id
        self._is_busy = False
        self._file = ElidedLabel("strong")
        short = without_middle(one_line(name), _LONGEST_SHOWN)
        # A long name is cut rather than that it widens the dialog.
        self._file.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._file.setText(" · ".join(filter(None, (short, size))))
        self._endpoint = ListBox()
        self._endpoint.setEditable(True)
        self._endpoint.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._endpoint.addItems(sorted(endpoints))
        self._endpoint.setCurrentText("")
        field = self._endpoint.lineEdit()
        if field is not None:
            field.setPlaceholderText("/v1/responses")
        self._endpoint.currentTextChanged.connect(self._update)
        self._model = label("…", wrap=True)
        self._lines = label("…")
        self._window = ListBox()
        self._window.addItem(_("24 hours"), "24h")
        self._name = QLineEdit(one_line(batch_name))
        self._name.setMaxLength(_LONGEST_NAME)
        self._name.setPlaceholderText(_("Optional"))
        self._expiry = ListBox()
        self._expiry.addItem(_("The server's default"), None)
        for days in (1, 7, 30):
            self._expiry.addItem(
                _("After {span}").format(span=span_in_words(days * DAY)), days * DAY
            )
        self._note = label("", "muted", wrap=True)
        self._note.setText(_("Reading {name}…").format(name=short))
        self._buttons = ButtonRow()
        self._start = self._buttons.addButton(
            _("Start batch"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._start.setProperty("look", "filled")
        self._start.setDefault(True)
        cancel = self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.accepted.connect(self._confirm)
        self._buttons.rejected.connect(self.reject)
        self._build()
        self._update()
        cancel.setFocus()

    @property
    def file_id(self) -> str:
        """The ID of the file with the requests."""
        return self._file_id

    def show_requests(self, found: BatchInput) -> None:
        """Show what the file has in it."""
        if found.endpoints and not self._endpoint.currentText():
            self._endpoint.setCurrentText(found.endpoints[0])
        self._model.setText(_some(found.models) or _("Not in the file"))
        words = ngettext("{number} line", "{number} lines", found.lines)
        if not found.counted:
            words = ngettext("About {number} line", "About {number} lines", found.lines)
        words = words.format(number=count_in_words(found.lines))
        self._lines.setText(words if found.lines else _("None in the file"))
        problem = ""
        if len(found.endpoints) > 1:
            problem = _("The lines name different endpoints: {endpoints}. The batch will fail.")
            problem = problem.format(endpoints=_some(found.endpoints))
        elif not found.endpoints:
            problem = _("No line names an endpoint. Is this a batch file?")
        self._show_note(problem or _("You pay for each request that is answered."), bool(problem))

    def show_unread(self, why: str) -> None:
        """Say that the file couldn't be read, and why; the batch can be started anyway."""
        self._model.setText(_("Not known"))
        self._lines.setText(_("Not known"))
        self._show_note(why, is_problem=True)

    def show_starting(self) -> None:
        """The request is on its way."""
        self._is_busy = True
        self._show_note(_("Starting…"), is_problem=False)
        self._update()

    def show_problem(self, words: str) -> None:
        """The batch wasn't started."""
        self._is_busy = False
        self._show_note(words, is_problem=True)
        self._update()

    def _show_note(self, words: str, is_problem: bool) -> None:
        self._note.setText(words)
        set_look(self._note, "warning" if is_problem else "muted")

    @Slot()
    def _update(self) -> None:
        self._start.setEnabled(bool(self._endpoint.currentText().strip()) and not self._is_busy)

    @Slot()
    def _confirm(self) -> None:
        name = self._name.text().strip()
        self.confirmed.emit(
            NewBatch(
                self._file_id,
                self._endpoint.currentText().strip(),
                str(self._window.currentData()),
                {"name": name} if name else None,
                self._expiry.currentData(),
            )
        )

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, QWidget], ...] = (
            (_("File"), self._file),
            (_("Endpoint"), self._endpoint),
            (_("Model"), self._model),
            (_("Requests"), self._lines),
            (_("Completion window"), self._window),
            (_("Name"), self._name),
            (_("Delete output files"), self._expiry),
        )
        for row, (title, field) in enumerate(fields):
            words = label(title, "muted")
            grid.addWidget(words, row, 0)
            grid.addWidget(field, row, 1)
            if not isinstance(field, QLabel):
                words.setBuddy(field)
                field.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(_("Start a batch"), "heading"))
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addSpacing(4)
        column.addWidget(self._buttons)
        self.setMinimumWidth(32 * self.fontMetrics().height())


def _some(values: Sequence[str]) -> str:
    shown = ", ".join(without_middle(one_line(one), _LONGEST_SHOWN) for one in values[:_MOST_SHOWN])
    return f"{shown}, …" if len(values) > _MOST_SHOWN else shown
