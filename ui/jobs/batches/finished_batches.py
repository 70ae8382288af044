"""Tells when batches have ended, and saves their output files if the settings say so."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.api.batch import Batch
from services.api.remote_file import RemoteFile
from services.jobs.events import JobsEnded
from services.jobs.job_kind import JobKind
from services.system.language import _, ngettext
from ui.backend import Backend
from ui.jobs.batches.batch_words import failed_in_words, state_in_words
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words, one_line, shortened, since_in_words

_LONGEST_NAME = 100
"""Characters; a server may send a name of any length."""


class FinishedBatches(QObject):
    """Reports batches that were running when they were looked at before, also in an earlier run."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        notifier: DesktopNotifier,
        show: Callable[[Batch], None],
        download: Callable[[Sequence[RemoteFile]], None],
        clock: Callable[[], float],
    ) -> None:
        """`show` looks inside the results of a batch, or shows it; `download` saves files.

        `clock` gives seconds since 1970.
        """
        super().__init__(window)
        self._backend = backend
        self._settings = backend.engine.settings
        self._messages = messages
        self._notifier = notifier
        self._show = show
        self._download = download
        self._clock = clock
        self._reported: Batch | None = None
        self._action = QAction(self)
        self._action.triggered.connect(self._show_reported)
        backend.events.on(JobsEnded, self._report)

    def _report(self, event: JobsEnded) -> None:
        batches = [job for job in event.jobs if isinstance(job, Batch)]
        if event.kind is not JobKind.BATCHES or not batches:
            return
        if not self._backend.keeps(self._backend.open_id or ""):
            return  # another window does so
        settings = self._settings.current
        # A folder for all new outputs of the account gets these as well.
        if settings.save_batch_outputs and not settings.save_outputs_to.get(event.account_id):
            self._save(batches)
        self._reported = batches[-1] if len(batches) == 1 else None
        text = _ended_in_words(batches, event.since, self._clock())
        self._notifier.notify(text)
        has_results = any(one.output_file_id or one.error_file_id for one in batches)
        self._action.setText(_("Look inside results") if has_results else _("Show batch"))
        action = self._action if self._reported is not None else None
        self._messages.show_notice(text, action=action)

    def _save(self, batches: Sequence[Batch]) -> None:
        self._download(
            [
                RemoteFile(
                    batch.output_file_id,
                    filename=f"{batch.id}_output.jsonl",
                    purpose="batch_output",
                )
                for batch in batches
                if batch.output_file_id is not None
            ]
        )

    @Slot()
    def _show_reported(self) -> None:
        if self._reported is not None:
            self._show(self._reported)


def _ended_in_words(batches: Sequence[Batch], since: float | None, now: float) -> str:
    number = len(batches)
    if number > 1 and since is not None:
        # Translators: {time} is “yesterday”, “09:12” or “17 Nov”.
        words = ngettext(
            "{number} batch ended since {time}", "{number} batches ended since {time}", number
        )
        return words.format(number=count_in_words(number), time=since_in_words(since, now))
    if number > 1:
        words = ngettext("{number} batch has ended", "{number} batches have ended", number)
        return words.format(number=count_in_words(number))
    (batch,) = batches
    name = one_line(shortened(batch.name, _LONGEST_NAME))
    state = state_in_words(batch)
    if batch.failed:
        state = f"{state}, {failed_in_words(batch.failed)}"
    return _("Batch “{name}”: {state}").format(name=name, state=state)
