"""What is and was really on the model server: the judge's only evidence."""

from dataclasses import dataclass, field


@dataclass
class StoredFile:
    """A file on the server."""

    id: str
    name: str
    purpose: str
    content: bytes
    stored_at: float
    """The true time when it was stored."""
    created_at: int
    """The time by the server's clock."""
    ours: bool
    """Whether the client uploaded it."""
    listed_from: float
    listed_size: int | None = None
    """The size that the server reports."""
    damaged: bool = False
    """Whether it is shorter than what was uploaded."""
    cut_short: bool = False
    """Whether a download of it was ever declared shorter than it is."""
    gone: bool = False
    deleted_by_us: bool = False
    versions: list[bytes] = field(default_factory=list)
    """All contents it ever had, including the current one."""

    def change(self, content: bytes) -> None:
        """Replace the content."""
        self.content = content
        self.versions.append(content)


class Store:
    """The files by ID, in the order they were stored. The caller holds the server's lock."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}

    def add(
        self,
        name: str,
        purpose: str,
        content: bytes,
        *,
        now: float,
        created_at: int,
        ours: bool,
        listed_after: float = 0,
    ) -> StoredFile:
        """Add a file."""
        file = StoredFile(
            id=f"file-{len(self.files) + 1:04d}",
            name=name,
            purpose=purpose,
            content=content,
            stored_at=now,
            created_at=created_at,
            ours=ours,
            listed_from=now + listed_after,
            listed_size=len(content),
            versions=[content],
        )
        self.files[file.id] = file
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """The file with this ID, unless it was deleted."""
        file = self.files.get(file_id)
        return None if file is None or file.gone else file

    def listed(self, now: float) -> list[StoredFile]:
        """The files that listings include, oldest first."""
        return [file for file in self.files.values() if not file.gone and file.listed_from <= now]
