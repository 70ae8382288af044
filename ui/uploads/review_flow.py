"""One review sheet after the other, between the service that looks into files and the person."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.errors import Problem
from services.api.remote_file import RemoteFile
from services.catalog.remembered_upload import KnownUpload
from services.checks.finding import RepairKind
from services.checks.local_file import LocalFile, UploadRequest
from services.events import (
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesShown,
    PathsGathered,
    UploadsFound,
)
from services.file_commands import FileCommands
from services.language import _, ngettext
from services.settings import SettingsStore
from ui.uploads.listed_already import ListedAlready
from ui.uploads.review_list import ReviewList
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.row_check import can_skip_review
from ui.wording import files_in_words

CheckEvent = CheckProgress | FilesChecked | FileRepaired | LinesShown | UploadsFound

_AT_ONCE = 2_000
"""Files that are taken in in one turn of the event loop: some ten milliseconds."""

PATIENCE = 400
"""Milliseconds after which something is shown while folders are walked or files are checked."""


class ReviewFlow(QObject):
    """Opens the sheet, has its files checked, and uploads what the person wants."""

    def __init__(
        self,
        window: QWidget,
        service: FileCommands,
        settings: SettingsStore,
        listed: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        """`listed` gives the files that the account has, as far as they are known."""
        super().__init__(window)
        self._window = window
        self._service = service
        self._settings = settings
        self._request = 0
        self._tile = False
        self._steps: Iterator[None] = iter(())
        self._to_save = ""
        self._mended = 0
        self._sheet: ReviewSheet | None = None
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._take_step)
        self._listed = ListedAlready(listed, self)
        self._listed.found.connect(self._take_listed)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(PATIENCE)
        self._waiting.timeout.connect(self._open)

    def begin(
        self,
        account_name: str,
        gathered: PathsGathered,
        purpose: str | None,
        roots: Sequence[Path],
    ) -> None:
        """Look over what was gathered; see `ReviewSheet`.

        When a purpose was chosen, every file fits it and the person wants it so, the sheet opens
        only where a check takes long or finds something.
        """
        self.end()
        self._request = gathered.request
        self._tile = purpose is not None
        self._steps = self._beginning(account_name, gathered, purpose, roots)
        if len(gathered.files) > _AT_ONCE:
            self._turn.start()
        else:
            deque(self._steps, maxlen=0)  # at once

    @Slot()
    def _take_step(self) -> None:
        for _step in self._steps:
            self._turn.start()
            return

    def _beginning(
        self,
        account_name: str,
        gathered: PathsGathered,
        purpose: str | None,
        roots: Sequence[Path],
    ) -> Iterator[None]:
        """Stops wherever the event loop may turn: with thousands of files it has to."""
        files = ReviewList(purpose, roots)
        for first in range(0, len(gathered.files), _AT_ONCE):
            files.add(gathered.files[first : first + _AT_ONCE])
            yield
        files.complete()
        current = self._settings.current
        skips = current.skip_review and can_skip_review(gathered.files, purpose)
        yield
        files.note_paths()
        yield
        sheet = self._make_sheet(account_name, files, gathered.left_out)
        yield
        if not skips:
            sheet.open()
            yield
        sheet.begin_checks()
        yield
        self._service.look_up_uploads(self._request, gathered.files)
        self._listed.look_for(gathered.files)
        if skips:
            sheet.upload_when_checked()
            self._waiting.start()

    def _make_sheet(self, account_name: str, files: ReviewList, left_out: int) -> ReviewSheet:
        current = self._settings.current
        self._sheet = sheet = ReviewSheet(
            account_name, files, left_out, current.expires_after, self._window
        )
        sheet.set_skip_next_time(current.skip_review)
        sheet.upload_asked.connect(self._upload)
        sheet.finished.connect(self._looked_over)
        sheet.repair_asked.connect(self._repair)
        sheet.model.checks_wanted.connect(self._check)
        sheet.findings.lines_wanted.connect(self._show_lines)
        sheet.findings.save_asked.connect(self._ask_where_to_save)
        return sheet

    def end(self) -> None:
        """Let go of what is being looked over."""
        self._turn.stop()
        self._steps = iter(())
        if self._sheet is not None:
            self._sheet.reject()

    def take(self, event: CheckEvent) -> None:
        """Something was found out about the files of the sheet."""
        sheet = self._sheet
        if sheet is None or event.request != self._request:
            return
        match event:
            case CheckProgress(file=file, purpose=purpose, done=done):
                sheet.model.take_progress(file, purpose, done)
            case FilesChecked(checked=checked):
                sheet.model.take_checked(checked)
            case LinesShown():
                sheet.findings.show_lines(event)
            case UploadsFound(found=found, ended=ended):
                sheet.model.take_known(found)
                if ended:
                    sheet.end_look_up()
            case FileRepaired():
                self._take_repaired(sheet, event)

    def take_saved(self, path: Path) -> None:
        """A text was written: told in the sheet, which lies over the window's own messages."""
        if self._sheet is not None:
            self._sheet.tell(_("Saved: {path}").format(path=path))

    def take_failure(self, problem: Problem) -> None:
        """Something went wrong that may have been asked for in the sheet."""
        if self._sheet is not None:
            self._sheet.tell(f"{problem.title}. {problem.advice}")

    def _take_repaired(self, sheet: ReviewSheet, event: FileRepaired) -> None:
        if event.repaired is None:
            if event.problem is not None:
                self.take_failure(event.problem)
            return
        sheet.model.take_repaired(event.file, event.repaired)
        self._mended += 1
        if self._mended == 1:
            sheet.tell(" ".join(event.told))
        else:
            words = ngettext("{files} was mended.", "{files} were mended.", self._mended)
            sheet.tell(words.format(files=files_in_words(self._mended)))

    @Slot()
    def _open(self) -> None:
        if self._sheet is not None:
            self._sheet.open()

    @Slot()
    def _looked_over(self) -> None:
        sheet, self._sheet = self._sheet, None
        self._waiting.stop()
        self._listed.stop()
        self._service.stop_checks()
        if sheet is not None:
            sheet.deleteLater()  # it does so by itself only where it was shown

    @Slot(object, object)
    def _take_listed(self, path: Path, known: KnownUpload) -> None:
        if self._sheet is not None:
            self._sheet.model.take_known([(path, known)])

    @Slot(object)
    def _check(self, rows: list[tuple[LocalFile, str]]) -> None:
        self._service.check(self._request, rows)

    @Slot(object)
    def _repair(self, wanted: Sequence[tuple[LocalFile, Sequence[RepairKind]]]) -> None:
        self._mended = 0
        for file, kinds in wanted:
            self._service.repair(self._request, file, kinds)

    @Slot(object, object, object)
    def _show_lines(self, path: Path, line: int, column: int | None) -> None:
        self._service.show_lines(self._request, path, line, column)

    @Slot(str, object)
    def _ask_where_to_save(self, text: str, folder: Path) -> None:
        dialog = QFileDialog(self._sheet, _("Save the findings"), str(folder))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(_("findings.txt"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._to_save = text
        dialog.fileSelected.connect(self._save_findings)
        dialog.open()

    @Slot(str)
    def _save_findings(self, name: str) -> None:
        self._service.save_text(self._to_save, Path(name))

    @Slot(object)
    def _upload(self, requests: list[UploadRequest]) -> None:
        if self._sheet is not None:
            by_hand = {} if self._tile else _chosen_by_hand(requests)
            self._settings.change(
                skip_review=self._sheet.skip_next_time,
                expires_after=self._sheet.remembered_expiry,
                purpose_of_kind=self._settings.current.purpose_of_kind | by_hand,
            )
        self._service.upload(requests)


def _chosen_by_hand(requests: Iterable[UploadRequest]) -> dict[str, str]:
    """By kind of file: the purposes that are not the suggested ones."""
    return {
        request.file.kind.value: request.purpose
        for request in requests
        if request.purpose != request.file.suggested_purpose
    }
