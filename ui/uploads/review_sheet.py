"""The last look at an upload before it starts."""

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
from ui.icons import icon, keep_apart
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.findings_view import FindingsView
from ui.uploads.kept_room import KeptRoom
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FolderRow, Row
from ui.uploads.review_table import ReviewTable
from ui.uploads.review_words import name_in_words
from ui.uploads.sheet_place import SheetPlace
from ui.uploads.sheet_words import (
    duplicates_in_words,
    nothing_in_words,
    notice_in_words,
    upload_in_words,
)
from ui.widgets.elided_check_box import ElidedCheckBox
from ui.widgets.focus_home import FocusHome
from ui.widgets.labels import ElidedLabel, label
from ui.wording import one_line

_ICON = 16
_FEW = 12
"""With no more files than this, and no folder, nobody needs a pattern."""


class ReviewSheet(QDialog):
    """Shows for each file its purpose, its size and what the checks say, and asks when to begin.

    Open it with `open()`; it deletes itself once closed. `upload_asked` carries a list of
    `UploadRequest` and comes while the sheet is still there, so that `skip_next_time` can be read.
    Who asks while files are still being checked is not asked again:
    the upload begins when the checks have passed, and waits for the person when one has not.
    """

    upload_asked = Signal(object)
    repair_asked = Signal(object)
    """A list of pairs: a `LocalFile` and the `RepairKind`s that a copy of it is to be mended by."""

    def __init__(
        self,
        account_name: str,
        model: ReviewModel,
        left_out: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`left_out` is how many files more were passed over in folders."""
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
        self._late = label(look="error", wrap=True)
        self._told = label(look="muted", wrap=True)
        self._told.hide()
        self._nothing = label(look="muted", wrap=True)
        self._rename = QPushButton(icon("rename"), _("Rename"))
        self._remove = QPushButton(icon("x"), _("Remove from the list"))
        self._skip_known = QPushButton()
        self._stop = QPushButton(_("Skip checks"))
        self._pattern = QLineEdit()
        self.findings = FindingsView()
        """What the checks of the selected files found."""
        self._room = KeptRoom(self.findings)
        self._expiry = ExpiryField()
        self._skip = ElidedCheckBox(_("Skip this review when all files fit the chosen purpose"))
        self._cancel = QPushButton(_("Cancel"))
        self._upload = QPushButton()
        self._upload.setProperty("look", "filled")
        self._body = QStackedWidget()
        # In a turn of its own: both what changes thousands of files and what tells of them is long.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._put_together()
        self._rename.clicked.connect(self._table.rename_selected)
        self._table.name_refused.connect(self.tell)
        self._table.naming_ended.connect(self._upload_if_checked)
        self._remove.clicked.connect(self._table.remove_selected)
        self._cancel.clicked.connect(self.reject)
        self._upload.clicked.connect(self._upload_clicked)
        self._model.changed.connect(self._show_counts)
        self._model.changed.connect(self._choose_first_with_findings)
        self._model.changed.connect(self._later.start)
        self._model.changed.connect(self._upload_if_checked)
        self._later.timeout.connect(self._show_selection)
        self._table.selectionModel().selectionChanged.connect(self._show_selection)
        self._skip_known.clicked.connect(self._skip_or_send_known)
        self._stop.clicked.connect(self._skip_checks)
        self._pattern.textChanged.connect(self._show_only)
        self._expiry.changed.connect(self._show_counts)
        self.findings.anyway_changed.connect(self._send_anyway)
        self.findings.skip_changed.connect(self._skip_chosen)
        self.findings.repair_asked.connect(self._ask_to_repair)
        self.findings.purposes_wanted.connect(self._choose_purposes)
        self.findings.copied.connect(self._tell_copied)
        self._show_counts()
        self._show_selection()
        self._choose_first_with_findings()
        letter = self.fontMetrics().averageCharWidth()
        self._place = SheetPlace(self, self._table, min(126 * letter, 1000))
        FocusHome(self, self._table.setFocus)
        (self._upload if self._model.standing.going else self._cancel).setFocus()

    def event(self, event: QEvent) -> bool:
        """Follow the content when a part of it needs more or less room."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place.fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a size that the person has chosen."""
        super().resizeEvent(event)
        self._place.note_size(by_system=event.spontaneous())

    def showEvent(self, event: QShowEvent) -> None:
        """Stand in the right place before anybody sees it."""
        super().showEvent(event)
        if not event.spontaneous():
            self._place.fit()
            self._place.move()

    @property
    def model(self) -> ReviewModel:
        """The rows; what checks find is told to them."""
        return self._model

    @property
    def skip_next_time(self) -> bool:
        """Whether the person no longer wants this sheet where nothing is left to decide."""
        return self._skip.isChecked()

    def set_skip_next_time(self, skip: bool) -> None:
        """Show the choice as it is in the settings."""
        self._skip.setChecked(skip)

    def tell(self, text: str) -> None:
        """Say what came of something that was asked for in the sheet."""
        self._told.setText(one_line(text))
        self._told.setVisible(bool(text))

    @Slot()
    def upload_when_checked(self) -> None:
        """Upload as soon as every check has passed; with a finding, wait for the person."""
        self._when_checked = True
        self._show_counts()
        self._upload_if_checked()

    @Slot()
    def _upload_clicked(self) -> None:
        if self._model.settled:
            self._ask_to_upload()
        else:
            self._table.setFocus()  # the button can't have it for now
            self.upload_when_checked()

    @Slot()
    def _upload_if_checked(self) -> None:
        if not self._when_checked or not self._model.settled or self._table.naming:
            return
        self._when_checked = False
        if self._model.standing.nothing_to_decide:
            self._ask_to_upload()
        else:
            self._show_counts()

    def _ask_to_upload(self) -> None:
        # A moment that was an hour ahead when it was chosen may not be so any more.
        if self._expiry.problem:
            self._show_counts()
            return
        self.upload_asked.emit(self._model.requests(self._expiry.seconds))
        self.accept()

    @Slot()
    def _show_counts(self) -> None:
        model, standing = self._model, self._model.standing
        files, late = standing.files, self._expiry.problem
        self._title.setText(upload_in_words(files))
        waiting = self._when_checked
        self._upload.setText(
            _("Waiting for checks…") if waiting else upload_in_words(standing.going)
        )
        self._upload.setEnabled(standing.going > 0 and not late and not waiting)
        self._remove.setVisible(files > 0)
        self._rename.setVisible(files > 0)
        self._stop.setVisible(standing.checking > 0)
        self._skip_known.setVisible(standing.duplicates + standing.skipped > 0)
        self._skip_known.setText(duplicates_in_words(standing))
        self._body.setCurrentIndex(int(files == 0))
        # While a pattern lets nothing through, what was typed must stay in reach.
        if model.with_folders or files > _FEW:
            self._pattern.show()
        self._nothing.setText(nothing_in_words(self._left_out, self._pattern.text().strip()))
        self._notice.setText(notice_in_words(standing, self._left_out, when_checked=waiting))
        self._late.setText(late)
        self._late.setVisible(bool(late))
        self.findings.setVisible(standing.findings + standing.duplicates + standing.skipped > 0)

    @Slot()
    def _show_selection(self) -> None:
        rows = [self._model.row(place) for place in self._table.selected_rows()]
        self._remove.setEnabled(bool(rows))
        self._rename.setEnabled(self._table.can_rename)
        folder = rows[0] if len(rows) == 1 and isinstance(rows[0], FolderRow) else None
        files = self._model.files_in(rows)
        self.findings.show_rows(files, name_in_words(folder) if folder else "")

    @Slot()
    def _choose_first_with_findings(self) -> None:
        """Once all is checked, show what was found first, unless a row was chosen."""
        standing = self._model.standing
        if self._findings_shown or standing.checking:
            return
        if standing.held_back or standing.findings:
            self._findings_shown = True
            if not self._table.selected_rows():
                self._table.selectRow(self._model.first_to_look_at())

    @Slot(str)
    def _show_only(self, pattern: str) -> None:
        self._place.may_shrink = not pattern
        self._model.show_only(pattern)

    @Slot(bool)
    def _send_anyway(self, anyway: bool) -> None:
        self._model.send_anyway(self._table.selected_rows(), anyway)

    @Slot(bool)
    def _skip_chosen(self, skipped: bool) -> None:
        self._model.skip(self._table.selected_rows(), skipped)

    @Slot()
    def _skip_checks(self) -> None:
        """What waited for the checks waits no longer."""
        self._upload.setFocus()
        self._model.stop_checks()

    @Slot()
    def _skip_or_send_known(self) -> None:
        self._model.skip_known(self._model.standing.duplicates > 0)

    @Slot()
    def _ask_to_repair(self) -> None:
        rows = [self._model.row(place) for place in self._table.selected_rows()]
        wanted = [
            (row.file, row.report.repairs)
            for row in self._model.files_in(rows)
            if row.report is not None and row.report.repairs
        ]
        self._table.setFocus()  # the button goes away with what it fixes
        self.repair_asked.emit(wanted)

    @Slot(object)
    def _choose_purposes(self, wanted: list[tuple[Row, str]]) -> None:
        self._table.setFocus()  # the button goes away
        self._model.choose_purposes(wanted)

    @Slot()
    def _tell_copied(self) -> None:
        self.tell(_("Findings copied."))

    def _put_together(self) -> None:
        for button in (self._rename, self._remove, self._skip_known, self._stop):
            button.setProperty("look", "flat")
        for button in (self._rename, self._remove):
            keep_apart(button, _ICON)
        for button in (self._rename, self._remove, self._cancel, self._skip_known, self._stop):
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
        for part in (self._stop, self._skip_known, self._rename, self._remove):
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
        column.addWidget(self._told)
        column.addWidget(self._notice)
        column.addWidget(self._late)
        column.addLayout(below)
        column.addLayout(foot)
        letter = self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(70 * letter)
