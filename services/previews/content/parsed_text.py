"""Where the text of a file can come from whose content the server refuses to give."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from services.problems.content_errors import endless_content
from services.problems.disk_errors import error_writing
from services.system.cancellation import CancelToken

MAX_BYTES = 256 * 1024 * 1024
"""More text of one file isn't read."""


class ParsedText(Protocol):
    """Text that a server parsed out of files, such as for a vector store.

    It is asked only if the content is neither on this computer nor given by the server.
    """

    def find(self, file_id: str, token: CancelToken) -> Iterator[bytes] | None:
        """The text of a file in UTF-8, piece by piece; None if there is none.

        Called on a worker thread. This and each piece may raise FilesError, or Cancelled.
        """
        ...


def store_text(pieces: Iterator[bytes], path: Path, token: CancelToken) -> None:
    """Write a text to a file. Raise FilesError if it is endless or the disk is full, or Cancelled."""
    read = 0
    try:
        with path.open("wb") as file:
            for piece in pieces:
                token.check()
                read += len(piece)
                if read > MAX_BYTES:
                    raise endless_content()
                file.write(piece)
    except OSError as error:
        raise error_writing(error, path) from error


class LateParsedText:
    """Gets what finds the text only when it is first asked."""

    def __init__(self, get: Callable[[], ParsedText]) -> None:
        self._get = get

    def find(self, file_id: str, token: CancelToken) -> Iterator[bytes] | None:
        """See `ParsedText`."""
        return self._get().find(file_id, token)
