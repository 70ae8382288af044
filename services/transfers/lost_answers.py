"""Decides whether a file on the server is an upload whose answer was lost.

Servers change names, and clocks differ. So a match needs the same size and purpose and must be
new since the attempt; the name only ranks matches. If the server returns the content, that proves
it.
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
"""How far the clocks of one server's machines may differ, in seconds."""
SETTLED_AFTER = 600.0
"""How long after the last byte of an upload the server may still be storing it, in seconds: as
long as the program waits for the answer."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
LONGEST_PAUSE_LATER = 600.0
"""Longest pause between lookups of an upload, in seconds, before and after `SETTLED_AFTER`."""
MAX_CANDIDATES = 20
"""Most files offered for the user to choose from."""


class SeenBefore(msgspec.Struct, frozen=True):
    """What a listing showed before an upload was sent: none of these can be its file."""

    ids: tuple[str, ...] = ()
    """The listed files that match its size and purpose."""
    since: int | None = None
    """How far back the listing reached, by the server's clock: older files are not new. None if
    unknown: then any file that wasn't listed may be new."""
    newest: int | None = None
    """The newest moment in the listing: an unlisted file at least this new is certainly new. None
    if the listing was complete: then any unlisted file is."""


class SentUpload(Protocol):
    """What the file of an upload is found by."""

    @property
    def request(self) -> UploadRequest:
        """What was sent."""

    @property
    def seen_before(self) -> SeenBefore | None:
        """None if there was no listing before the attempt: then no file is certainly new."""

    @property
    def sent_until(self) -> float | None:
        """A time by which its last byte had been sent; None if unknown, as during an attempt."""

    @property
    def sha256(self) -> str:
        """The hash of its content, in hexadecimal; empty while unknown."""


class AnswerLost(Exception):
    """An upload was sent, but its answer was lost, so the server may or may not have the file."""

    def __init__(
        self, problem: Problem, candidates: tuple[str, ...] | None = (), *, look_again: bool = True
    ) -> None:
        """`candidates` are the IDs of files that may be it, for the user to choose from.

        None means that the server couldn't be asked, so the known ones stay. `look_again` says
        whether another lookup may help.
        """
        super().__init__(problem.title)
        self.problem = problem
        self.candidates = candidates
        self.look_again = look_again


class FileFound(Exception):
    """A lookup has found the file of a job that has more to do; the queue carries that out."""


class NotOnServer(Exception):
    """The server doesn't have the file of an upload whose answer was lost."""


@dataclass(frozen=True, slots=True)
class OtherUploads:
    """Other uploads that may own the file being looked for."""

    owned: frozenset[str] = frozenset()
    """The IDs of files that they created."""
    confirming: tuple[SentUpload, ...] = ()
    """Uploads of the same size and purpose that are sent and still waiting for an answer."""
    lost: tuple[SentUpload, ...] = ()
    """Uploads of the same size and purpose whose answers were lost too."""
    in_other_programs: bool = False
    """Whether another program may have such uploads."""


@dataclass(frozen=True, slots=True)
class Match:
    """A file that may be the upload."""

    file: RemoteFile
    same_name: bool
    certainly_new: bool
    """Whether everything the server says about it shows that it is new since the attempt."""


def seen_before(page: FilePage | None, request: UploadRequest) -> SeenBefore | None:
    """Summarize the newest files, listed before an attempt; None if they couldn't be listed."""
    if page is None:
        return None
    ids = tuple(file.id for file in page.files if _may_match(file, request))
    if page.has_more is False:
        return SeenBefore(ids)
    times = _newest_first(page.files)
    if times:
        return SeenBefore(ids, times[-1], times[0])
    if page.server_time is None:
        return None
    # The clock of the files' dates may be off, so this rules no file out as too old.
    return SeenBefore(ids, newest=int(page.server_time))


def oldest_of(files: Sequence[RemoteFile]) -> int | None:
    """Return when the last file of a page was created; None unless sorted newest first."""
    times = _newest_first(files)
    return times[-1] if times else None


def reaches_back(oldest: int | None, seen: SeenBefore | None) -> bool:
    """Whether the pages after one that ends at `oldest` are too old to hold the upload."""
    if oldest is None or seen is None or seen.since is None:
        return False
    return oldest < seen.since - CLOCK_SKEW


def find_matches(
    files: Iterable[RemoteFile], request: UploadRequest, seen: SeenBefore | None
) -> list[Match]:
    """Return the new files of the same size and purpose, those of the same name first.

    A value that the server doesn't report counts as equal, but then the file isn't certainly new.
    """
    matches = []
    name = composed(request.file.name)
    for file in files:
        if not _may_match(file, request) or (seen is not None and file.id in seen.ids):
            continue
        created = file.created_at
        since = None if seen is None else seen.since
        if since is not None and created is not None and created < since - CLOCK_SKEW:
            continue
        is_complete = None not in (file.size, file.purpose)
        is_new = seen is not None and (
            seen.newest is None or (created is not None and created >= seen.newest)
        )
        matches.append(Match(file, composed(file.filename or "") == name, is_complete and is_new))
    return sorted(matches, key=lambda match: (not match.same_name, not match.certainly_new))


def choose(
    matches: Sequence[Match],
    is_equal: Mapping[str, bool],
    others: OtherUploads,
    sha256: str,
    *,
    settled: bool,
    sent_until: float | None,
) -> Match | None:
    """Return the file that is the upload, as far as can be told; None if there is no match.

    `is_equal` says by file ID whether the content equals the upload's, where known. `settled` says
    whether the server has had enough time to list the upload's own file; for `sent_until`, see
    SentUpload. Raises AnswerLost if there are matches but none can be chosen.
    """
    free = [
        match
        for match in matches
        if match.file.id not in others.owned and is_equal.get(match.file.id) is not False
    ]
    if not free:
        return None
    proved = [match for match in free if is_equal.get(match.file.id)]
    if proved:
        # Each upload still waiting for its answer may be about to get one of these files. And while
        # its own file may still be listed, it leaves them to those that were lost before: they
        # would be sent again before it is.
        earlier = [one for one in others.lost if not settled and _is_before(one, sent_until)]
        awaiting = [
            one
            for one in (*others.confirming, *earlier)
            if one.sha256 in {"", sha256} or not sha256
        ]
        if len(proved) <= len(awaiting):
            raise AnswerLost(answer_lost(None))
        rivals = {match.file.id: _rival_count(match.file, others) for match in free}
        best = min(proved, key=lambda match: rivals[match.file.id])
        # What couldn't be read may be its file, and the proved one that of another upload, which
        # would be sent again.
        if all(rivals[match.file.id] >= rivals[best.file.id] for match in free):
            return best
        raise _left_to_user(free)
    alone = len(free) == 1 and not (others.confirming or others.lost or others.in_other_programs)
    if alone and free[0].same_name and free[0].certainly_new:
        return free[0]
    raise _left_to_user(free)


def next_lookup(lookups: int, now: float, sent_until: float) -> float:
    """Return the time of the next lookup after so many; times are in seconds since 1970."""
    pause = FIRST_PAUSE * 2.0 ** min(lookups, 20)
    settled_at = sent_until + SETTLED_AFTER
    if now >= settled_at:
        return now + min(pause, LONGEST_PAUSE_LATER)
    return min(now + min(pause, LONGEST_PAUSE), settled_at)


def is_settled(now: float, sent_until: float) -> bool:
    """Whether the server has had enough time to list an upload sent by `sent_until`."""
    return now >= sent_until + SETTLED_AFTER


def _is_before(other: SentUpload, sent_until: float | None) -> bool:
    return other.sent_until is None or sent_until is None or other.sent_until < sent_until


def _left_to_user(matches: Sequence[Match]) -> AnswerLost:
    ids = tuple(match.file.id for match in matches[:MAX_CANDIDATES])
    return AnswerLost(needs_choice(ids), ids)


def _rival_count(file: RemoteFile, others: OtherUploads) -> int:
    """Return how many other uploads it could belong to; they might have no other match."""
    alike = (*others.confirming, *others.lost)
    return sum(bool(find_matches([file], one.request, one.seen_before)) for one in alike)


def _may_match(file: RemoteFile, request: UploadRequest) -> bool:
    return file.size in {None, request.file.size} and file.purpose in {None, request.purpose}


def _newest_first(files: Sequence[RemoteFile]) -> list[int]:
    """Return creation times; an empty list unless the files are sorted newest first.

    Servers may ignore the requested order, and files of the same age don't show any.
    """
    times = [file.created_at for file in files if file.created_at is not None]
    in_order = len(times) == len(files) and times == sorted(times, reverse=True)
    return times if in_order and len(set(times)) > 1 else []


def needs_choice(ids: Collection[str]) -> Problem:
    """The problem when only the user can tell which file it is."""
    if len(ids) == 1:
        title = _("The server has a file that may be this one")
        advice = _("Confirm it in this transfer's menu, or send it again.")
    else:
        title = _("The server has several files that may be this one")
        advice = _("Choose it in this transfer's menu, or send it again.")
    return Problem(ProblemKind.ANSWER_LOST, title, advice, ", ".join(ids))


def answer_lost(problem: Problem | None) -> Problem:
    """The problem while the outcome is unknown; `problem` is the error in place of an answer."""
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
    """The problem when the file can't be looked up; `problem` says why."""
    return Problem(
        ProblemKind.ANSWER_LOST,
        _("Sent, but the server's answer was lost, and the file can't be looked up"),
        _("The server may have the file. Filewharf won't send it again until that's known."),
        problem.report,
        status=problem.status,
        request_id=problem.request_id,
    )


def resent_too_often() -> Problem:
    """The problem of an upload that was sent repeatedly without an answer or a file."""
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
