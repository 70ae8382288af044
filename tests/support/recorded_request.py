"""What a `ScriptedFilesServer` remembers of a request."""

from dataclasses import dataclass, field

from tests.support.multipart_reader import MultipartReader

BASE_PATH = "/v1"


@dataclass
class RecordedRequest:
    """A request as far as it came; filled while its body is read."""

    method: str
    path: str
    """Behind the version: `/files/file-1/content`."""
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    connection: int
    """The number of the connection it came on, from 1."""
    body_size: int = 0
    """Bytes of the body that were read."""
    complete: bool = False
    """Whether the whole body was read."""
    multipart: MultipartReader | None = field(default=None, repr=False)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of an upload, without the file."""
        return self.multipart.fields if self.multipart else {}

    @property
    def filename(self) -> str | None:
        """Of the file of an upload."""
        return self.multipart.filename if self.multipart else None

    @property
    def file_size(self) -> int:
        """Of the file of an upload, in bytes."""
        return self.multipart.file_size if self.multipart else 0

    @property
    def file_sha256(self) -> str | None:
        """Of the file of an upload."""
        return self.multipart.sha256 if self.multipart else None
