"""The worker's side of a transfer: what it may report while it is at it."""

from pathlib import Path
from typing import Protocol

from services.api.errors import Problem
from services.cancellation import CancelToken


class RunningTransfer(Protocol):
    """Given by the queue to whoever carries a transfer out; called on the worker's thread."""

    @property
    def token(self) -> CancelToken:
        """Cancelled when the person stops the transfer."""

    @property
    def uploaded_by_others(self) -> frozenset[str]:
        """The remote files that other uploads of this session are known to have made."""

    @property
    def pausing(self) -> bool:
        """Whether it was stopped in order to go on later."""

    def progress(self, done: int) -> None:
        """Say how many bytes are through in this attempt."""

    def goes_on_from(self, done: int) -> None:
        """Say how many bytes an earlier attempt left, before more is put to them.

        Noted on the disk on return: after a crash, nobody vouches for that part any more.
        """

    def total(self, size: int | None) -> None:
        """Say how many bytes there are, now that it is known better."""

    def hashed(self, sha256: str) -> None:
        """Say the SHA-256 of an upload, before `confirming`, which notes it on the disk."""

    def confirming(self) -> None:
        """Say that the last byte goes out now; noted on the disk on return.

        From here on the server may have the file, whether or not it answers.
        """

    def waiting(self, seconds: float, problem: Problem) -> None:
        """Say that there is a pause before another attempt, and what the last one died of."""

    def trying(self) -> None:
        """Say that an attempt begins, after `waiting`."""

    def saved(self, path: Path) -> None:
        """Say where a download is."""

    def known_as(self, file_id: str) -> None:
        """Say which file the server made of an upload."""

    def warn(self, problem: Problem) -> None:
        """Say what is not as it should be although the transfer is about to be done."""

    def placing(self, target: Path, size: int, warning: Problem | None) -> None:
        """Say which name a whole download is about to get, and what will be told of it then.

        Noted on the disk on return.
        """

    def can_go_on(self, etag: str) -> None:
        """Say what the part of a download belongs to; empty when it must begin anew."""
