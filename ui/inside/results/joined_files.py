"""Which files belong to the results of a batch. No Qt."""

import heapq
from collections.abc import Iterable, Sequence
from pathlib import PurePath

import msgspec

from services.api.remote_file import RemoteFile
from services.previews.batches.retry_lines import JoinedBatch
from services.previews.join_source import JoinSource
from services.previews.joined_lines import JoinedLines
from services.providers.purposes import official_name
from ui.wording import one_line

_MOST_OFFERED = 200
_SLACK_SECONDS = 60
"""An input may seem to be this much younger than its results."""


class JoinedFiles(msgspec.Struct, frozen=True):
    """Results that were joined to their requests."""

    file: RemoteFile
    """The results that someone looks into."""
    requests: JoinSource
    other: RemoteFile | None
    """More results of the same batch."""
    error_ids: frozenset[str]
    """The IDs of those of both that have the errors."""
    joined: JoinedBatch
    lines: JoinedLines | None = None
    """The lines of both, if they could be put together."""
    is_second: bool = False
    """Whether `file` has the last of these lines."""

    def seen_from(self, file_id: str) -> "JoinedFiles | None":
        """The same for someone who looks into another file; None if it has none of the results."""
        if file_id == self.file.id:
            return self
        if self.other is None or file_id != self.other.id:
            return None
        return msgspec.structs.replace(
            self, file=self.other, other=self.file, is_second=not self.is_second
        )

    @property
    def requests_name(self) -> str:
        """The name of the file with the requests, on one line and without its extension."""
        return one_line(PurePath(self.requests.name).stem)


def likely_inputs(files: Iterable[RemoteFile], results: RemoteFile) -> list[RemoteFile]:
    """The files that may have the requests, the likeliest first.

    An input is uploaded before its results are created, mostly shortly before. Others come last.
    """
    created = results.created_at

    def rank(file: RemoteFile) -> tuple[bool, int]:
        if created is None or file.created_at is None:
            return True, 0
        age = created - file.created_at
        return age < -_SLACK_SECONDS, abs(age)

    inputs = (
        file for file in files if official_name(file.purpose) == "batch" and file.id != results.id
    )
    return heapq.nsmallest(_MOST_OFFERED, inputs, key=rank)


def likely_others(files: Iterable[RemoteFile], results: RemoteFile) -> list[RemoteFile]:
    """The files that may have more results of the same batch, the nearest in time first."""
    created = results.created_at or 0
    others = (file for file in files if file.purpose == results.purpose and file.id != results.id)
    return heapq.nsmallest(
        _MOST_OFFERED, others, key=lambda file: abs((file.created_at or 0) - created)
    )


def counterpart(others: Sequence[RemoteFile], results: RemoteFile) -> RemoteFile | None:
    """The error file of an output file, or the other way round, as far as the names tell."""
    wanted = {
        results.name.replace(one, two)
        for one, two in (("output", "error"), ("output", "errors"), ("error", "output"))
    }
    wanted.add(results.name.replace("errors", "output"))
    wanted.discard(results.name)
    return next((file for file in others if file.name in wanted), None)


def named_as_errors(*files: RemoteFile) -> frozenset[str]:
    """The IDs of those that have the errors of a batch, as far as their names tell."""
    return frozenset(file.id for file in files if "error" in file.name.lower())
