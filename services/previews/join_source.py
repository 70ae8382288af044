"""A file to join: one with requests, or one with results."""

from pathlib import Path

import msgspec

from services.api.remote_file import RemoteFile


class JoinSource(msgspec.Struct, frozen=True):
    """A file to read: one of the account, or one that was chosen on this computer."""

    file: RemoteFile | None = None
    path: Path | None = None
    """Given if `file` isn't."""
    refusal: str = ""
    """Why the server isn't asked for the content; empty if it may be."""

    @property
    def name(self) -> str:
        """The name of the file."""
        if self.file is not None:
            return self.file.name
        return "" if self.path is None else self.path.name
