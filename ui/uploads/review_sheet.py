"""The sheet to review an upload before it starts."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.icons import icon, space_icon
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.findings_view import FindingsView
from ui.uploads.grow_only_box import GrowOnlyBox
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FolderRow, Row
from ui.uploads.review_table import ReviewTable
from ui.uploads.review_words import name_in_words
from ui.uploads.sheet_geometry import SheetGeometry
from ui.uploads.sheet_words import (
    duplicates_in_words,
    nothing_in_words,
    notice_in_words,
    upload_in_words,
)
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.focus_fallback import FocusFallback
from ui.widgets.labels import ElidedLabel, label
from ui.wording import one_line

_ICON = 16
_MAX_WITHOUT_FILTER = 12
"""With at most this many files and no folder, the name filter is hidden."""


class ReviewSheet(QDialog):
    """Shows each file's purpose, size and check result, and starts the upload.

    Open it with `open()`; it deletes itself when closed. `upload_requested` carries a list of
    `UploadRequest` and is emitted while the sheet still exists, so `skip_next_time` can be read.

    If the user clicks Upload while checks are running, the upload starts once all have passed. If
    one fails, the sheet stays open.
    """

    upload_requested = Signal(object)
    repair_requested = Signal(object)
    """Carries a list of pairs: a `LocalFile` and the `RepairKind`s to apply to a copy of it."""

    def __init__(
        self,
        account_name: str,
        model: ReviewModel,
        left_out: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`left_out` is how many files were skipped while reading folders."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(_("Upload files"))
        self._left_out = left_out
        self._when_checked = False
        self._findings_shown = False
        self._model = model
        self._table = ReviewTable(self._model, self)
        self._title = label(look="heading")
        self._account = ElidedLabel(elide=Qt.TextElideMode.ElideMiddle)
        self._account.setText(_("to {account}").format(account=one_line(account_name)))
        self._notice = label(look="muted", wrap=True)
        self._expiry_problem = label(look="error", wrap=True)
        self._message = label(look="muted", wrap=True)
        self._message.hide()
        self._nothing = label(look="muted", wrap=True)
        self._rename = QPushButton(icon("rename"), _("Rename"))
        self._remove = QPushButton(icon("x"), _("Remove from the list"))
        self._skip_duplicates = QPushButton()
        self._stop = QPushButton(_("Skip checks"))
        self._pattern = QLineEdit()
        self.findings = FindingsView()
        """The findings for the selected files."""
        self._room = GrowOnlyBox(self.findings)
        self._expiry = ExpiryField()
        self._skip = ElidedCheckBox(_("Skip this review when all files fit the chosen purpose"))
        self._cancel = QPushButton(_("Cancel"))
        self._upload = QPushButton()
        self._upload.setProperty("look", "filled")
        self._body = QStackedWidget()
        # A separate event-loop iteration: with thousands of files, both the change and this are slow.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._build_layout()
        self._rename.clicked.connect(self._table.rename_selected)
        self._table.name_problem_changed.connect(self.show_message)
        self._table.rename_finished.connect(self._upload_if_checked)
        self._remove.clicked.connect(self._table.remove_selected)
        self._cancel.clicked.connect(self.reject)
        self._upload.clicked.connect(self._upload_clicked)
        self._model.changed.connect(self._show_counts)
        self._model.changed.connect(self._select_first_with_findings)
        self._model.changed.connect(self._later.start)
        self._model.changed.connect(self._upload_if_checked)
        self._later.timeout.connect(self._show_selection)
        self._table.selectionModel().selectionChanged.connect(self._show_selection)
        self._skip_duplicates.clicked.connect(self._toggle_duplicates)
        self._stop.clicked.connect(self._skip_checks)
        self._pattern.textChanged.connect(self._filter_by_name)
        self._expiry.changed.connect(self._show_counts)
        self.findings.anyway_changed.connect(self._upload_anyway)
        self.findings.skip_changed.connect(self._skip_selected)
        self.findings.repair_requested.connect(self._ask_to_repair)
        self.findings.purposes_requested.connect(self._choose_purposes)
        self.findings.copied.connect(self._report_copied)
        self._show_counts()
        self._show_selection()
        self._select_first_with_findings()
        letter = self.fontMetrics().averageCharWidth()
        self._place = SheetGeometry(self, self._table, min(126 * letter, 1000))
        FocusFallback(self, self._table.setFocus)
        (self._upload if self._model.sums.to_upload else self._cancel).setFocus()

    def event(self, event: QEvent) -> bool:
        """Resize when the content needs more or less room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place.fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a size that the user has chosen."""
        super().resizeEvent(event)
        self._place.handle_resize(by_system=event.spontaneous())

    def showEvent(self, event: QShowEvent) -> None:
        """Take the right size and position before becoming visible."""
        super().showEvent(event)
        if not event.spontaneous():
            self._place.fit()
            self._place.move()

    @property
    def model(self) -> ReviewModel:
        """The files under review."""
        return self._model

    @property
    def skip_next_time(self) -> bool:
        """Whether to skip this sheet when there is nothing to decide."""
        return self._skip.isChecked()

    def allow_expiry(self, why_not: str) -> None:
        """Let people choose an expiry, or say why they can't."""
        self._expiry.allow(why_not)

    def set_skip_next_time(self, skip: bool) -> None:
        """Show the choice from the settings."""
        self._skip.setChecked(skip)

    def show_message(self, text: str) -> None:
        """Show the outcome of an action in the sheet; an empty text hides it."""
        self._message.setText(one_line(text))
        self._message.setVisible(bool(text))

    @Slot()
    def upload_when_checked(self) -> None:
        """Upload as soon as every check has passed; if there is a finding, wait for the user."""
        self._when_checked = True
        self._show_counts()
        self._upload_if_checked()

    @Slot()
    def _upload_clicked(self) -> None:
        if self._model.settled:
            self._ask_to_upload()
        else:
            self._table.setFocus()  # the button is about to be disabled
            self.upload_when_checked()

    @Slot()
    def _upload_if_checked(self) -> None:
        if not self._when_checked or not self._model.settled or self._table.is_renaming:
            return
        self._when_checked = False
        if self._model.sums.needs_no_decision:
            self._ask_to_upload()
        else:
            self._show_counts()

    def _ask_to_upload(self) -> None:
        # The chosen date may have come too close since.
        if self._expiry.problem:
            self._show_counts()
            return
        self.upload_requested.emit(self._model.requests(self._expiry.seconds))
        self.accept()

    @Slot()
    def _show_counts(self) -> None:
        model, sums = self._model, self._model.sums
        files, expiry_problem = sums.files, self._expiry.problem
        self._title.setText(upload_in_words(files))
        waiting = self._when_checked
        self._upload.setText(
            _("Waiting for checks…") if waiting else upload_in_words(sums.to_upload)
        )
        self._upload.setEnabled(sums.to_upload > 0 and not expiry_problem and not waiting)
        self._remove.setVisible(files > 0)
        self._rename.setVisible(files > 0)
        self._stop.setVisible(sums.checking > 0)
        self._skip_duplicates.setVisible(sums.duplicates + sums.skipped > 0)
        self._skip_duplicates.setText(duplicates_in_words(sums))
        self._body.setCurrentIndex(int(files == 0))
        # Once shown, the filter stays: with no matching files, the user must be able to clear it.
        if model.with_folders or files > _MAX_WITHOUT_FILTER:
            self._pattern.show()
        self._nothing.setText(nothing_in_words(self._left_out, self._pattern.text().strip()))
        self._notice.setText(notice_in_words(sums, self._left_out, when_checked=waiting))
        self._expiry_problem.setText(expiry_problem)
        self._expiry_problem.setVisible(bool(expiry_problem))
        self.findings.setVisible(sums.with_findings + sums.duplicates + sums.skipped > 0)

    @Slot()
    def _show_selection(self) -> None:
        rows = [self._model.row(place) for place in self._table.selected_rows()]
        self._remove.setEnabled(bool(rows))
        self._rename.setEnabled(self._table.can_rename)
        folder = rows[0] if len(rows) == 1 and isinstance(rows[0], FolderRow) else None
        files = self._model.files_in(rows)
        self.findings.show_rows(files, name_in_words(folder) if folder else "")

    @Slot()
    def _select_first_with_findings(self) -> None:
        """Once all checks are done, select the first row with findings unless one is selected."""
        sums = self._model.sums
        if self._findings_shown or sums.checking:
            return
        if sums.held_back or sums.with_findings:
            self._findings_shown = True
            if not self._table.selected_rows():
                self._table.selectRow(self._model.first_with_findings())

    @Slot(str)
    def _filter_by_name(self, pattern: str) -> None:
        self._place.may_shrink = not pattern
        self._model.filter_by_name(pattern)

    @Slot(bool)
    def _upload_anyway(self, anyway: bool) -> None:
        self._model.upload_anyway(self._table.selected_rows(), anyway)

    @Slot(bool)
    def _skip_selected(self, skipped: bool) -> None:
        self._model.skip(self._table.selected_rows(), skipped)

    @Slot()
    def _skip_checks(self) -> None:
        """Skip the remaining checks; an upload that waits for them can go ahead."""
        self._upload.setFocus()
        self._model.stop_checks()

    @Slot()
    def _toggle_duplicates(self) -> None:
        self._model.skip_duplicates(self._model.sums.duplicates > 0)

    @Slot()
    def _ask_to_repair(self) -> None:
        rows = [self._model.row(place) for place in self._table.selected_rows()]
        repairs = [
            (row.file, row.report.repairs)
            for row in self._model.files_in(rows)
            if row.report is not None and row.report.repairs
        ]
        self._table.setFocus()  # the button disappears once the files are fixed
        self.repair_requested.emit(repairs)

    @Slot(object)
    def _choose_purposes(self, choices: list[tuple[Row, str]]) -> None:
        self._table.setFocus()  # the button disappears
        self._model.choose_purposes(choices)

    @Slot()
    def _report_copied(self) -> None:
        self.show_message(_("Findings copied."))

    def _build_layout(self) -> None:
        for button in (self._rename, self._remove, self._skip_duplicates, self._stop):
            button.setProperty("look", "flat")
        for button in (self._rename, self._remove):
            space_icon(button, _ICON)
        for button in (self._rename, self._remove, self._cancel, self._skip_duplicates, self._stop):
            button.setAutoDefault(False)
        self._upload.setDefault(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pattern.setPlaceholderText(_("Filter by name, such as *.jsonl"))
        self._pattern.setAccessibleName(_("Filter by name"))
        self._pattern.setFixedWidth(34 * self.fontMetrics().averageCharWidth())
        self._pattern.hide()
        self._body.addWidget(self._table)
        self._body.addWidget(self._nothing)
        self.findings.hide()
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._pattern)
        head.addWidget(self._account)
        below = QHBoxLayout()
        below.addWidget(self._skip)
        below.addStretch(1)
        for part in (self._stop, self._skip_duplicates, self._rename, self._remove):
            below.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(label(_("Expires"), "muted"))
        foot.addWidget(self._expiry)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._upload)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        column.addWidget(self._room)
        column.addWidget(self._message)
        column.addWidget(self._notice)
        column.addWidget(self._expiry_problem)
        column.addLayout(below)
        column.addLayout(foot)
        letter = self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(70 * letter)
