"""Waits for transfers that a command has queued, and tells what became of each."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from services.system.language import _
from services.transfers.events import TransferChanged
from services.transfers.transfer import ENDED, Transfer, TransferState
from ui.terminal.failure import ExitCode
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable

if TYPE_CHECKING:
    from ui.terminal.progress import TransferProgress


class OwnTransfers:
    """The transfers of one command; those of earlier sessions stay as they are."""

    def __init__(self, opened: OpenedAccount) -> None:
        self._opened = opened

    def _ended(self, count: int) -> Iterator[Transfer]:
        """Each of `count` transfers, as soon as it has ended or can't go on by itself."""
        left = count
        seen: set[int] = set()
        if not left:
            return
        progress = self._progress(count)
        for event in self._opened.events():
            if not isinstance(event, TransferChanged):
                continue
            transfer = event.transfer
            if transfer.id in self._opened.earlier_transfers or transfer.id in seen:
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

    def _progress(self, count: int) -> "TransferProgress | None":
        if not self._opened.output.shows_progress:
            return None
        from ui.terminal.progress import TransferProgress

        return TransferProgress(count)

    def report(self, count: int, succeeded: Callable[[Transfer], None]) -> ExitCode:
        """Wait for all; call `succeeded` for each that did, and tell the problems of the others.

        What was skipped because its name is taken hasn't failed.
        """
        failed = 0
        for transfer in self._ended(count):
            name = printable(transfer.name)
            if transfer.state is TransferState.DONE:
                succeeded(transfer)
                if transfer.warning is not None:
                    self._opened.output.problem(transfer.warning, name)
                continue
            # Canceled by itself: a download whose name is taken, which was to be skipped.
            failed += transfer.state is not TransferState.CANCELLED
            if transfer.problem is not None:
                self._opened.output.problem(transfer.problem, name)
            else:
                # The disk was full for another one.
                self._opened.output.error(_("{name}: paused.").format(name=name))
        return ExitCode.of(failed, count)


def _has_ended(transfer: Transfer) -> bool:
    """Whether it has ended, or waits for a person."""
    if transfer.state is TransferState.UNCERTAIN:
        return transfer.wait_seconds is None
    return transfer.state in ENDED or transfer.state is TransferState.PAUSED
