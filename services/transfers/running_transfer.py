"""A worker's view of a transfer: what it may ask and report."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from services.problems.errors import Problem
from services.system.cancellation import CancelToken
from services.transfers.lost_answers import OtherUploads
from services.transfers.shared_listings import SharedListings


class RunningTransfer(Protocol):
    """Passed by the queue to the code that carries out a transfer; called on the worker's thread."""

    @property
    def token(self) -> CancelToken:
        """Cancelled when the person stops the transfer."""

    @property
    def settled(self) -> bool:
        """Whether the server had all the time that it is granted to list an upload."""

    def set_progress(self, done: int) -> None:
        """Say how many bytes are through in this attempt."""

    def resume_from(self, done: int) -> None:
        """Say how many bytes an earlier attempt left, before more is put to them.

        Noted on the disk on return: after a crash, nobody vouches for that part any more.
        """

    def set_total(self, size: int | None) -> None:
        """Say how many bytes there are, now that it is known better."""

    @property
    def listings(self) -> SharedListings:
        """What is listed in order to find an upload, perhaps for others too."""

    def other_uploads(self) -> OtherUploads:
        """What other uploads of the account have, or may be about to have."""

    def claim(self, choose: Callable[[OtherUploads], str | None]) -> str | None:
        """Take an upload for the file that `choose` names, seeing what others have.

        Nobody else takes a file in between. What `choose` raises is passed on.
        """

    def mark_not_sent(self) -> None:
        """Say that the server surely has nothing of the attempt whose answer was lost."""

    def start_confirming(self) -> None:
        """Say that the last byte goes out now; noted on the disk on return.

        From here on the server may have the file, whether or not it answers. Raises NotSaved when
        the disk goes on saying that it is not sent: then it must not be.
        """

    def start_waiting(self, seconds: float, problem: Problem) -> None:
        """Say that there is a pause before another attempt, and what the last one died of."""

    def start_attempt(self) -> None:
        """Say that an attempt begins, also after `waiting`. Raises NotSaved as `confirming` does."""

    def set_path(self, path: Path) -> None:
        """Say where a download is."""

    def set_file_id(self, file_id: str) -> None:
        """Say which file the server made of an upload.

        Raises AnswerLost when another upload was taken for that file: only one of them is it.
        """

    def warn(self, problem: Problem) -> None:
        """Say what is not as it should be although the transfer is about to be done."""

    def update_job(self, **fields: object) -> None:
        """Change fields of the job, for its next attempt; on the disk with the next change."""

    def update_job_on_disk(self, **fields: object) -> None:
        """Change fields of the job, for its next attempt; they are on the disk on return."""
