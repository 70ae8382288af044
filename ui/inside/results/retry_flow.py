"""Finds the requests that batch results answer, and uploads the unfinished ones once more."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.previews.batches.retry_lines import RequestState
from services.previews.events import (
    BatchJoined,
    JoinFailed,
    JoinProgressed,
    RetryFailed,
    RetryWritten,
)
from services.previews.join_source import JoinSource
from services.system.language import _
from services.system.sizes import format_size
from ui.backend import AccountLeaving, Backend
from ui.downloading.refused_content import RefusedContent
from ui.inside.results.joined_files import (
    JoinedFiles,
    counterpart,
    likely_inputs,
    likely_others,
    named_as_errors,
)
from ui.inside.results.retry_dialog import RetryDialog
from ui.inside.results.retry_words import progress_in_words
from ui.last_folders import FileDialogKind, LastFolders
from ui.messages.problem_words import problem_in_words
from ui.wording import created_in_words, one_line

_TRIES = 5
_TRIED_BYTES = 64 * 1024 * 1024
"""At most this many inputs, of this size together, are read unasked until one fits."""


class RetryFlow(QObject):
    """Runs the dialog, one at a time. Created when it's first needed, to keep the start short."""

    joined = Signal(object)
    """The `JoinedFiles` that a person has confirmed; they are dropped unless `keep` is called."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        review: Callable[[Path], object],
        listed: Callable[[], Sequence[RemoteFile]],
        refused: RefusedContent,
        clock: Callable[[], float],
        files_of_batch: Callable[[str], Mapping[str, RemoteFile]] = lambda _file_id: {},
    ) -> None:
        """`review` opens the upload review for a new file with requests.

        `listed` gives the known files of the account; `clock`, seconds since 1970; `files_of_batch`,
        the files of the batch that a file with results belongs to, by role, if that is known: then
        nothing is guessed.
        """
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._review_upload = review
        self._listed = listed
        self._refused = refused
        self._clock = clock
        self._files_of_batch = files_of_batch
        self._folders = LastFolders(backend.engine.settings)
        self._dialog: RetryDialog | None = None
        self._file: RemoteFile | None = None
        self._sources: dict[str, JoinSource] = {}
        """What the dialog offers, by file ID or path."""
        self._untried: list[str] = []
        """The inputs that are tried next, unasked, if the chosen one doesn't fit."""
        self._request = 0
        self._joined: JoinedFiles | None = None
        """What the dialog shows."""
        self._shown: JoinedFiles | None = None
        """What the page shows: its files stay on this disk."""
        backend.events.on(AccountLeaving, self._abandon)
        backend.events.on(JoinProgressed, self._show_progress)
        backend.events.on(BatchJoined, self._show_joined)
        backend.events.on(JoinFailed, self._show_failure)
        backend.events.on(RetryWritten, self._review)
        backend.events.on(RetryFailed, self._show_unwritten)

    def retry(self, file: RemoteFile) -> None:
        """Let the person retry unfinished requests of a batch, given one file of its results."""
        self._open(file, finds_only=False)

    def find(self, file: RemoteFile) -> None:
        """Let the person find the requests that the results in a file answer."""
        self._open(file, finds_only=True)

    def keep(self, shown: JoinedFiles | None) -> None:
        """Keep the files of what the page shows on this disk, and no others."""
        if shown is not self._shown:
            self._shown = shown
            self._drop_others()

    @property
    def shown(self) -> JoinedFiles | None:
        """What the page shows, as it was passed to `keep`."""
        return self._shown

    def _abandon(self, _event: AccountLeaving) -> None:
        self._shown = None
        self._close_dialog()

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    def _open(self, file: RemoteFile, *, finds_only: bool) -> None:
        if self._backend.open_account is None:
            return
        self._close_dialog()
        self._file, self._joined = file, None
        batch = self._files_of_batch(file.id)
        if "input" in batch:
            inputs = [batch["input"]]
            others = [one for role, one in batch.items() if role != "input" and one.id != file.id]
            other = others[0] if others else None
        else:
            files = self._listed()
            inputs, others = likely_inputs(files, file), likely_others(files, file)
            other = counterpart(others, file)
        self._sources = {one.id: self._source(one) for one in (*inputs, *others)}
        self._dialog = dialog = RetryDialog(
            one_line(file.name), finds_only=finds_only, parent=self._window
        )
        dialog.show_inputs([(self._in_words(one), one.id) for one in inputs])
        shown = self._shown if self._shown is not None and self._shown.file.id == file.id else None
        if shown is not None:
            other = shown.other
        dialog.show_others(
            [(self._in_words(one), one.id) for one in others], other.id if other else None
        )
        dialog.sources_chosen.connect(self._join_chosen)
        dialog.file_requested.connect(self._choose_file)
        dialog.confirmed.connect(self._confirm)
        dialog.finished.connect(self._finish)
        dialog.open()
        self._untried = _worth_trying(inputs)
        if shown is not None:
            self._choose_again(dialog, shown)
        elif self._untried:
            self._try_next()
        else:
            words = _("There are no batch files in this account. Choose the file on this computer.")
            dialog.show_problem(words)

    def _choose_again(self, dialog: RetryDialog, shown: JoinedFiles) -> None:
        """Choose the input that was chosen before."""
        file, path = shown.requests.file, shown.requests.path
        if file is not None and file.id in self._sources:
            dialog.choose_input(file.id)
            self._join_chosen(dialog.chosen_input, dialog.chosen_other)
        elif path is not None:
            self._add_path(path)

    def _try_next(self) -> None:
        dialog = self._dialog
        if dialog is not None:
            file_id = self._untried.pop(0)
            dialog.choose_input(file_id)
            self._join(file_id, dialog.chosen_other)

    @Slot(object, object)
    def _join_chosen(self, input_key: object, other_key: object) -> None:
        self._untried = []
        if input_key is not None:
            self._join(input_key, other_key)

    def _join(self, input_key: object, other_key: object) -> None:
        file, dialog = self._file, self._dialog
        if file is None or dialog is None:
            return
        self._request += 1
        self._joined = None
        requests = self._sources[str(input_key)]
        results = [self._source(file)]
        if other_key is not None:
            results.append(self._sources[str(other_key)])
        joins = self._backend.session.joins
        read = (requests, *results)
        joins.keep_only({one.file.id for one in read if one.file is not None} | self._kept())
        dialog.show_progress(_("Reading {name}…").format(name=one_line(requests.name)))
        joins.start(self._request, requests, results)

    @Slot()
    def _choose_file(self) -> None:
        start = self._folders.start(FileDialogKind.UPLOADS)
        dialog = QFileDialog(
            self._dialog or self._window, _("Choose the file with the requests"), start
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._add_chosen)
        dialog.open()

    @Slot(str)
    def _add_chosen(self, name: str) -> None:
        path = Path(name)
        self._folders.remember(FileDialogKind.UPLOADS, path.parent)
        self._add_path(path)

    def _add_path(self, path: Path) -> None:
        if self._dialog is not None:
            key = f"/{path}"  # no file ID begins so
            self._sources[key] = JoinSource(path=path)
            words = _("{name} · on this computer").format(name=one_line(path.name))
            self._dialog.add_input(words, key)

    def _show_progress(self, event: JoinProgressed) -> None:
        if self._dialog is not None and event.request == self._request and self._joined is None:
            self._dialog.show_progress(progress_in_words(event), event.done, event.size)

    def _show_joined(self, event: BatchJoined) -> None:
        dialog, file = self._dialog, self._file
        if dialog is None or file is None or event.request != self._request:
            return
        if not event.joined.known_ids and event.joined.unknown_ids and self._untried:
            self._try_next()
            return
        other = None
        if dialog.chosen_other is not None:
            other = self._sources[str(dialog.chosen_other)].file
        self._joined = JoinedFiles(
            file,
            self._sources[str(dialog.chosen_input)],
            other,
            self._error_ids(file, other),
            event.joined,
            event.lines,
            is_second=event.lines is not None and event.lines.second == 0,
        )
        dialog.show_joined(event.joined)

    def _error_ids(self, file: RemoteFile, other: RemoteFile | None) -> frozenset[str]:
        batch = self._files_of_batch(file.id)
        if batch:
            return frozenset({batch["error"].id} if "error" in batch else ())
        return named_as_errors(file) if other is None else named_as_errors(file, other)

    def _show_failure(self, event: JoinFailed) -> None:
        if self._dialog is None or event.request != self._request:
            return
        if event.is_input and self._untried:
            self._try_next()
        else:
            self._dialog.show_problem(problem_in_words(event.problem))

    @Slot(object)
    def _confirm(self, chosen: frozenset[RequestState]) -> None:
        dialog, joined = self._dialog, self._joined
        if dialog is None or joined is None:
            return
        if not chosen:
            self.joined.emit(joined)
            dialog.accept()
            return
        self._request += 1
        dialog.show_writing()
        taken = [source.name for source in self._sources.values() if source.file is not None]
        self._backend.session.joins.write_retry(
            self._request, joined.joined, chosen, joined.requests.name, taken
        )

    def _review(self, event: RetryWritten) -> None:
        dialog, joined = self._dialog, self._joined
        if dialog is None or joined is None or event.request != self._request:
            return
        self.joined.emit(joined)
        dialog.accept()
        self._review_upload(event.path)

    def _show_unwritten(self, event: RetryFailed) -> None:
        if self._dialog is not None and event.request == self._request:
            self._dialog.show_problem(problem_in_words(event.problem))

    @Slot()
    def _finish(self) -> None:
        self._dialog = None
        self._request += 1
        self._backend.session.joins.cancel()
        self._drop_others()

    def _drop_others(self) -> None:
        if self._dialog is None:
            self._backend.session.joins.keep_only(self._kept())

    def _kept(self) -> set[str]:
        shown = self._shown
        if shown is None:
            return set()
        kept = set() if shown.requests.file is None else {shown.requests.file.id}
        return kept if shown.lines is None else {*kept, shown.lines.content.file_id}

    def _source(self, file: RemoteFile) -> JoinSource:
        return JoinSource(file, refusal=self._refused.reason(file.purpose) or "")

    def _in_words(self, file: RemoteFile) -> str:
        parts = [one_line(file.name)]
        if file.size is not None:
            parts.append(format_size(file.size))
        if file.created_at is not None:
            parts.append(created_in_words(file.created_at, self._clock()))
        return " · ".join(parts)


def _worth_trying(inputs: Sequence[RemoteFile]) -> list[str]:
    """The IDs of those that are tried unasked: the first, and others that aren't large."""
    tried: list[str] = []
    size = 0
    for file in inputs[:_TRIES]:
        size += file.size or 0
        if not tried or size <= _TRIED_BYTES:
            tried.append(file.id)
    return tried
