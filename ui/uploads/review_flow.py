"""Runs file checks and review sheets, one upload at a time."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.catalog.events import UploadsFound
from services.catalog.upload_record import KnownUpload
from services.checks.events import (
    CheckProgress,
    FileRepaired,
    FilesChecked,
    LinesRead,
    PathsGathered,
)
from services.checks.finding import RepairKind
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import Problem
from services.problems.events import SomethingFailed
from services.providers.account import Account
from services.providers.features import Feature
from services.providers.providers import UNKNOWN_SERVER, provider_named
from services.system.language import _
from ui.backend import Backend
from ui.last_folders import FileDialogKind
from ui.save_dialogs import SaveDialogs
from ui.uploads.listing_lookup import ListingLookup
from ui.wording import files_in_words

if TYPE_CHECKING:
    from ui.uploads.review_model import ReviewModel
    from ui.uploads.review_sheet import ReviewSheet
    from ui.uploads.sheetless_review import SheetlessReview

CheckEvent = CheckProgress | FilesChecked | FileRepaired | LinesRead | UploadsFound

_FILES_PER_STEP = 2_000
"""Files added per event-loop iteration, which takes about ten milliseconds."""


class ReviewFlow(QObject):
    """Has files checked, opens their review sheet, and uploads what the user confirms."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        dialogs: SaveDialogs,
        listed: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        """`listed` returns the account's files as currently known."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._settings = backend.engine.settings
        self._dialogs = dialogs
        self._request = 0
        self._account_name = ""
        self._provider = UNKNOWN_SERVER
        self._left_out = 0
        self._purpose_given = False
        self._steps: Iterator[None] = iter(())
        self._text_to_save = ""
        self._fixed = 0
        self._model: ReviewModel | None = None
        """The files under review, with or without a sheet."""
        self._sheet: ReviewSheet | None = None
        self._without_sheet: SheetlessReview | None = None
        """Waits for the checks while no decision is needed."""
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._run_step)
        self._listing_lookup = ListingLookup(listed, self)
        self._listing_lookup.found.connect(self._add_listed)
        self._listing_lookup.ended.connect(self._finish_lookup)
        backend.events.on_any(CheckEvent, self.apply_event)
        backend.events.on(ReportSaved, self._report_saved)
        backend.events.on(SomethingFailed, self._show_failure)

    def begin(
        self,
        account: Account,
        gathered: PathsGathered,
        purpose: str | None,
        roots: Sequence[Path],
        *,
        always_review: bool = False,
    ) -> None:
        """Review the gathered files; see `ReviewSheet`.

        If a purpose was chosen, every file fits it, and the user has turned off the review, the
        sheet opens only if a check finds something or the user asks for it during slow checks;
        not so with `always_review`.
        """
        self.end()
        self._request = gathered.request
        self._account_name = account.name
        self._provider = provider_named(account.provider_id)
        self._left_out = gathered.skipped
        self._purpose_given = purpose is not None
        may_skip = self._settings.current.skip_review and not always_review
        self._steps = self._setup_steps(gathered, purpose, roots, may_skip=may_skip)
        if len(gathered.files) > _FILES_PER_STEP:
            self._turn.start()
        else:
            deque(self._steps, maxlen=0)  # run all steps now

    @Slot()
    def _run_step(self) -> None:
        for _step in self._steps:
            self._turn.start()
            return

    def _setup_steps(
        self,
        gathered: PathsGathered,
        purpose: str | None,
        roots: Sequence[Path],
        *,
        may_skip: bool,
    ) -> Iterator[None]:
        """Set up the review; yield where the event loop should run if there are many files."""
        from ui.uploads.review_list import ReviewList
        from ui.uploads.review_model import ReviewModel

        provider = self._provider
        files = ReviewList(purpose, roots, provider.limits)
        for first in range(0, len(gathered.files), _FILES_PER_STEP):
            files.add(gathered.files[first : first + _FILES_PER_STEP])
            yield
        files.complete()
        skips = may_skip and purpose is not None and files.all_fit()
        yield
        files.index_paths()
        yield
        self._model = model = ReviewModel(files, self)
        model.offer_purposes(provider.purposes, provider.why_not(Feature.PURPOSE))
        model.expect_lookups(2)  # before the sheet opens, so that nothing counts as settled
        model.checks_requested.connect(self._check)
        model.lookups_requested.connect(self._look_up)
        if skips:
            self._review_without_sheet(model)
        else:
            sheet = self._make_sheet(model)
            yield
            sheet.open()
        yield
        model.begin_checks()
        yield
        self._look_up(gathered.files)

    def _review_without_sheet(self, model: "ReviewModel") -> None:
        from ui.uploads.sheetless_review import SheetlessReview

        self._without_sheet = review = SheetlessReview(model, self._window)
        review.passed.connect(self._upload_passed)
        review.sheet_requested.connect(self._open_sheet)
        review.canceled.connect(self.end)

    def _make_sheet(self, model: "ReviewModel") -> "ReviewSheet":
        from ui.uploads.review_sheet import ReviewSheet

        current = self._settings.current
        self._sheet = sheet = ReviewSheet(self._account_name, model, self._left_out, self._window)
        sheet.set_skip_next_time(current.skip_review)
        sheet.allow_expiry(self._provider.why_not(Feature.EXPIRY))
        sheet.upload_requested.connect(self._upload)
        sheet.finished.connect(self._finish)
        sheet.repair_requested.connect(self._repair)
        sheet.findings.lines_requested.connect(self._show_lines)
        sheet.findings.save_requested.connect(self._ask_where_to_save)
        return sheet

    @property
    def is_open(self) -> bool:
        """Whether files are under review."""
        return self._model is not None or self._turn.isActive()

    def end(self) -> None:
        """Drop the current review."""
        self._turn.stop()
        self._steps = iter(())
        if self._sheet is not None:
            self._sheet.reject()
        else:
            self._finish()

    def apply_event(self, event: CheckEvent) -> None:
        """Update the review with news about its files."""
        model, sheet = self._model, self._sheet
        if model is None or event.request != self._request:
            return
        match event:
            case CheckProgress(file=file, purpose=purpose, done=done):
                model.apply_progress(file, purpose, done)
            case FilesChecked(checked=checked):
                model.apply_checks(checked)
            case UploadsFound(found=found, ended=ended):
                model.add_known_uploads(found)
                if ended:
                    model.finish_lookup()
            case LinesRead() if sheet is not None:
                sheet.findings.show_lines(event)
            case FileRepaired() if sheet is not None:
                self._apply_repair(sheet, event)

    def _report_saved(self, event: ReportSaved) -> None:
        # The sheet covers the window's own messages.
        if self._sheet is not None:
            self._sheet.show_message(_("Saved to {path}").format(path=event.path))

    def _show_failure(self, event: SomethingFailed) -> None:
        # The failed action may have been started from the sheet.
        self._show_problem(event.problem)

    def _show_problem(self, problem: Problem) -> None:
        if self._sheet is not None:
            self._sheet.show_message(f"{problem.title}. {problem.advice}")

    def _apply_repair(self, sheet: "ReviewSheet", event: FileRepaired) -> None:
        if event.repaired is None:
            if event.problem is not None:
                self._show_problem(event.problem)
            return
        sheet.model.apply_repair(event.file, event.repaired)
        self._fixed += 1
        if self._fixed == 1:
            sheet.show_message(" ".join(event.changes))
        else:
            words = _("Fixed {files}.")
            sheet.show_message(words.format(files=files_in_words(self._fixed)))

    @Slot()
    def _open_sheet(self) -> None:
        self._end_waiting()
        if self._model is not None:
            sheet = self._make_sheet(self._model)
            if not self._model.settled:
                sheet.upload_when_checked()
            sheet.open()

    @Slot(object)
    def _upload_passed(self, requests: list[UploadRequest]) -> None:
        self._finish()
        self._backend.session.upload(requests)

    def _end_waiting(self) -> None:
        if self._without_sheet is not None:
            self._without_sheet.end()
            self._without_sheet = None

    @Slot()
    def _finish(self) -> None:
        """Clean up after a review."""
        self._end_waiting()
        model, self._model = self._model, None
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            sheet.deleteLater()  # WA_DeleteOnClose works only if the sheet was shown
        if model is not None:
            self._listing_lookup.stop()
            self._backend.session.checks.stop_checks()
            model.deleteLater()

    @Slot(object, object)
    def _add_listed(self, path: Path, known: KnownUpload) -> None:
        if self._model is not None:
            self._model.add_known_uploads([(path, known)])

    @Slot()
    def _finish_lookup(self) -> None:
        if self._model is not None:
            self._model.finish_lookup()

    @Slot(object)
    def _check(self, rows: list[tuple[LocalFile, str]]) -> None:
        self._backend.session.checks.check(self._request, rows, self._provider.limits)

    @Slot(object)
    def _look_up(self, files: Sequence[LocalFile]) -> None:
        self._backend.session.uploads.look_up(self._request, files)
        self._listing_lookup.search_for(files)

    @Slot(object)
    def _repair(self, repairs: Sequence[tuple[LocalFile, Sequence[RepairKind]]]) -> None:
        self._fixed = 0
        for file, kinds in repairs:
            self._backend.session.checks.repair(self._request, file, kinds)

    @Slot(object, object, object)
    def _show_lines(self, path: Path, line: int, column: int | None) -> None:
        self._backend.session.checks.read_lines(self._request, path, line, column)

    @Slot(str, object)
    def _ask_where_to_save(self, text: str, folder: Path) -> None:
        dialog = self._dialogs.make(
            self._sheet or self._window,
            _("Save findings"),
            FileDialogKind.FINDINGS,
            self._account_name,
            "txt",
            default=folder,
        )
        self._text_to_save = text
        dialog.fileSelected.connect(self._save_findings)
        dialog.open()

    @Slot(str)
    def _save_findings(self, name: str) -> None:
        data = self._text_to_save.encode("utf-8", "replace")
        self._backend.engine.saver.save(Path(name), lambda: [data])

    @Slot(object)
    def _upload(self, requests: list[UploadRequest]) -> None:
        if self._sheet is not None:
            chosen = {} if self._purpose_given else self._sheet.model.purposes_to_remember()
            self._settings.change(skip_review=self._sheet.skip_next_time)
            self._settings.update(purpose_of_kind=lambda saved: saved | chosen)
        self._backend.session.upload(requests)
