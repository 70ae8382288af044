"""Which results files can be compared, and how they are told apart. No Qt."""

from collections.abc import Container, Iterable, Sequence

import msgspec

from services.api.remote_file import RemoteFile
from services.previews.documents.step_metrics import StepMetrics
from ui.wording import created_in_words, one_line

_RESULTS = "fine-tune-results"
_MOST_OFFERED = 500


class ComparedFile(msgspec.Struct, frozen=True):
    """A results file whose curves are shown, or about to be."""

    file: RemoteFile
    metrics: StepMetrics | None = None
    """None until it is read."""
    problem: str = ""
    """Why it couldn't be read."""


def comparable(files: Iterable[RemoteFile], compared: Container[str]) -> list[RemoteFile]:
    """The results files that aren't among those with these IDs, the newest first."""
    found = [file for file in files if file.purpose == _RESULTS and file.id not in compared]
    return sorted(found, key=lambda file: file.created_at or 0, reverse=True)[:_MOST_OFFERED]


def told_apart(files: Sequence[RemoteFile], now: float) -> list[tuple[str, str]]:
    """A short name for each file that no other one has, and what else tells them apart.

    Most results files have the same name, so it may be their time, or else their ID. `now` is in
    seconds since 1970.
    """
    names = [one_line(file.name) for file in files]
    times = [created_in_words(file.created_at, now) for file in files]
    named = [f"{name} · {time}" for name, time in zip(names, times, strict=True)]
    for short, more in ((names, times), (times, names)):
        if len(set(short)) == len(files):
            return list(zip(short, more, strict=True))
    return list(zip([one_line(file.id) for file in files], named, strict=True))
