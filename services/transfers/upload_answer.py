"""Checks the server's answer to an upload against what was requested."""

from services.api.remote_file import RemoteFile
from services.disk.local_file import UploadRequest
from services.problems.errors import Problem, ProblemKind
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.sizes import format_size

EXPIRY_TOLERANCE = 60
"""How far an expiry may differ from the request, in seconds: servers count from different times."""

_NOT_USABLE = frozenset({"error", "failed", "deleted", "deleting"})
"""Statuses of a file that was rejected after the upload."""


def is_whole(request: UploadRequest, file: RemoteFile) -> bool:
    """Return whether the server has as many bytes as were sent; True if it doesn't say."""
    return file.size is None or file.size == request.file.size


def difference_from_request(
    request: UploadRequest, file: RemoteFile, *, may_be_rewritten: bool = False
) -> Problem | None:
    """Return how the file on the server differs from the request; None if it doesn't.

    `may_be_rewritten` says that another size is no sign of damage.
    """
    if may_be_rewritten and not is_whole(request, file):
        return _rewritten(request, file)
    return unusable(request, file) or other_expiry(request, file)


def unusable(request: UploadRequest, file: RemoteFile) -> Problem | None:
    """Return why the file on the server can't stand for the local one; None if it can."""
    if not is_whole(request, file) and file.size is not None:
        return Problem(
            ProblemKind.DIFFERS,
            _("The server has {count} of {total}").format(
                count=format_size(file.size), total=format_size(request.file.size)
            ),
            _("It may have been damaged in transit. Delete it on the server and upload it again."),
            f"{file.size} != {request.file.size}",
        )
    if file.status in _NOT_USABLE:
        return Problem(
            ProblemKind.DIFFERS,
            _("The server has the file, but can't use it"),
            _("Delete it on the server, then upload a corrected file."),
            f"{file.status}: {file.status_details or ''}",
        )
    if file.purpose is not None and file.purpose != request.purpose:
        return Problem(
            ProblemKind.DIFFERS,
            _("The server set a different purpose: {actual} instead of {requested}").format(
                actual=file.purpose, requested=request.purpose
            ),
            _("If that isn't what you need, delete the file on the server."),
            f"{file.purpose} != {request.purpose}",
        )
    return None


def _rewritten(request: UploadRequest, file: RemoteFile) -> Problem:
    return Problem(
        ProblemKind.DIFFERS,
        _("The server changed the file: {count} instead of {total}").format(
            count=format_size(file.size), total=format_size(request.file.size)
        ),
        _("Such servers replace the models in batch files. Download it to see what was changed."),
        f"{file.size} != {request.file.size}",
    )


def other_expiry(request: UploadRequest, file: RemoteFile) -> Problem | None:
    """Return how the expiry of the file differs from the request; None if it doesn't."""
    if request.expires_after is None:
        return None
    if file.expires_at is None:
        return Problem(
            ProblemKind.DIFFERS,
            _("The server ignored the expiry: the file stays until you delete it"),
            _("Delete it when you no longer need it."),
        )
    if file.created_at is None:
        return None
    actual = file.expires_at - file.created_at
    if abs(actual - request.expires_after) <= EXPIRY_TOLERANCE:
        return None
    return Problem(
        ProblemKind.DIFFERS,
        _("The server set a different expiry: {actual} instead of {requested}").format(
            actual=_span(actual), requested=_span(request.expires_after)
        ),
        _(
            "Delete the file yourself if you need it gone sooner, or keep a copy if it expires too soon."
        ),
        f"{actual} != {request.expires_after}",
    )


def _span(seconds: int) -> str:
    hours = round(seconds / 3600)
    if hours >= 48:
        days = round(seconds / 86400)
        return ngettext("{count} day", "{count} days", days).format(count=whole(days))
    return ngettext("{count} hour", "{count} hours", hours).format(count=whole(hours))


def unverified_match() -> Problem:
    """The warning for a matched file whose content the server doesn't return."""
    return Problem(
        ProblemKind.DIFFERS,
        _("Matched by name, size and time; the content can't be verified"),
        _(
            "The answer to this upload was lost. If others upload to this account too, check that "
            "the file is yours."
        ),
    )
