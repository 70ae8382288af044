"""A scenario as a value: how the server behaves, and what happens, in order."""

from dataclasses import dataclass

from tests.promise.behaviors import ContentBehavior, DeleteBehavior, ServerTraits, UploadBehavior


@dataclass(frozen=True)
class LocalSpec:
    """A file on the client's disk."""

    name: str
    content: int
    """The number of its content among those of that size."""
    size: int
    purpose: str
    behaviors: tuple[UploadBehavior, ...] = ()
    """What happens each time it arrives completely; after that, all goes well."""


@dataclass(frozen=True)
class RemoteSpec:
    """A file that is on the server from the start, for downloads."""

    name: str
    size: int
    listed_size: str = "true"
    """The size in listings: "true", "none", "zero", "huge" or "one more"."""


@dataclass(frozen=True)
class Upload:
    """Upload some files at once; `files` are indexes of `Scenario.local`."""

    files: tuple[int, ...]


@dataclass(frozen=True)
class Download:
    """Download some files at once; `files` are indexes of `Scenario.remote`."""

    files: tuple[int, ...]
    when_taken: str = "keep both"


@dataclass(frozen=True)
class Delete:
    """Delete the file with the index `pick` on the server."""

    pick: int


@dataclass(frozen=True)
class Wait:
    """Advance the clock."""

    seconds: int


@dataclass(frozen=True)
class Release:
    """Release a held request, or cut its connection."""

    pick: int
    cut: bool = False


@dataclass(frozen=True)
class Kill:
    """Kill the program and start it again after some seconds."""

    after: int = 0


@dataclass(frozen=True)
class Quit:
    """Quit the program and start it again after some seconds."""

    after: int = 0


@dataclass(frozen=True)
class Command:
    """The user does something with a transfer; skipped if no transfer allows it."""

    name: str
    """"pause", "resume", "cancel", "retry", "send again", "choose" or "clear"."""
    pick: int


@dataclass(frozen=True)
class OtherUploads:
    """Another client uploads a file of the same size and purpose as one of ours."""

    like: int
    same_name: bool = True
    same_content: bool = False
    late: int = 0


@dataclass(frozen=True)
class OtherDeletes:
    """Another client deletes a file."""

    pick: int


@dataclass(frozen=True)
class LocalChange:
    """A file on the client's disk gets new content of the same size."""

    file: int


Step = (
    Upload
    | Download
    | Delete
    | Wait
    | Release
    | Kill
    | Quit
    | Command
    | OtherUploads
    | OtherDeletes
    | LocalChange
)


@dataclass(frozen=True)
class Scenario:
    """Everything that a driver needs."""

    traits: ServerTraits
    local: tuple[LocalSpec, ...]
    remote: tuple[RemoteSpec, ...]
    delete_behaviors: tuple[DeleteBehavior, ...]
    content_behaviors: tuple[ContentBehavior, ...]
    """How downloads are answered."""
    steps: tuple[Step, ...]
    proof_behaviors: tuple[ContentBehavior, ...] = ()
    """How downloads of uploaded files, for verification, are answered."""
    client_ahead: int = 0
    """How far the client's clock is ahead of the true time, in seconds."""
    at_once: int = 4
    """The number of transfers of each kind that run at once."""
    keeps_history: bool = True
    resumes: bool = True
    """Whether the user resumes everything at the end."""
