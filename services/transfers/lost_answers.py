"""Decides whether a file on the server is an upload whose answer was lost.

Servers change names, and clocks differ. So size, purpose and what is new since the attempt
decide; the name only ranks. Where the server gives contents back, they prove it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from services.api.file_page import FilePage
from services.api.remote_file import RemoteFile
from services.disk.local_file import UploadRequest
from services.problems.errors import Problem, ProblemKind
from services.system.language import _
from services.system.name_matching import composed

CLOCK_SKEW = 120
"""Seconds by which the clocks of one server's own computers may differ."""
SETTLED_AFTER = 600.0
"""Seconds after the last byte of an upload in which the server may still be putting it away: as
long as the program waits for its answer."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
LONGEST_PAUSE_LATER = 600.0
"""Seconds between two lookups for an upload: within that time at most, and after it."""
MAX_CANDIDATES = 20
"""Files that a person is asked to choose from."""


class SeenBefore(msgspec.Struct, frozen=True):
    """What a listing showed before the last byte of an upload: none of that can be its file."""

    ids: tuple[str, ...] = ()
    """The files listed that could have been taken for it."""
    since: int | None = None
    """Nothing older than this, by the server's clock, is new: what was listed reached back to it.
    None where that is not known: then every file that was not listed may be new."""
    newest: int | None = None
    """A file as new as this one, and not listed then, is surely new; any that was not listed where
    this is None, as the server listed all it had."""


class SentUpload(Protocol):
    """By what the file of an upload is found."""

    @property
    def request(self) -> UploadRequest:
        """What was sent."""

    @property
    def seen_before(self) -> SeenBefore | None:
        """None where the server did not list before the attempt: then no file is surely new."""

    @property
    def sha256(self) -> str:
        """Of its content, in hexadecimal; empty while it is not known."""


class AnswerLost(Exception):
    """The body of an upload went out, no answer came, and whether the server has it is not known."""

    def __init__(
        self, problem: Problem, candidates: tuple[str, ...] | None = (), *, look_again: bool = True
    ) -> None:
        """`candidates` are the ids of files that may be it, for the person to choose from.

        None says that the server could not be asked, so those known stay. `look_again` says
        whether another look may tell more.
        """
        super().__init__(problem.title)
        self.problem = problem
        self.candidates = candidates
        self.look_again = look_again


class NotOnServer(Exception):
    """The server surely has nothing of an upload whose answer was lost."""


@dataclass(frozen=True, slots=True)
class OtherUploads:
    """The other uploads of an account, as far as they may have the file that is looked for."""

    owned: frozenset[str] = frozenset()
    """The ids of files that they made."""
    confirming: tuple[SentUpload, ...] = ()
    """Those of the same size and purpose whose last byte is out and whose answer may still come."""
    lost: tuple[SentUpload, ...] = ()
    """Those of the same size and purpose whose answers were lost too."""
    elsewhere: bool = False
    """Whether another program may have such uploads, of which nothing is known here."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A file that may be the upload."""

    file: RemoteFile
    same_name: bool
    surely_new: bool
    """Nothing that the server told of it leaves open whether it came with the attempt."""


def seen_before(page: FilePage | None, request: UploadRequest) -> SeenBefore | None:
    """What is worth keeping of the newest files, listed before an attempt."""
    if page is None:
        return None
    ids = tuple(file.id for file in page.files if _is_alike(file, request))
    if page.has_more is False:
        return SeenBefore(ids)
    moments = _newest_first(page.files)
    if moments:
        return SeenBefore(ids, moments[-1], moments[0])
    if page.server_time is None:
        return None
    # What gives files their dates may have another clock, or none: it makes no file too old.
    return SeenBefore(ids, newest=int(page.server_time))


def oldest_of(files: Sequence[RemoteFile]) -> int | None:
    """When the last of a page was created; None unless the newest come first on it."""
    moments = _newest_first(files)
    return moments[-1] if moments else None


def reaches_back(oldest: int | None, seen: SeenBefore | None) -> bool:
    """Whether no page after one that ends so can hold a file that came with the attempt."""
    if oldest is None or seen is None or seen.since is None:
        return False
    return oldest < seen.since - CLOCK_SKEW


def fits(files: Iterable[RemoteFile], request: UploadRequest, seen: SeenBefore | None) -> list[Fit]:
    """Those of equal size and purpose that were not there before; those of equal name first.

    What the server does not tell counts as equal, but makes it less than sure.
    """
    fitting = []
    name = composed(request.file.name)
    for file in files:
        if not _is_alike(file, request) or (seen is not None and file.id in seen.ids):
            continue
        created = file.created_at
        since = None if seen is None else seen.since
        if since is not None and created is not None and created < since - CLOCK_SKEW:
            continue
        told = None not in (file.size, file.purpose)
        is_new = seen is not None and (
            seen.newest is None or (created is not None and created >= seen.newest)
        )
        fitting.append(Fit(file, composed(file.filename or "") == name, told and is_new))
    return sorted(fitting, key=lambda fit: (not fit.same_name, not fit.surely_new))


def choose(
    fitting: Sequence[Fit],
    is_equal: Mapping[str, bool],
    others: OtherUploads,
    sha256: str,
) -> Fit | None:
    """The file that surely is the upload, as far as that can be told; None when nothing fits.

    `is_equal` says of files whether their content is that of the upload, where that is known.
    Raises AnswerLost when something fits and yet none may be taken.
    """
    free = [
        fit
        for fit in fitting
        if fit.file.id not in others.owned and is_equal.get(fit.file.id) is not False
    ]
    if not free:
        return None
    proved = [fit for fit in free if is_equal.get(fit.file.id)]
    if proved:
        # Each that is still to be answered may be about to get one of these very files.
        about_to = [one for one in others.confirming if one.sha256 in {"", sha256} or not sha256]
        if len(proved) > len(about_to):
            return min(proved, key=lambda fit: _wanted_by(fit.file, others))
        raise AnswerLost(answer_lost(None))
    alone = len(free) == 1 and not (others.confirming or others.lost or others.elsewhere)
    if alone and free[0].same_name and free[0].surely_new:
        return free[0]
    ids = tuple(fit.file.id for fit in free[:MAX_CANDIDATES])
    raise AnswerLost(needs_choice(ids), ids)


def next_lookup(lookups: int, now: float, sent_until: float) -> float:
    """When to look again after so many lookups; all in seconds since 1970."""
    pause = FIRST_PAUSE * 2.0 ** min(lookups, 20)
    settled_at = sent_until + SETTLED_AFTER
    if now >= settled_at:
        return now + min(pause, LONGEST_PAUSE_LATER)
    return min(now + min(pause, LONGEST_PAUSE), settled_at)


def is_settled(now: float, sent_until: float) -> bool:
    """Whether the server has had all the time it gets to list an upload sent by then."""
    return now >= sent_until + SETTLED_AFTER


def _wanted_by(file: RemoteFile, others: OtherUploads) -> int:
    """How many others may have made it: one that has nothing else would be sent again."""
    alike = (*others.confirming, *others.lost)
    return sum(bool(fits([file], one.request, one.seen_before)) for one in alike)


def _is_alike(file: RemoteFile, request: UploadRequest) -> bool:
    return file.size in {None, request.file.size} and file.purpose in {None, request.purpose}


def _newest_first(files: Sequence[RemoteFile]) -> list[int]:
    """When they were created; nothing unless the newest come first, whatever was asked for.

    Files that are equally old tell of no order.
    """
    moments = [file.created_at for file in files if file.created_at is not None]
    in_order = len(moments) == len(files) and moments == sorted(moments, reverse=True)
    return moments if in_order and len(set(moments)) > 1 else []


def needs_choice(ids: Collection[str]) -> Problem:
    """The problem when only the person can say which file it is."""
    if len(ids) == 1:
        title = _("The server has a file that may be this one")
        advice = _("Confirm it in this line's menu, or send it again.")
    else:
        title = _("The server has several files that may be this one")
        advice = _("Choose it in this line's menu, or send it again.")
    return Problem(ProblemKind.ANSWER_LOST, title, advice, ", ".join(ids))


def answer_lost(problem: Problem | None) -> Problem:
    """The problem while nothing is known; `problem` is what came instead of an answer."""
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Sent, but the server's answer was lost"),
        _(
            "The server may have the file but need a few minutes to list it. Filewharf sends it "
            "again only if it isn't there."
        ),
        problem.report if problem else "",
        status=problem.status if problem else None,
        request_id=problem.request_id if problem else None,
    )


def lookup_failed(problem: Problem) -> Problem:
    """The problem when the server can't be asked for the file; `problem` says why."""
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Sent, but the server's answer was lost, and the file can't be looked up"),
        _("The server may have the file. Filewharf won't send it again until that's known."),
        problem.report,
        status=problem.status,
        request_id=problem.request_id,
    )


def resent_too_often() -> Problem:
    """The problem of an upload that was sent several times and neither answered nor kept."""
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Sent several times, but the server never answered or kept it"),
        _("It won't be sent again automatically. Try again later, or ask whoever runs the server."),
    )


def already_matched(file_id: str) -> Problem:
    """The problem when the answer names a file that was matched with another upload."""
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("The server named a file that was already matched with another upload"),
        _(
            "Only one of the two is that file. Check the list to see which, and send the other again."
        ),
        file_id,
    )
