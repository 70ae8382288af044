"""`filewharf get`: downloads files to a folder, an archive, or the standard output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.catalog.events import SameContentFound
from services.disk.local_names import find_existing, safe_name
from services.disk.when_taken import WhenTaken
from services.system.language import _
from services.transfers.transfer import Transfer, TransferKind, TransferState
from ui.terminal.cat import print_contents, print_zip
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.transferring import OwnTransfers


@dataclass(frozen=True, slots=True)
class Place:
    """Where to save."""

    folder: Path
    archive: str = ""
    """The name of the archive, if it was chosen."""


def place_of(text: str, *, as_zip: bool) -> Place | None:
    """The place that `--to` names; None for the standard output. Raises Failure."""
    if text == "-":
        return None
    path = Path(text).expanduser().absolute()
    if path.is_dir():
        return Place(path)
    if as_zip and path.suffix.lower() == ".zip" and path.parent.is_dir():
        if safe_name(path.name) != path.name:
            words = _("Not every system allows {name} as a name.").format(name=printable(path.name))
            raise Failure(words, ExitCode.USAGE)
        return Place(path.parent, path.name)
    words = _("{path} isn't a folder.").format(path=printable(str(path)))
    raise Failure(words, ExitCode.USAGE)


def get(
    opened: OpenedAccount,
    files: Sequence[RemoteFile],
    place: Place | None,
    when_taken: WhenTaken,
    *,
    as_zip: bool,
) -> ExitCode:
    """Download the files and print where each went; without a place, print their content.

    Files that are already there, whole, aren't downloaded again unless they are to be replaced.
    """
    if place is None:
        return (print_zip if as_zip else print_contents)(opened, files)
    transfers = OwnTransfers(opened)

    def saved(transfer: Transfer) -> None:
        path = str(transfer.path)
        value = {"id": transfer.file_id, "filename": transfer.name, "path": path}
        opened.output.result(printable(path), transfer.file_id or path, value)

    if as_zip:
        opened.session.download_as_zip(files, place.folder, when_taken, place.archive)
        code = transfers.report(min(1, len(files)), saved)
    else:
        there = {} if when_taken is WhenTaken.REPLACE else _already_there(opened, files, place)
        for file in files:
            if file.id in there:
                path = str(there[file.id])
                row = _("{path} (already there)").format(path=printable(path))
                value = {"id": file.id, "filename": file.name, "path": path, "already_there": True}
                opened.output.result(row, file.id, value)
        left = [file for file in files if file.id not in there]
        opened.session.download(left, place.folder, when_taken)
        code = transfers.report(len(left), saved)
    opened.output.end()
    return code


def _already_there(
    opened: OpenedAccount, files: Sequence[RemoteFile], place: Place
) -> Mapping[str, Path]:
    """The files that are certainly in the folder, whole, by ID, with their paths.

    Either an earlier download saved them there and they weren't changed since, judged by size and
    time, as the content of a file on the server never changes; or they have the hash of what was
    uploaded.
    """
    wanted = {file.id for file in files}
    saved = [
        (one, one.path, _is_unchanged(one.path, one.total, one.modified_ns))
        for one in opened.earlier_transfers.values()
        if one.kind is TransferKind.DOWNLOAD
        and one.state is TransferState.DONE
        and one.account_id == opened.account.id
        and one.file_id in wanted
        and one.path is not None
        and one.path.parent == place.folder
    ]
    there = {one.file_id: path for one, path, unchanged in saved if unchanged}
    changed = {
        one.file_id: path
        for one, path, _unchanged in saved
        if one.file_id not in there and path.exists()
    }
    named = {
        file.id: found
        for file in files
        if file.id not in there
        and (found := changed.get(file.id) or find_existing(place.folder, safe_name(file.name)))
    }
    there |= _with_uploaded_content(opened, named)
    for file_id, path in changed.items():
        if file_id not in there:
            words = _("{path} has changed since it was downloaded.")
            opened.output.note(words.format(path=printable(str(path))))
    return there


def _with_uploaded_content(opened: OpenedAccount, named: Mapping[str, Path]) -> Mapping[str, Path]:
    """Of local files, by the ID of a remote one, those with the hash of what was uploaded."""
    if not named:
        return {}
    opened.session.uploads.find_same_content(list(named.items()))
    for event in opened.events():
        if isinstance(event, SameContentFound):
            return {one: path for one, path in named.items() if one in event.file_ids}
    return {}


def _is_unchanged(path: Path, size: int | None, modified_ns: int | None) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (size, modified_ns)
