"""Waits for transfers that a command has queued, and tells what became of each."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.transfers.events import TransferChanged
from services.transfers.transfer import ENDED, Transfer, TransferState
from ui.terminal.failure import ExitCode, Failure, Terminated
from ui.terminal.opened_queue import OpenedQueue
from ui.terminal.output import printable

if TYPE_CHECKING:
    from ui.terminal.progress import TransferProgress


class OwnTransfers:
    """The transfers of one command; other ones of earlier sessions stay as they are."""

    def __init__(self, opened: OpenedQueue, resumed: Sequence[Transfer] = ()) -> None:
        """`resumed` are those of earlier sessions that the command goes on with."""
        self._opened = opened
        self._resumed = {one.id: one for one in resumed}

    def _ended(self, count: int) -> Iterator[Transfer]:
        """Each of `count` transfers, as soon as it has ended or can't go on by itself."""
        left = count
        seen: set[int] = set()
        if not left:
            return
        progress = self._progress(count)
        for transfer in self._changed():
            if transfer.id in seen:
                continue
            has_ended = _has_ended(transfer)
            if progress is not None:
                progress.add(transfer, has_ended=has_ended)
                self._opened.output.progress(progress.parts)
            if not has_ended:
                continue
            seen.add(transfer.id)
            yield transfer
            left -= 1
            if not left:
                return

    def _changed(self) -> Iterator[Transfer]:
        """The command's transfers, each time that one has changed."""
        # Those can't be resumed; either they are looked for on the server, or a person decides.
        yield from (one for one in self._resumed.values() if not one.can_resume)
        for event in self._opened.events():
            if isinstance(event, TransferChanged):
                transfer = event.transfer
                if transfer.id in self._resumed or (
                    transfer.id not in self._opened.earlier_transfers
                ):
                    yield transfer

    def _progress(self, count: int) -> "TransferProgress | None":
        if not self._opened.output.shows_progress:
            return None
        from ui.terminal.progress import TransferProgress

        return TransferProgress(count)

    def report(self, count: int, succeeded: Callable[[Transfer], None]) -> ExitCode:
        """Wait for all; call `succeeded` for each that did, and tell the problems of the others.

        What was skipped because its name is taken hasn't failed. If the command is interrupted, say
        how many are left in the queue.
        """
        told = failed = 0
        try:
            for transfer in self._ended(count):
                told += 1
                failed += not self._report_one(transfer, succeeded)
        except (KeyboardInterrupt, Terminated, Failure):
            self._tell_left(count - told)
            raise
        return ExitCode.of(failed, count)

    def _report_one(self, transfer: Transfer, succeeded: Callable[[Transfer], None]) -> bool:
        """Tell what became of a transfer; return whether it hasn't failed."""
        name = printable(transfer.name)
        if transfer.state is TransferState.DONE:
            succeeded(transfer)
            if transfer.warning is not None:
                self._opened.output.problem(transfer.warning, name)
            return True
        if transfer.problem is not None:
            self._opened.output.problem(transfer.problem, name)
        else:
            # The disk was full for another one.
            self._opened.output.error(_("{name}: paused.").format(name=name))
        # Canceled by itself: a download whose name is taken, which was to be skipped.
        return transfer.state is TransferState.CANCELLED

    def _tell_left(self, count: int) -> None:
        words = ngettext(
            "{number} transfer is left in the queue. “filewharf resume” goes on with it.",
            "{number} transfers are left in the queue. “filewharf resume” goes on with them.",
            count,
        )
        self._opened.output.note(words.format(number=whole(count)))


def _has_ended(transfer: Transfer) -> bool:
    """Whether it has ended, or waits for a person."""
    if transfer.state is TransferState.UNCERTAIN:
        return transfer.wait_seconds is None
    return transfer.state in ENDED or transfer.state is TransferState.PAUSED
