"""A course of events, as a value: what the server is like, and what happens, in order."""

from dataclasses import dataclass

from tests.promise.fates import ContentFate, DeleteFate, ServerWill, UploadFate


@dataclass(frozen=True)
class LocalSpec:
    """A file on the client's disk. Contents of one `kind` are all of the same size."""

    name: str
    content: int
    """Which content of that size."""
    size: int
    purpose: str
    fates: tuple[UploadFate, ...] = ()
    """What becomes of it each time that it comes whole; then all goes well."""


@dataclass(frozen=True)
class RemoteSpec:
    """A file that the server has from the start, to be downloaded."""

    name: str
    size: int
    told_size: str = "true"
    """"true", or what the listing says instead: "none", "zero", "huge", "one more"."""


@dataclass(frozen=True)
class Upload:
    """Some files are uploaded at once; numbers of `Course.local`."""

    files: tuple[int, ...]


@dataclass(frozen=True)
class Download:
    """Some files are downloaded at once; numbers of `Course.remote`."""

    files: tuple[int, ...]
    when_taken: str = "keep both"


@dataclass(frozen=True)
class Delete:
    """A file that the server has is deleted; `pick` of all that there are."""

    pick: int


@dataclass(frozen=True)
class Pass:
    """Time passes."""

    seconds: int


@dataclass(frozen=True)
class Answer:
    """A request that is held is answered, or its connection ends."""

    pick: int
    cut: bool = False


@dataclass(frozen=True)
class Kill:
    """The program is killed, and started again after some seconds."""

    after: int = 0


@dataclass(frozen=True)
class Quit:
    """The program is quit, and started again after some seconds."""

    after: int = 0


@dataclass(frozen=True)
class Command:
    """The person does something with a transfer; what does not fit it is passed over."""

    name: str
    """"pause", "resume", "cancel", "retry", "send again", "choose" or "forget"."""
    pick: int


@dataclass(frozen=True)
class OtherUploads:
    """Another client uploads a file of the size and purpose of one of ours."""

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
    """A file on the client's disk becomes another one of the same size."""

    file: int


Step = (
    Upload
    | Download
    | Delete
    | Pass
    | Answer
    | Kill
    | Quit
    | Command
    | OtherUploads
    | OtherDeletes
    | LocalChange
)


@dataclass(frozen=True)
class Course:
    """All that a driver needs."""

    will: ServerWill
    local: tuple[LocalSpec, ...]
    remote: tuple[RemoteSpec, ...]
    delete_fates: tuple[DeleteFate, ...]
    content_fates: tuple[ContentFate, ...]
    """How downloads are given."""
    steps: tuple[Step, ...]
    proof_fates: tuple[ContentFate, ...] = ()
    """How uploads are given back to whoever wants to see whether it is the right one."""
    client_ahead: int = 0
    """Seconds that the client's clock is ahead of the true time."""
    at_once: int = 4
    """How many transfers of a kind run at once."""
    keeps_history: bool = True
    resumes: bool = True
    """Whether the person lets all that waits go on in the end."""
