"""Where the text of a file can come from whose content the server refuses to give."""

from collections.abc import Iterator
from typing import Protocol

from services.system.cancellation import CancelToken


class ParsedText(Protocol):
    """Text that a server parsed out of files, such as for a vector store.

    It is asked only if the content is neither on this computer nor given by the server.
    """

    def find(self, file_id: str, token: CancelToken) -> Iterator[bytes] | None:
        """The text of a file in UTF-8, piece by piece; None if there is none.

        Called on a worker thread. This and each piece may raise FilesError, or Cancelled.
        """
        ...


class NoParsedText:
    """Has no text of any file."""

    def find(self, _file_id: str, _token: CancelToken) -> Iterator[bytes] | None:
        """None."""
        return None
