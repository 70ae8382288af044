"""Whether a file's content arrived whole, and how it differs from what was expected.

The size in a file list can be wrong: some servers report 0, count characters, or store the file
in another form than they list. So the response itself decides:

- If it states a length (`Content-Length`, `Content-Range`), that many bytes must arrive.
- If it is chunked, or compressed with a length, its end is explicit.
- If it ends with the connection, a lost connection looks the same. Then it is complete if it has
  the listed size. If it is shorter, it is fetched again. If it is longer, or no size is listed, it
  is kept with a warning that it may be incomplete.

Complete content is kept; a different size or hash is a warning.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from services.api.content import RANGE_NOT_SATISFIABLE, Content
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.sizes import format_size

MAX_BEYOND_LISTED = 16 * 1024 * 1024
"""Bytes accepted beyond the listed size if the response states no length."""
MAX_OF_UNKNOWN_SIZE = 16 * 1024**3
"""Bytes accepted if no size is known at all: twice the largest file of the API."""


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived of a file, and what was expected."""

    size: int
    listed: int | None
    """The size in the file list."""
    sha256: str | None = None
    known_sha256: str | None = None
    """The hash of what was uploaded, if it is in the upload history."""
    end_unknown: bool = False
    """Whether the end may be missing."""

    @property
    def warning(self) -> Problem | None:
        """How it differs from what was expected; None if it doesn't."""
        hash_differs = self.known_sha256 is not None and self.sha256 != self.known_sha256
        size_differs = self.listed is not None and self.size != self.listed
        details = []
        if hash_differs:
            details.append(f"SHA-256 {self.sha256}, {self.known_sha256} was uploaded")
        if size_differs:
            details.append(f"{self.size} bytes received, {self.listed} bytes in the file list")
        if self.end_unknown:
            details.append("no Content-Length, not chunked")
        detail = "\n".join(details)
        if hash_differs:
            return _differs(
                _("The content differs from what was uploaded"),
                _(
                    "This isn't what Filewharf uploaded under this ID. Check the file before you "
                    "rely on it."
                ),
                detail,
            )
        if self.end_unknown:
            return _differs(
                _("The file may be incomplete"),
                _(
                    "The server didn't say how long the file is, so its end can't be told from a "
                    "lost connection."
                ),
                detail,
            )
        if size_differs and self.listed is not None:
            return _differs(
                _("The size differs from the file list"),
                _("The server lists {listed} but sent {received}, which is the whole file.").format(
                    listed=format_size(self.listed), received=format_size(self.size)
                ),
                detail,
            )
        return None


def checked_pieces(content: Content, listed: int | None) -> Iterator[bytes]:
    """Yield the pieces of a content. Raises FilesError if too few or too many bytes arrive."""
    received = content.start
    most = _most(content, listed)
    for piece in content.pieces:
        received += len(piece)
        if received > most:
            raise _too_much(content, most)
        yield piece
    whole = content.total
    if whole is None and not content.end_is_marked:
        whole = listed
    if whole is not None and received < whole:
        raise _incomplete(received, whole)


def may_be_truncated(content: Content, received: int, listed: int | None) -> bool:
    """Whether what `checked_pieces` yielded may be cut off."""
    return content.total is None and not content.end_is_marked and received != listed


def warning_about(
    content: Content,
    received: int,
    listed: int | None,
    digest: "hashlib._Hash | None" = None,
    known_sha256: str | None = None,
) -> Problem | None:
    """How what `checked_pieces` yielded differs from what was expected; None if it doesn't.

    `received` is its size in bytes, `digest` is that of all of it, and `known_sha256` the hash of
    what was uploaded, if it is in the upload history.
    """
    return Received(
        received,
        listed,
        sha256=digest.hexdigest() if digest is not None else None,
        known_sha256=known_sha256,
        end_unknown=may_be_truncated(content, received, listed),
    ).warning


def _most(content: Content, listed: int | None) -> int:
    if content.total is not None:
        return content.total
    # Some servers list 0 for an unknown size.
    return listed + MAX_BEYOND_LISTED if listed else MAX_OF_UNKNOWN_SIZE


def _incomplete(received: int, whole: int) -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("Only part of the file arrived"),
            _("{here} of {all} arrived. Try again.").format(
                here=format_size(received), all=format_size(whole)
            ),
            f"{received} bytes received, {whole} expected",
        )
    )


def _too_much(content: Content, most: int) -> FilesError:
    """The error for too much data; retried only if an earlier attempt's part may be the cause."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server sent more data than expected"),
            _("The download was stopped after {size}.").format(size=format_size(most)),
            f"more than {most} bytes received",
            status=RANGE_NOT_SATISFIABLE if content.start else None,
        ),
        should_retry=bool(content.start),
    )


def _differs(title: str, advice: str, detail: str) -> Problem:
    return Problem(ProblemKind.DIFFERS, title, advice, detail)
