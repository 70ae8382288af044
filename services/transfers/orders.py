"""Orders: everything a transfer needs to be started, or started again."""

import secrets
from pathlib import Path

import msgspec
from msgspec import structs

from services.api.remote_file import RemoteFile
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.problems.errors import Problem
from services.transfers.transfer import Transfer, TransferKind


class SeenBefore(msgspec.Struct, frozen=True):
    """What a listing showed before the last byte of an upload: none of that can be its file."""

    ids: tuple[str, ...] = ()
    """The files listed that could have been taken for it."""
    since: int | None = None
    """Nothing older than this, by the server's clock, is new: what was listed reached back to it.
    None where that is not known: then every file that was not listed may be new."""
    newest: int | None = None
    """A file as new as this one, and not listed then, is surely new; any that was not listed where
    this is None, as the server listed all it had."""


class UploadOrder(msgspec.Struct, frozen=True, tag="upload"):
    """Send a local file."""

    request: UploadRequest
    sent_since: float | None = None
    """When an attempt began that went out whole and whose answer was lost, in seconds since 1970
    by our clock: then the server is asked for the file before it is sent again."""
    sent_until: float | None = None
    """By when its last byte was surely out: the server may list the file only minutes later."""
    seen_before: SeenBefore | None = None
    """None where the server did not list before the attempt: then no file is surely new."""
    sha256: str = ""
    """Of the content, in hexadecimal, once an attempt sent all of it; empty while it is not known.
    Kept for an upload whose answer was lost and whose file is found in a later session."""
    destination: str = ""
    """Where the account led when this was asked for; see `destination`."""
    sent_anew: int = 0
    """How often it was sent again by itself, since the server had nothing of it."""
    mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    """Tells this upload from all others, also after a restart and in another program."""


class DownloadOrder(msgspec.Struct, frozen=True, tag="download"):
    """Save a remote file into a folder."""

    file: RemoteFile
    folder: Path
    when_taken: WhenTaken
    part_mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    """Tells the part file of this download from all others, also after a restart."""
    target: Path | None = None
    """The name that the whole file was about to get: if it is there, it did get it."""
    target_size: int | None = None
    """Bytes of that whole file."""
    warning: Problem | None = None
    """In what that whole file differs from what was told of it."""
    mount: Path | None = None
    """Where the disk of the folder is attached; see `target_folder`."""
    makes_folder: bool = False
    """Whether the folder is the program's own, to be made where it is missing."""
    etag: str = ""
    """What the part that is there belongs to, when the server lets a download go on from a part;
    empty when it must begin anew."""
    destination: str = ""
    """Where the account led when this was asked for; see `destination`."""


class ZipOrder(msgspec.Struct, frozen=True, tag="zip"):
    """Save remote files into a folder as one zip archive, written as they come."""

    files: tuple[RemoteFile, ...]
    folder: Path
    name: str
    """Of the archive; safe on this computer."""
    when_taken: WhenTaken
    part_mark: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    target: Path | None = None
    target_size: int | None = None
    warning: Problem | None = None
    mount: Path | None = None
    makes_folder: bool = False
    destination: str = ""
    """Where the account led when this was asked for; see `destination`."""


class DeleteOrder(msgspec.Struct, frozen=True, tag="delete"):
    """Delete a remote file."""

    file: RemoteFile
    tried: bool = False
    """An earlier attempt may have deleted it; then it may be gone."""
    destination: str = ""
    """Where the account led when this was asked for; see `destination`."""


Order = UploadOrder | DownloadOrder | ZipOrder | DeleteOrder


def sent(order: Order, begun: float, until: float | None) -> Order:
    """The order of an upload that the server may have, begun and out at these moments.

    One that was out before stays as it is: it was not sent again since.
    """
    if not isinstance(order, UploadOrder):
        return order
    since = begun if order.sent_since is None else order.sent_since
    if order.sent_since is not None and order.sent_until is not None:
        until = order.sent_until
    return structs.replace(order, sent_since=since, sent_until=until)


def sent_by(order: Order, now: float) -> Order:
    """The order whose last byte was surely out by now: clocks are set back, and moments get lost."""
    if not isinstance(order, UploadOrder) or order.sent_since is None:
        return order
    until = now if order.sent_until is None else min(order.sent_until, now)
    return structs.replace(order, sent_until=until)


def may_be_there(order: Order) -> bool:
    """Whether the server may have the file of an upload whose answer was lost."""
    return isinstance(order, UploadOrder) and order.sent_since is not None


def not_sent(order: Order) -> Order:
    """The order of an upload that the server surely does not have."""
    if not isinstance(order, UploadOrder):
        return order
    return structs.replace(order, sent_since=None, sent_until=None, seen_before=None)


def without_target(order: Order) -> Order:
    """The order of a download that did not get the name it was about to get."""
    if isinstance(order, DownloadOrder | ZipOrder) and order.target is not None:
        return structs.replace(order, target=None, target_size=None, warning=None)
    return order


def name_being_taken(order: DownloadOrder | ZipOrder) -> Path | None:
    """The name that a download was about to get as its first owner; an older file had it if None."""
    return None if order.when_taken is WhenTaken.REPLACE else order.target


def goes_on_from_part(order: Order) -> bool:
    """Whether the next attempt resumes where the last one stopped, instead of starting over."""
    return isinstance(order, DownloadOrder) and bool(order.etag)


def new_transfer(
    transfer_id: int, account_id: str, order: Order, batch: int, place: float
) -> Transfer:
    """The first snapshot of an order, QUEUED."""
    if isinstance(order, UploadOrder):
        return Transfer(
            id=transfer_id,
            kind=TransferKind.UPLOAD,
            account_id=account_id,
            name=order.request.file.name,
            total=order.request.file.size,
            purpose=order.request.purpose,
            expires_after=order.request.expires_after,
            path=order.request.file.path,
            batch=batch,
            place=place,
        )
    if isinstance(order, ZipOrder):
        sizes = [file.size for file in order.files]
        return Transfer(
            id=transfer_id,
            kind=TransferKind.DOWNLOAD,
            account_id=account_id,
            name=order.name,
            total=None if None in sizes else sum(size or 0 for size in sizes),
            path=order.folder,
            batch=batch,
            place=place,
        )
    return Transfer(
        id=transfer_id,
        kind=TransferKind.DOWNLOAD if isinstance(order, DownloadOrder) else TransferKind.DELETE,
        account_id=account_id,
        name=order.file.name,
        total=order.file.size if isinstance(order, DownloadOrder) else None,
        purpose=order.file.purpose or "",
        path=order.folder if isinstance(order, DownloadOrder) else None,
        file_id=order.file.id,
        batch=batch,
        place=place,
    )
