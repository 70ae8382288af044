"""Every error is made here, once, with a title, advice and the technical detail.

A `Problem` is the frozen value that events carry and the window shows; a `FilesError` is the
exception that takes it through the service layer. The kinds say what the program does about it.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from services.system.language import _

_FIRST_OF_REFUSALS = 300


class ProblemKind(StrEnum):
    """What sort of trouble it is, as far as the program acts on it."""

    KEY_MISSING = auto()
    KEY_REFUSED = auto()
    NOT_PERMITTED = auto()
    NOT_FOUND = auto()
    CONTENT_REFUSED = auto()
    REQUEST_REFUSED = auto()
    TOO_LARGE = auto()
    STORAGE_FULL = auto()
    BUSY = auto()
    RATE_LIMITED = auto()
    QUOTA_USED_UP = auto()
    SERVER_FAILED = auto()
    NOT_A_FILES_API = auto()
    BAD_ADDRESS = auto()
    UNREACHABLE = auto()
    CONNECTION_LOST = auto()
    PROXY_UNUSABLE = auto()
    TLS_FAILED = auto()
    TIMED_OUT = auto()
    ANSWER_LOST = auto()
    INTERRUPTED = auto()
    INCOMPLETE = auto()
    DIFFERS = auto()
    """Done, but not as it was asked for or told."""
    FILE_CHANGED = auto()
    FILE_MISSING = auto()
    FILE_UNREADABLE = auto()
    FOLDER_MISSING = auto()
    """The folder to save into is gone; a disk may have been unplugged."""
    FOLDER_UNWRITABLE = auto()
    NAME_TAKEN = auto()
    DISK_FULL = auto()
    DISK_FAILED = auto()
    KEYRING_FAILED = auto()
    SANDBOX_FAILED = auto()
    UNEXPECTED = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to be shown."""

    kind: ProblemKind
    title: str
    """One short sentence without a full stop: “The key was rejected”."""
    advice: str
    """One or two sentences on what to do next."""
    detail: str = ""
    """What the server or the system said, for a report; never holds the key."""
    status: int | None = None
    """The HTTP status, where there was one."""
    request_id: str | None = None
    """The server's own name for the request (`x-request-id`)."""

    @property
    def said(self) -> str:
        """The server's own sentence on why it refused; empty where it gave none, or was not asked.

        Worth more than ours, so it is shown wherever the problem is.
        """
        refused = self.status is not None and self.status >= _FIRST_OF_REFUSALS
        return self.detail if refused or self.kind is ProblemKind.REQUEST_REFUSED else ""

    @property
    def report(self) -> str:
        """Everything, as text to copy."""
        lines = [self.title, self.advice]
        if self.status is not None:
            lines.append(f"HTTP {self.status}")
        if self.request_id:
            lines.append(_("Request ID: {id}").format(id=self.request_id))
        if self.detail:
            lines.append(self.detail)
        return "\n".join(lines)


def unexpected(error: BaseException) -> Problem:
    """The problem for a bug in the program itself; the log has the rest."""
    return Problem(
        ProblemKind.UNEXPECTED,
        _("Unexpected error"),
        _("Try again. If it keeps happening, report it with the details from the log."),
        type(error).__name__,
    )


class FilesError(Exception):
    """Something could not be done; `problem` says what and why."""

    def __init__(
        self,
        problem: Problem,
        *,
        body_sent: bool = True,
        retry_after: float | None = None,
        should_retry: bool | None = None,
        param: str = "",
    ) -> None:
        """Keep the problem and what a decision to try again needs.

        `body_sent` is False when the server surely can't have the whole request; `retry_after`
        is the pause in seconds and `should_retry` the word that the answer's headers gave;
        `param` is the part of the request that the answer objects to, where it names one.
        """
        super().__init__()
        self.problem = problem
        self.body_sent = body_sent
        self.retry_after = retry_after
        self.should_retry = should_retry
        self.param = param

    def __str__(self) -> str:
        return f"{self.problem.title}: {self.problem.detail or self.problem.advice}"
