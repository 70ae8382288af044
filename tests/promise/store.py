"""What a model server truly has, and ever had: the only witness of the judge."""

from dataclasses import dataclass, field


@dataclass
class Kept:
    """One file."""

    id: str
    name: str
    purpose: str
    content: bytes
    kept_at: float
    """The true time."""
    created_at: int
    """By the server's clock."""
    ours: bool
    """Whether it came of a request of the client."""
    listed_from: float
    told_size: int | None = None
    """What the server says of its size."""
    damaged: bool = False
    """Whether it is less than what was uploaded."""
    cut_short: bool = False
    """Whether its content was once given as if it were shorter."""
    gone: bool = False
    deleted_by_us: bool = False
    versions: list[bytes] = field(default_factory=list)
    """All contents that it ever had, the last one too."""

    def change(self, content: bytes) -> None:
        """Replace the content."""
        self.content = content
        self.versions.append(content)


class Store:
    """Files by id, in the order in which they were kept. The server's lock must be held."""

    def __init__(self) -> None:
        self.files: dict[str, Kept] = {}

    def keep(
        self,
        name: str,
        purpose: str,
        content: bytes,
        *,
        now: float,
        created_at: int,
        ours: bool,
        listed_after: float = 0,
    ) -> Kept:
        """Have one more."""
        made = Kept(
            id=f"file-{len(self.files) + 1:04d}",
            name=name,
            purpose=purpose,
            content=content,
            kept_at=now,
            created_at=created_at,
            ours=ours,
            listed_from=now + listed_after,
            told_size=len(content),
            versions=[content],
        )
        self.files[made.id] = made
        return made

    def find(self, file_id: str) -> Kept | None:
        """One that is there."""
        file = self.files.get(file_id)
        return None if file is None or file.gone else file

    def listed(self, now: float) -> list[Kept]:
        """Those that listings have, the oldest first."""
        return [file for file in self.files.values() if not file.gone and file.listed_from <= now]
