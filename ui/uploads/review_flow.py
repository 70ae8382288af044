"""One review sheet after the other, between the service that looks into files and the person."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import UploadsFound
from services.catalog.upload_record import KnownUpload
from services.checks.events import (
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesShown,
    PathsGathered,
)
from services.checks.finding import RepairKind
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import Problem
from services.problems.events import SomethingFailed
from services.providers.account import Account
from services.providers.limits import UNKNOWN
from services.providers.providers import provider_named
from services.system.language import _
from ui.backend import Backend
from ui.last_folders import Chosen
from ui.save_dialogs import SaveDialogs
from ui.uploads.listed_already import ListedAlready
from ui.wording import files_in_words

if TYPE_CHECKING:
    from ui.uploads.review_model import ReviewModel
    from ui.uploads.review_sheet import ReviewSheet
    from ui.uploads.waiting_dialog import WaitingDialog

CheckEvent = CheckProgress | FilesChecked | FileRepaired | LinesShown | UploadsFound

_AT_ONCE = 2_000
"""Files that are taken in in one turn of the event loop: some ten milliseconds."""

PATIENCE = 1000
"""Milliseconds after which something is shown while folders are walked or files are checked: what
comes and goes faster would only startle."""


class ReviewFlow(QObject):
    """Has files checked, opens the sheet for them, and uploads what the person wants."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        settings: SettingsStore,
        dialogs: SaveDialogs,
        listed: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        """`listed` gives the files that the account has, as far as they are known."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = settings
        self._dialogs = dialogs
        self._request = 0
        self._account_name = ""
        self._limits = UNKNOWN
        self._left_out = 0
        self._tile = False
        self._steps: Iterator[None] = iter(())
        self._to_save = ""
        self._mended = 0
        self._model: ReviewModel | None = None
        """What is being looked over, with or without a sheet."""
        self._sheet: ReviewSheet | None = None
        self._progress: WaitingDialog | None = None
        """In place of the sheet, while nobody has to see it."""
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._take_step)
        self._listed = ListedAlready(listed, self)
        self._listed.found.connect(self._take_listed)
        self._listed.ended.connect(self._end_look_up)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(PATIENCE)
        self._waiting.timeout.connect(self._show_progress)
        backend.events.on_any(CheckEvent, self.take)
        backend.events.on(ReportSaved, self._take_saved)
        backend.events.on(SomethingFailed, self._take_failure)

    def begin(
        self,
        account: Account,
        gathered: PathsGathered,
        purpose: str | None,
        roots: Sequence[Path],
    ) -> None:
        """Look over what was gathered; see `ReviewSheet`.

        When a purpose was chosen, every file fits it and the person wants it so, the sheet opens
        only where a check finds something, or when it is asked for while the checks take long.
        """
        self.end()
        self._request = gathered.request
        self._account_name = account.name
        self._limits = provider_named(account.provider_id).limits
        self._left_out = gathered.left_out
        self._tile = purpose is not None
        self._steps = self._beginning(gathered, purpose, roots)
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
        self, gathered: PathsGathered, purpose: str | None, roots: Sequence[Path]
    ) -> Iterator[None]:
        """Stops wherever the event loop may turn: with thousands of files it has to."""
        from ui.uploads.review_list import ReviewList
        from ui.uploads.review_model import ReviewModel
        from ui.uploads.row_check import can_skip_review

        files = ReviewList(purpose, roots, self._limits)
        for first in range(0, len(gathered.files), _AT_ONCE):
            files.add(gathered.files[first : first + _AT_ONCE])
            yield
        files.complete()
        current = self._settings.current
        skips = current.skip_review and can_skip_review(gathered.files, purpose, self._limits)
        yield
        files.note_paths()
        yield
        self._model = model = ReviewModel(files, self)
        model.await_look_ups(2)  # before the sheet can be answered: nothing is settled yet
        model.checks_wanted.connect(self._check)
        model.look_ups_wanted.connect(self._look_up)
        if skips:
            model.changed.connect(self._go_on_without_sheet)
            self._waiting.start()
        else:
            sheet = self._make_sheet(model)
            yield
            sheet.open()
        yield
        model.begin_checks()
        yield
        self._look_up(gathered.files)

    def _make_sheet(self, model: "ReviewModel") -> "ReviewSheet":
        from ui.uploads.review_sheet import ReviewSheet

        current = self._settings.current
        self._sheet = sheet = ReviewSheet(self._account_name, model, self._left_out, self._window)
        sheet.set_skip_next_time(current.skip_review)
        sheet.upload_asked.connect(self._upload)
        sheet.finished.connect(self._looked_over)
        sheet.repair_asked.connect(self._repair)
        sheet.findings.lines_wanted.connect(self._show_lines)
        sheet.findings.save_asked.connect(self._ask_where_to_save)
        return sheet

    def end(self) -> None:
        """Let go of what is being looked over."""
        self._turn.stop()
        self._steps = iter(())
        if self._sheet is not None:
            self._sheet.reject()
        else:
            self._looked_over()

    def take(self, event: CheckEvent) -> None:
        """Something was found out about the files of the sheet."""
        model, sheet = self._model, self._sheet
        if model is None or event.request != self._request:
            return
        match event:
            case CheckProgress(file=file, purpose=purpose, done=done):
                model.take_progress(file, purpose, done)
            case FilesChecked(checked=checked):
                model.take_checked(checked)
            case UploadsFound(found=found, ended=ended):
                model.take_known(found)
                if ended:
                    model.end_look_up()
            case LinesShown() if sheet is not None:
                sheet.findings.show_lines(event)
            case FileRepaired() if sheet is not None:
                self._take_repaired(sheet, event)

    def _take_saved(self, event: ReportSaved) -> None:
        # In the sheet, which lies over the window's own messages.
        if self._sheet is not None:
            self._sheet.tell(_("Saved to {path}").format(path=event.path))

    def _take_failure(self, event: SomethingFailed) -> None:
        # It may have been asked for in the sheet.
        self._tell_problem(event.problem)

    def _tell_problem(self, problem: Problem) -> None:
        if self._sheet is not None:
            self._sheet.tell(f"{problem.title}. {problem.advice}")

    def _take_repaired(self, sheet: "ReviewSheet", event: FileRepaired) -> None:
        if event.repaired is None:
            if event.problem is not None:
                self._tell_problem(event.problem)
            return
        sheet.model.take_repaired(event.file, event.repaired)
        self._mended += 1
        if self._mended == 1:
            sheet.tell(" ".join(event.told))
        else:
            words = _("Fixed {files}.")
            sheet.tell(words.format(files=files_in_words(self._mended)))

    # Without the sheet

    @Slot()
    def _go_on_without_sheet(self) -> None:
        """Upload once everything has passed; with a finding, show it."""
        from ui.uploads.sheet_words import passed_in_words

        model = self._model
        if model is None or self._sheet is not None:
            return
        if not model.settled:
            if self._progress is not None:
                self._progress.tell(passed_in_words(model.standing))
        elif model.standing.nothing_to_decide:
            requests = model.requests()
            self._looked_over()
            self._backend.session.upload(requests)
        else:
            self._open_sheet()

    @Slot()
    def _show_progress(self) -> None:
        from ui.uploads.sheet_words import passed_in_words
        from ui.uploads.waiting_dialog import WaitingDialog

        if self._model is None or self._sheet is not None:
            return
        self._progress = WaitingDialog(_("Checking files…"), self._window)
        self._progress.tell(passed_in_words(self._model.standing))
        self._progress.add_button(_("Show files")).clicked.connect(self._open_sheet)
        self._progress.rejected.connect(self.end)
        self._progress.open()

    @Slot()
    def _open_sheet(self) -> None:
        self._end_progress()
        if self._model is not None:
            sheet = self._make_sheet(self._model)
            if not self._model.settled:
                sheet.upload_when_checked()
            sheet.open()

    def _end_progress(self) -> None:
        self._waiting.stop()
        dialog, self._progress = self._progress, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()

    @Slot()
    def _looked_over(self) -> None:
        """Nothing more is to be found out."""
        self._end_progress()
        model, self._model = self._model, None
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            sheet.deleteLater()  # it does so by itself only where it was shown
        if model is not None:
            self._listed.stop()
            self._backend.engine.checks.stop_checks()
            model.deleteLater()

    @Slot(object, object)
    def _take_listed(self, path: Path, known: KnownUpload) -> None:
        if self._model is not None:
            self._model.take_known([(path, known)])

    @Slot()
    def _end_look_up(self) -> None:
        if self._model is not None:
            self._model.end_look_up()

    @Slot(object)
    def _check(self, rows: list[tuple[LocalFile, str]]) -> None:
        self._backend.session.check(self._request, rows)

    @Slot(object)
    def _look_up(self, files: Sequence[LocalFile]) -> None:
        self._backend.session.uploads.look_up(self._request, files)
        self._listed.look_for(files)

    @Slot(object)
    def _repair(self, wanted: Sequence[tuple[LocalFile, Sequence[RepairKind]]]) -> None:
        self._mended = 0
        for file, kinds in wanted:
            self._backend.engine.checks.repair(self._request, file, kinds)

    @Slot(object, object, object)
    def _show_lines(self, path: Path, line: int, column: int | None) -> None:
        self._backend.engine.checks.show_lines(self._request, path, line, column)

    @Slot(str, object)
    def _ask_where_to_save(self, text: str, folder: Path) -> None:
        dialog = self._dialogs.make(
            self._sheet or self._window,
            _("Save findings"),
            Chosen.FINDINGS,
            self._account_name,
            "txt",
            first=folder,
        )
        self._to_save = text
        dialog.fileSelected.connect(self._save_findings)
        dialog.open()

    @Slot(str)
    def _save_findings(self, name: str) -> None:
        self._backend.engine.checks.save_text(self._to_save, Path(name))

    @Slot(object)
    def _upload(self, requests: list[UploadRequest]) -> None:
        if self._sheet is not None:
            chosen = {} if self._tile else self._sheet.model.purposes_to_remember()
            self._settings.change(skip_review=self._sheet.skip_next_time)
            self._settings.update(purpose_of_kind=lambda kept: kept | chosen)
        self._backend.session.upload(requests)
