"""Findings for the selected files, with the lines they refer to."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.checks.events import LinesRead
from services.checks.finding import CheckReport, Finding
from services.problems.severity import Severity
from services.system.language import _
from services.system.safe_text import without_middle
from ui.icons import icon
from ui.theme import Role
from ui.uploads.findings_list import FindingsList, ListedFinding
from ui.uploads.findings_words import (
    change_purpose_in_words,
    purposes_advised,
    repairs_in_words,
    report_in_words,
    several_in_words,
    severity_in_words,
    state_in_words,
)
from ui.uploads.line_view import LineView
from ui.uploads.review_rows import FileRow
from ui.uploads.row_check import CheckKind, finding_in_words, place_in_words
from ui.widgets.labels import ElidedLabel, label
from ui.wording import files_in_words, one_line, tool_tip

_LOOKS = {
    Severity.ERROR: ("circle-x", Role.DANGER),
    Severity.WARNING: ("triangle-alert", Role.WARNING),
}
_MAX_LISTED = 100
_REQUEST_DELAY = 60
"""Milliseconds. Holding an arrow key down must not read every file it passes."""
_MAX_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the list."""

    row: FileRow
    finding: Finding
    with_name: bool

    @property
    def text(self) -> str:
        words = finding_in_words(self.finding)
        if not self.with_name:
            return words
        # A name can be hundreds of characters long; the finding must stay visible next to it.
        return f"{without_middle(one_line(self.row.file.name), _MAX_NAME_LENGTH)}: {words}"


class FindingsView(QFrame):
    """Lists the findings of one file, or the first finding of each of several files.

    Shows the lines around the selected finding with its position marked. The check boxes and
    buttons apply to all files shown.
    """

    lines_requested = Signal(object, object, object)
    """Requests the lines around a path, 1-based line, and column or None; see `show_lines`."""
    repair_requested = Signal()
    """Requests fixed copies of the files."""
    purposes_requested = Signal(object)
    """Carries a list of pairs: a `FileRow` and the purpose its findings suggest."""
    anyway_changed = Signal(bool)
    """Whether to upload the files even though the server would reject them."""
    skip_changed = Signal(bool)
    """Whether to skip files that are already uploaded."""
    save_requested = Signal(str, object)
    """Carries the findings as text, and the folder of the first file."""
    copied = Signal()
    """Emitted when the findings have been copied to the clipboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "set-off")
        self.setAccessibleName(_("Check results"))
        self._rows: tuple[FileRow, ...] = ()
        self._entries: tuple[_Entry, ...] = ()
        self._name = ElidedLabel("strong", elide=Qt.TextElideMode.ElideMiddle)
        self._state = label(look="muted", wrap=True)
        self._list = FindingsList()
        self._lines = LineView()
        self._anyway = QCheckBox(_("Upload anyway"))
        self._skip = QCheckBox()
        self._repair = _flat("")
        self._purpose = _flat("")
        self._copy = _flat(_("Copy"))
        self._save = _flat(_("Save…"))
        self._request_timer = QTimer(self)
        self._request_timer.setSingleShot(True)
        self._request_timer.setInterval(_REQUEST_DELAY)
        self._request_timer.timeout.connect(self._ask_for_lines)
        self._build_layout()
        self._list.currentRowChanged.connect(self._finding_chosen)
        self._anyway.clicked.connect(self.anyway_changed)
        self._skip.clicked.connect(self.skip_changed)
        self._repair.clicked.connect(self.repair_requested)
        self._purpose.clicked.connect(self._ask_for_purposes)
        self._copy.clicked.connect(self._copy_all)
        self._save.clicked.connect(self._ask_to_save)

    def show_rows(self, rows: Sequence[FileRow], name: str = "") -> None:
        """Show the findings and choices for some files; `name` is their folder's, if any."""
        self._rows = tuple(rows)
        reports = [row.report for row in rows if row.report is not None]
        entries = _entries_of(self._rows)
        self._show_head(name, reports, len(entries))
        wrong = [row for row in rows if row.check.kind is CheckKind.ERROR]
        self._anyway.setVisible(bool(wrong))
        _show_choice(self._anyway, [row.upload_anyway for row in wrong])
        known = [row for row in rows if row.existing_upload is not None]
        self._skip.setText(_("Skip this file") if len(rows) == 1 else _("Skip duplicates"))
        self._skip.setVisible(bool(known))
        _show_choice(self._skip, [row.skipped for row in known])
        if entries != self._entries:
            self._fill(entries)

    def show_lines(self, event: LinesRead) -> None:
        """Show the requested lines; ignore an answer that is out of date."""
        chosen = self._chosen()
        if chosen is None or (event.path, event.line, event.column) != (
            chosen.row.file.path,
            chosen.finding.line,
            chosen.finding.column,
        ):
            return
        if event.problem is not None:
            self._lines.show_message(event.problem.title)
        elif not event.lines:
            self._lines.show_message(_("The file no longer has this line."))
        else:
            self._lines.show_lines(event.lines, event.line, event.column)

    def text(self) -> str:
        """All findings of the listed files, one per line."""
        return report_in_words(list(dict.fromkeys(entry.row for entry in self._entries)))

    @Slot(int)
    def _finding_chosen(self, _row: int) -> None:
        chosen = self._chosen()
        if chosen is None or chosen.finding.line is None:
            self._request_timer.stop()
            self._lines.hide()
        else:
            self._lines.show()  # before the lines arrive, so that the layout doesn't jump later
            self._request_timer.start()

    @Slot()
    def _ask_for_lines(self) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.finding.line is not None:
            finding = chosen.finding
            self.lines_requested.emit(chosen.row.file.path, finding.line, finding.column)

    @Slot()
    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.copied.emit()

    @Slot()
    def _ask_to_save(self) -> None:
        if self._entries:
            self.save_requested.emit(self.text(), self._entries[0].row.file.path.parent)

    @Slot()
    def _ask_for_purposes(self) -> None:
        self.purposes_requested.emit(purposes_advised(self._rows))

    def _chosen(self) -> _Entry | None:
        place = self._list.currentRow()
        return self._entries[place] if 0 <= place < len(self._entries) else None

    def _show_head(self, name: str, reports: Sequence[CheckReport], listed: int) -> None:
        rows = self._rows
        if not rows:
            self._name.setText("")
            self._state.setText(_("Select a file to see its check results."))
        elif len(rows) == 1:
            self._name.setText(without_middle(one_line(rows[0].file.name), _MAX_NAME_LENGTH))
            self._state.setText(state_in_words(rows[0]))
        else:
            self._name.setText(name or files_in_words(len(rows)))
            self._state.setText(several_in_words(rows, listed))
        self._name.setVisible(bool(rows))
        fixable = [report for report in reports if report.repairs]
        self._repair.setVisible(bool(fixable))
        self._repair.setText(_("Fix a copy") if len(fixable) == 1 else _("Fix copies"))
        kinds = dict.fromkeys(kind for report in fixable for kind in report.repairs)
        self._repair.setToolTip(repairs_in_words(list(kinds)))
        advised = {purpose for _row, purpose in purposes_advised(rows)}
        self._purpose.setVisible(bool(advised))
        self._purpose.setText(change_purpose_in_words(advised))
        for part in (self._copy, self._save):
            part.setVisible(listed > 0)

    def _fill(self, entries: tuple[_Entry, ...]) -> None:
        before = self._chosen()
        self._entries = entries
        self._list.blockSignals(True)
        if before in entries:
            chosen = entries.index(before)
        else:
            # Start with the first finding that has a line to show.
            with_line = (at for at, one in enumerate(entries) if one.finding.line is not None)
            chosen = next(with_line, -1)
            self._lines.show_message("")
        self._list.show_findings([_listed(entry) for entry in entries], chosen)
        self._list.setVisible(bool(entries))
        self._list.blockSignals(False)
        self._finding_chosen(self._list.currentRow())

    def _build_layout(self) -> None:
        self._list.hide()
        self._lines.hide()
        for button in (self._purpose, self._repair, self._copy, self._save):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._state, 1)
        for part in (self._purpose, self._repair, self._copy, self._save):
            head.addWidget(part)
        # Keep the row's height when its buttons are hidden. The height depends on their style.
        self._copy.ensurePolished()
        head.addStrut(self._copy.sizeHint().height())
        choices = QHBoxLayout()
        choices.setSpacing(16)
        choices.addWidget(self._anyway)
        choices.addWidget(self._skip)
        choices.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._list)
        column.addWidget(self._lines)
        column.addLayout(choices)


def _entries_of(rows: Sequence[FileRow]) -> tuple[_Entry, ...]:
    if len(rows) == 1:
        report = rows[0].report
        findings = report.findings if report is not None else ()
        return tuple(_Entry(rows[0], finding, with_name=False) for finding in findings)
    entries = []
    for row in rows:
        if row.report is not None and (found := row.report.findings):
            errors = (finding for finding in found if finding.severity is Severity.ERROR)
            entries.append(_Entry(row, next(errors, found[0]), with_name=True))
            if len(entries) == _MAX_LISTED:
                break
    return tuple(entries)


def _listed(entry: _Entry) -> ListedFinding:
    look, role = _LOOKS[entry.finding.severity]
    return ListedFinding(
        icon(look, role),
        entry.text,
        tool_tip(f"{place_in_words(entry.finding)} {entry.finding.text}"),
        f"{severity_in_words(entry.finding.severity)}: {entry.text}",
    )


def _show_choice(box: QCheckBox, chosen: Sequence[bool]) -> None:
    """Check the box for all, clear it for none, or show it partly checked for some."""
    some = any(chosen) and not all(chosen)
    box.setTristate(some)
    if some:
        box.setCheckState(Qt.CheckState.PartiallyChecked)
    else:
        box.setChecked(bool(chosen) and all(chosen))


def _flat(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("look", "flat")
    return button
