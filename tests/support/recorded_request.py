"""A request as recorded by a `ScriptedFilesServer`."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.multipart_reader import MultipartReader

BASE_PATH = "/v1"


@dataclass
class RecordedRequest:
    """A request as far as it was received; updated while its body is read."""

    method: str
    path: str
    """Without the version: `/files/file-1/content`."""
    query: dict[str, str]
    headers: dict[str, str]
    """By lowercase name."""
    connection: int
    """The number of its connection, starting with 1."""
    body_size: int = 0
    """The number of body bytes read."""
    complete: bool = False
    """Whether the whole body was read."""
    multipart: MultipartReader | None = field(default=None, repr=False)
    json_body: bytes = b""
    """The body received so far, if it is JSON."""

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object in the body; empty if there is none."""
        decoded = json.loads(self.json_body) if self.json_body else {}
        assert isinstance(decoded, dict)
        return decoded

    @property
    def fields(self) -> dict[str, str]:
        """The fields of an upload, without the file."""
        return self.multipart.fields if self.multipart else {}

    @property
    def filename(self) -> str | None:
        """The filename of an upload."""
        return self.multipart.filename if self.multipart else None

    @property
    def file_size(self) -> int:
        """The size of an uploaded file in bytes."""
        return self.multipart.file_size if self.multipart else 0

    @property
    def file_sha256(self) -> str | None:
        """The SHA-256 of an uploaded file, in hex."""
        return self.multipart.sha256 if self.multipart else None
