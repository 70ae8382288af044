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

    def progress(self, done: int) -> None:
        """Say how many bytes are through in this attempt."""

    def total(self, size: int | None) -> None:
        """Say how many bytes there are, now that it is known better."""

    def confirming(self) -> None:
        """Say that the last byte is out and the server has not answered."""

    def waiting(self, seconds: float, problem: Problem) -> None:
        """Say that there is a pause before another attempt, and what the last one died of."""

    def trying(self) -> None:
        """Say that an attempt begins, after `waiting`."""

    def saved(self, path: Path) -> None:
        """Say where a download is."""

    def known_as(self, file_id: str) -> None:
        """Say which file the server made of an upload."""
