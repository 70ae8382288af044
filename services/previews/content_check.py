"""Checks an open content for the purpose of its file, as before an upload."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.checks.events import CheckedFile
from services.disk.atomic_write import write_atomically
from services.disk.local_file import LocalFile
from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError
from services.providers.limits import Limits
from services.providers.purposes import official_name
from services.system.cancellation import CancelToken

if TYPE_CHECKING:
    from services.checks.line_findings import LineFindings

_PURPOSES = frozenset({"batch", "fine-tune", "evals"})
_NAME = "content.jsonl"
"""The server has accepted the real name, so that isn't checked."""
_PAUSE_AFTER_PIECE = 0.0005
"""In seconds, so that the window needn't wait for the GIL."""
_PIECE_BYTES = 1024 * 1024


def is_checked(kind: ContentKind, purpose: str | None) -> bool:
    """Whether there is a check for such content of a file with this purpose."""
    return kind.has_json_lines and official_name(purpose) in _PURPOSES


def check_content(
    content: OpenContent, purpose: str, limits: Limits, token: CancelToken
) -> tuple[CheckedFile, "LineFindings"]:
    """Check a content that is all there, and tell which lines have findings.

    This can take seconds. Raise Cancelled, or OSError if the content is gone.
    """
    from services.checks.checking import checked_file
    from services.checks.line_findings import CollectedFindings

    started: list[CollectedFindings] = []

    def start() -> CollectedFindings:
        started[:] = [CollectedFindings()]
        return started[0]

    checked = checked_file(
        _file_of(content, purpose),
        purpose,
        limits,
        token,
        lambda _checked: token.wait(_PAUSE_AFTER_PIECE),
        start,
    )
    return checked, started[0].line_findings()


def save_findings(
    content: OpenContent,
    purpose: str,
    limits: Limits,
    to: Path,
    token: CancelToken,
    progress: Callable[[int], None],
) -> None:
    """Check a content once more, and save all findings as CSV, replacing any existing file.

    `progress` is called with the number of bytes checked so far. Raise FilesError or Cancelled.
    """
    from services.checks.checking import checked_file
    from services.checks.findings_csv import CsvFindings

    def note(checked: int) -> None:
        token.wait(_PAUSE_AFTER_PIECE)
        progress(checked)

    try:
        with tempfile.TemporaryFile() as rows:
            checked = checked_file(
                _file_of(content, purpose), purpose, limits, token, note, partial(CsvFindings, rows)
            )
            if checked.problem is not None:
                raise FilesError(checked.problem)
            rows.seek(0)
            write_atomically(to, iter(partial(rows.read, _PIECE_BYTES), b""))
    except OSError as error:
        raise error_writing(error, to) from error


def _file_of(content: OpenContent, purpose: str) -> LocalFile:
    found = content.path.stat()
    return LocalFile(content.path, _NAME, found.st_size, found.st_mtime_ns, purpose)
