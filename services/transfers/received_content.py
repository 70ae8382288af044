"""Whether a file's content arrived whole, and how it differs from what was expected.

The size in a file list can be wrong: some servers say 0, count characters, or keep another form
of the file than they list. So the content itself decides:

- Where the answer says how long it is (`Content-Length`, `Content-Range`), so much must come.
- Where it comes in chunks, or packed with the length of the packed body, its end is told.
- Where only the end of the connection ends it, a cut looks the same. Then it is whole when it is
  as long as the list says; shorter, it is fetched again; longer, or where the list says nothing,
  it is kept with a warning that it may not be whole.

Content that came whole is kept, and a size or hash that differs is a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.api.content import RANGE_NOT_SATISFIABLE, Content
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.sizes import size_in_words

MAX_BEYOND_LISTED = 16 * 1024 * 1024
"""Bytes that may come beyond the listed size, where the answer tells no length."""
MAX_OF_UNKNOWN_SIZE = 16 * 1024**3
"""Bytes that may come where nothing tells a size: twice the largest file of the API."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a file, and what was known of it before."""

    size: int
    listed: int | None
    """The size in the file list."""
    sha256: str | None = None
    known_sha256: str | None = None
    """Of what was uploaded, if it is in the upload history."""
    end_unknown: bool = False
    """Whether part of it may still be missing."""

    @property
    def warning(self) -> Problem | None:
        """How it differs from what was expected; None when it does not."""
        another = self.known_sha256 is not None and self.sha256 != self.known_sha256
        another_size = self.listed is not None and self.size != self.listed
        details = []
        if another:
            details.append(f"SHA-256 {self.sha256}, {self.known_sha256} was uploaded")
        if another_size:
            details.append(f"{self.size} bytes received, {self.listed} bytes in the file list")
        if self.end_unknown:
            details.append("no Content-Length, not chunked")
        detail = "\n".join(details)
        if another:
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
        if another_size and self.listed is not None:
            return _differs(
                _("The size differs from the file list"),
                _("The server lists {listed} but sent {received}, which is the whole file.").format(
                    listed=size_in_words(self.listed), received=size_in_words(self.size)
                ),
                detail,
            )
        return None


def checked_pieces(content: Content, listed: int | None) -> Iterator[bytes]:
    """The pieces of a content. Raise FilesError when too few come, or more and more."""
    received = content.start
    most = _most(content, listed)
    for piece in content.pieces:
        received += len(piece)
        if received > most:
            raise _too_much(content, most)
        yield piece
    whole = content.whole
    if whole is None and not content.end_is_marked:
        whole = listed
    if whole is not None and received < whole:
        raise _incomplete(received, whole)


def may_be_truncated(content: Content, received: int, listed: int | None) -> bool:
    """Whether what `checked_pieces` gave may be cut off, for all that is known."""
    return content.whole is None and not content.end_is_marked and received != listed


def _most(content: Content, listed: int | None) -> int:
    if content.whole is not None:
        return content.whole
    # Some servers list 0 for what they don't know.
    return listed + MAX_BEYOND_LISTED if listed else MAX_OF_UNKNOWN_SIZE


def _incomplete(received: int, whole: int) -> FilesError:
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("Only part of the file arrived"),
            _("{here} of {all} arrived. Nothing was saved. Try again.").format(
                here=size_in_words(received), all=size_in_words(whole)
            ),
            f"{received} bytes received, {whole} expected",
        )
    )


def _too_much(content: Content, most: int) -> FilesError:
    """Not worth another attempt, unless the part from an earlier attempt may be to blame."""
    return FilesError(
        Problem(
            ProblemKind.INCOMPLETE,
            _("The server sent more data than expected"),
            _("The download was stopped after {size}. Nothing was saved.").format(
                size=size_in_words(most)
            ),
            f"more than {most} bytes received",
            status=RANGE_NOT_SATISFIABLE if content.start else None,
        ),
        should_retry=bool(content.start),
    )


def _differs(title: str, advice: str, detail: str) -> Problem:
    return Problem(ProblemKind.DIFFERS, title, advice, detail)
