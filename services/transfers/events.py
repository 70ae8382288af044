"""Events about transfers."""

from pathlib import Path

from services.api.remote_file import RemoteFile
from services.cleanup.report import FileResult, Outcome
from services.problems.errors import Problem
from services.system.events import Event, SessionEvent
from services.transfers.transfer import Transfer


class ContentRefused(Event, frozen=True):
    """The server refused the content of a file because of its purpose."""

    account_id: str
    purpose: str
    reason: str
    """The server's own message."""


class ContentStreamed(SessionEvent, frozen=True):
    """A content was passed on whole, or as far as it was wanted, or there is a problem."""

    file_id: str
    """For an archive, that of the file with the problem; empty if there is none."""
    problem: Problem | None = None
    """Why it isn't whole."""
    warning: Problem | None = None
    """How it differs from what was expected."""


class TransferChanged(Event, frozen=True):
    """A transfer is new or differs from its last snapshot."""

    transfer: Transfer


class TransfersCleared(Event, frozen=True):
    """Ended transfers were cleared from the list."""

    transfer_ids: tuple[int, ...]


class DeletesEnded(Event, frozen=True):
    """All deletes that were added together have ended."""

    account_id: str
    batch: int
    deleted: int
    failed: tuple[Transfer, ...]
    cancelled: int
    all: tuple[Transfer, ...] = ()
    """The final state of every one, for a report."""


class CleanUpEnded(Event, frozen=True):
    """A clean-up has ended, or one attempt of it."""

    account_id: str
    results: tuple[FileResult, ...]
    """What became of each file of the plan."""
    saved_to: Path | None = None
    """The folder in which the files were saved first."""
    stopped: bool = False
    """Whether it was canceled, or failed, before all files had been tried."""

    def count(self, outcome: Outcome) -> int:
        """How many files have this outcome."""
        return sum(result.outcome is outcome for result in self.results)


class ChangeEnded(Event, frozen=True):
    """A changed file is on the server, and it is verified. The old one is still there."""

    account_id: str
    old: RemoteFile
    new: RemoteFile
    by_content: bool
    """Whether its content was compared too; the server may not give it out."""
    difference: Problem | None = None
    """What differs from the request although the file is good: its name or expiry."""


class TransfersRestored(Event, frozen=True):
    """The transfers of earlier sessions were loaded, and the queue is saved from now on.

    If the queue can't be saved, SomethingFailed comes first.
    """

    waiting: int
    """How many are paused and can be resumed."""


class TransfersSaved(Event, frozen=True):
    """The list of transfers is saved again, after SomethingFailed reported that it wasn't."""
