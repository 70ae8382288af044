"""Creates values for tests, with sensible defaults: pass only what the test is about."""

from itertools import count
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account, AccountKind
from services.providers.network import Network
from services.transfers.transfer import ChangePhase, Transfer, TransferKind, TransferState

CREATED_AT = 1_700_000_000
"""The default creation time of files, in seconds since 1970."""

_numbers = count(1)


def remote_file(
    name: str | None = "requests.jsonl",
    *,
    id: str | None = None,  # noqa: A002 - the name in the API
    purpose: str | None = "batch",
    size: int | None = 1_200,
    created_at: int | None = CREATED_AT,
    expires_at: int | None = None,
    status: str | None = "processed",
    status_details: str | None = None,
) -> RemoteFile:
    """A file on the server; by default, each has a new ID."""
    return RemoteFile(
        id=f"file-{next(_numbers):06d}" if id is None else id,
        filename=name,
        purpose=purpose,
        size=size,
        created_at=created_at,
        expires_at=expires_at,
        status=status,
        status_details=status_details,
    )


def account(
    name: str = "Acme · Research",
    *,
    id: str = "acme",  # noqa: A002 - the name of the field
    provider_id: str = "other",
    base_url: str = "http://127.0.0.1:9/v1",
    organization: str = "",
    project: str = "",
    kind: AccountKind = AccountKind.STORED,
    color: str = "",
    production: bool = False,
    network: Network | None = None,
) -> Account:
    """An account; nothing listens at its default base URL."""
    return Account(
        id,
        name,
        provider_id,
        base_url,
        organization,
        project,
        kind,
        color=color,
        production=production,
        network=network,
    )


def transfer(
    kind: TransferKind = TransferKind.UPLOAD,
    state: TransferState = TransferState.RUNNING,
    *,
    id: int | None = None,  # noqa: A002 - the name of the field
    account_id: str = "acme",
    name: str = "requests.jsonl",
    total: int | None = 1_000_000,
    done: int = 0,
    purpose: str = "batch",
    expires_after: int | None = None,
    path: Path | None = None,
    file_id: str = "",
    speed: float | None = None,
    seconds_left: float | None = None,
    wait_seconds: float | None = None,
    problem: Problem | None = None,
    warning: Problem | None = None,
    candidates: tuple[str, ...] = (),
    batch: int = 0,
    place: float = 0.0,
    keeps_part: bool = False,
    starts_over: bool = False,
    phase: ChangePhase | None = None,
    replaces: str = "",
) -> Transfer:
    """A snapshot of a transfer; by default, each has a new ID."""
    return Transfer(
        id=next(_numbers) if id is None else id,
        kind=kind,
        account_id=account_id,
        name=name,
        state=state,
        total=total,
        done=done,
        purpose=purpose,
        expires_after=expires_after,
        path=path,
        file_id=file_id,
        speed=speed,
        seconds_left=seconds_left,
        wait_seconds=wait_seconds,
        problem=problem,
        warning=warning,
        candidates=candidates,
        batch=batch,
        place=place,
        keeps_part=keeps_part,
        starts_over=starts_over,
        phase=phase,
        replaces=replaces,
    )


def local_file(
    path: Path | None = None,
    *,
    name: str | None = None,
    size: int | None = None,
    modified_ns: int | None = None,
    suggested_purpose: str = "batch",
    problem: Problem | None = None,
) -> LocalFile:
    """A local file; size and modification time come from the disk if it exists."""
    where = Path("/home/somebody/requests.jsonl") if path is None else path
    found = where.stat() if where.is_file() else None
    return LocalFile(
        path=where,
        name=where.name if name is None else name,
        size=(found.st_size if found else 1_200) if size is None else size,
        modified_ns=(found.st_mtime_ns if found else 0) if modified_ns is None else modified_ns,
        suggested_purpose=suggested_purpose,
        problem=problem,
    )


def upload_request(
    file: LocalFile | Path | None = None,
    *,
    purpose: str = "batch",
    expires_after: int | None = None,
) -> UploadRequest:
    """A local file and how to upload it."""
    local = file if isinstance(file, LocalFile) else local_file(file)
    return UploadRequest(local, purpose, expires_after)


def problem(
    title: str = "Server error",
    *,
    kind: ProblemKind = ProblemKind.SERVER_FAILED,
    advice: str = "Try again in a minute.",
    detail: str = "",
    status: int | None = None,
    request_id: str | None = None,
) -> Problem:
    """A problem."""
    return Problem(kind, title, advice, detail, status, request_id)
