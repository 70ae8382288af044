"""The types that describe an error: its title, advice and technical detail.

A `Problem` is the frozen value that events carry and the window shows; a `FilesError` is the
exception that carries it through the service layer. Its kind decides how the program reacts.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from services.system.language import _

_FIRST_ERROR_STATUS = 300


class ProblemKind(StrEnum):
    """The category of a problem, as far as the program treats it differently."""

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
    NOT_OFFERED = auto()
    """The server doesn't have this list, or this call: asking again is of no use."""
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
    """It succeeded, but the result isn't what was requested or reported."""
    FILE_CHANGED = auto()
    FILE_MISSING = auto()
    FILE_UNREADABLE = auto()
    FOLDER_MISSING = auto()
    """The destination folder is gone; a disk may have been unplugged."""
    FOLDER_UNWRITABLE = auto()
    NAME_TAKEN = auto()
    DISK_FULL = auto()
    DISK_FAILED = auto()
    KEYRING_FAILED = auto()
    SANDBOX_FAILED = auto()
    SEARCH_FAILED = auto()
    """Lines of a file couldn't be searched."""
    UNEXPECTED = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to show."""

    kind: ProblemKind
    title: str
    """One short sentence without a period: “The key was rejected”."""
    advice: str
    """One or two sentences on what to do next."""
    detail: str = ""
    """What the server or the system said, for a report; never contains the key."""
    status: int | None = None
    """The HTTP status, if there was one."""
    request_id: str | None = None
    """The server's ID for the request (`x-request-id`)."""

    @property
    def server_message(self) -> str:
        """The server's own explanation; empty if it gave none, or wasn't contacted.

        It's worth more than ours, so it's shown wherever the problem is.
        """
        refused = self.status is not None and self.status >= _FIRST_ERROR_STATUS
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
    """The problem for a bug in the program itself; the log has the traceback."""
    return Problem(
        ProblemKind.UNEXPECTED,
        _("Unexpected error"),
        _("Try again. If it keeps happening, report it with the details from the log."),
        type(error).__name__,
    )


class FilesError(Exception):
    """An operation failed; `problem` says what went wrong and why."""

    def __init__(
        self,
        problem: Problem,
        *,
        body_sent: bool = True,
        retry_after: float | None = None,
        should_retry: bool | None = None,
        param: str = "",
    ) -> None:
        """Store the problem, and what is needed to decide whether to retry.

        `body_sent` is False if the server can't have received the whole request. `retry_after`
        (seconds) and `should_retry` come from the response headers. `param` is the request
        parameter that the server objected to, if it named one.
        """
        super().__init__()
        self.problem = problem
        self.body_sent = body_sent
        self.retry_after = retry_after
        self.should_retry = should_retry
        self.param = param

    def __str__(self) -> str:
        return f"{self.problem.title}: {self.problem.detail or self.problem.advice}"
