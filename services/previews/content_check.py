"""Checks an open content for the purpose of its file, as before an upload."""

from services.checks.events import CheckedFile
from services.disk.local_file import LocalFile
from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.providers.limits import Limits
from services.system.cancellation import CancelToken

_PURPOSES = frozenset({"batch", "fine-tune", "evals"})
_NAME = "content.jsonl"
"""The server has accepted the real name, so that isn't checked."""
_PAUSE_AFTER_PIECE = 0.0005
"""In seconds, so that the window needn't wait for the GIL."""


def is_checked(kind: ContentKind, purpose: str | None) -> bool:
    """Whether there is a check for such content of a file with this purpose."""
    return kind.has_json_lines and purpose in _PURPOSES


def check_content(
    content: OpenContent, purpose: str, limits: Limits, token: CancelToken
) -> CheckedFile:
    """Check a content that is all there. This can take seconds.

    Raise Cancelled, or OSError if the content is gone.
    """
    from services.checks.checking import checked_file

    found = content.path.stat()
    file = LocalFile(content.path, _NAME, found.st_size, found.st_mtime_ns, purpose)
    return checked_file(
        file, purpose, limits, token, lambda _checked: token.wait(_PAUSE_AFTER_PIECE)
    )
