"""What a worker can read and report while it carries out a transfer."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.transfers.lost_answers import OtherUploads
from services.transfers.shared_listings import SharedListings
from services.transfers.transfer import ChangePhase


class ContentProgress(Protocol):
    """What is told while content is fetched."""

    @property
    def token(self) -> CancelToken:
        """Canceled when the user stops the transfer."""

    def set_progress(self, done: int) -> None:
        """Report how many bytes are done in this attempt."""

    def set_total(self, size: int | None) -> None:
        """Update the total size in bytes; None if unknown."""


class RunningTransfer(ContentProgress, Protocol):
    """Passed by the queue to the code that carries out a job; used on the worker's thread."""

    @property
    def settled(self) -> bool:
        """Whether the server has had enough time to list the upload."""

    def spend(self, size: int) -> None:
        """Wait as long as the speed limit asks for after so many bytes, if progress isn't bytes."""

    def resume_from(self, done: int) -> None:
        """Report how many bytes of an earlier attempt are kept, before appending to them.

        Saved on return, so that after a crash the part file is no longer trusted.
        """

    @property
    def listings(self) -> SharedListings:
        """The listings for finding an upload, which may be shared with other lookups."""

    def other_uploads(self) -> OtherUploads:
        """Return what other uploads to its server own, or may be about to own."""

    def claim(self, choose: Callable[[OtherUploads], str | None]) -> str | None:
        """Match the upload with the file that `choose` returns, and return that file ID.

        `choose` sees what other uploads own; no other upload is matched in between. Its
        exceptions are passed on.
        """

    def mark_not_sent(self) -> None:
        """Record that the server doesn't have the file of the attempt whose answer was lost."""

    def start_confirming(self) -> None:
        """Record that the last byte is about to be sent; saved on return.

        From now on the server may have the file, with or without an answer. Raises NotSaved if
        that can't be saved; then the last byte must not be sent.
        """

    def start_phase(self, phase: ChangePhase) -> None:
        """Report that the next phase of a change starts, with no progress yet.

        Before it verifies, its file must be known and saved. On a lookup, raises FileFound then.
        """

    def start_waiting(self, seconds: float, problem: Problem) -> None:
        """Report a pause of so many seconds before the next attempt, and why the last one failed."""

    def start_attempt(self) -> None:
        """Report that an attempt starts. Raises NotSaved like `start_confirming`."""

    def set_path(self, path: Path, modified_ns: int | None = None) -> None:
        """Record where a download was saved, with the file's modification time if it is known."""

    def set_file_id(self, file_id: str) -> None:
        """Record which file the server created from an upload.

        Raises AnswerLost if another upload was matched with that file.
        """

    def warn(self, problem: Problem) -> None:
        """Set a warning on a transfer that is about to finish."""

    def update_job(self, **fields: object) -> None:
        """Change fields of the job for its next attempt; saved with the next change."""

    def update_job_on_disk(self, **fields: object) -> None:
        """Change fields of the job for its next attempt; saved on return."""
