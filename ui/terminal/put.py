"""`filewharf put`: checks local files and uploads them."""

import filecmp
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.catalog.events import UploadsFound
from services.catalog.upload_record import KnownUpload
from services.checks.events import FilesChecked
from services.checks.gathering import inspect_file
from services.checks.upload_name import name_problem
from services.disk.local_file import LocalFile, UploadRequest
from services.providers.providers import provider_named
from services.system.language import _
from services.system.locale_format import whole
from services.transfers.transfer import Transfer, TransferKind
from ui.terminal.check import gathered, print_findings
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.local_paths import local_paths
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.piped_input import piped_pieces
from ui.terminal.transferring import OwnTransfers

_REQUEST = 1
_Row = tuple[LocalFile, str]
"""A file and its purpose."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to upload, and how."""

    paths: Sequence[Path]
    """Files, and folders with what is in them."""
    reads_input: bool = False
    """Whether the standard input is uploaded too."""
    name: str = ""
    """For the standard input, or for the only file; empty for the file's own."""
    purpose: str = ""
    """Empty for the one that fits each file."""
    expires_after: int | None = None
    """Seconds."""
    despite_errors: bool = False
    again: bool = False
    """Whether to upload also what the upload history knows to be on the server."""


def wanted_files(texts: Sequence[str], name: str) -> tuple[Sequence[Path], bool]:
    """The paths that the texts name, and whether the standard input is among them.

    Raises Failure if a pattern finds nothing, or `name` doesn't fit.
    """
    reads_input = "-" in texts
    paths = local_paths([text for text in texts if text != "-"])
    if reads_input and not name:
        raise Failure(_("Give the standard input a name with --name."), ExitCode.USAGE)
    if name:
        problem = name_problem(name)
        if problem is not None:
            raise Failure(problem, ExitCode.USAGE)
        if not reads_input and (len(paths) > 1 or paths[0].is_dir()):
            raise Failure(_("--name is for one file."), ExitCode.USAGE)
    return paths, reads_input


def put(opened: OpenedAccount, wanted: Wanted) -> ExitCode:
    """Upload files and print the ID of each.

    Raises Failure before anything is sent if a file can't be uploaded or, without `despite_errors`,
    has errors; and FilesError if the standard input can't be saved.
    """
    if not wanted.reads_input:
        return _put(opened, wanted, None)
    piped_files = opened.engine.transfers.piped_files
    piped = piped_files.save(wanted.name, piped_pieces(opened))
    is_queued = False

    def on_queued() -> None:
        nonlocal is_queued
        is_queued = True

    try:
        return _put(opened, wanted, piped, on_queued)
    finally:
        # What is queued may still be sent; it's removed when that has ended.
        if not is_queued:
            piped_files.remove(piped)


def _put(
    opened: OpenedAccount,
    wanted: Wanted,
    piped: Path | None,
    on_queued: Callable[[], None] = lambda: None,
) -> ExitCode:
    files = [*gathered(opened.output, wanted.paths)] if wanted.paths else []
    if piped is not None:
        files.append(inspect_file(piped))
    if wanted.name and files:
        files[-1] = replace(files[-1], name=wanted.name)
    if not files:
        raise Failure(_("There is nothing to upload."))
    bad = [(file, file.problem) for file in files if file.problem is not None]
    for file, problem in bad:
        opened.output.problem(problem, printable(_shown_path(file, piped)))
    if bad:
        raise Failure(_("Nothing was uploaded."))
    rows = [(file, wanted.purpose or file.suggested_purpose) for file in files]
    if _has_errors(opened, rows, piped) and not wanted.despite_errors:
        raise Failure(_("Nothing was uploaded. Use --anyway to upload despite errors."))
    known = {} if wanted.again else _known(opened, rows)
    for (file, _purpose), upload in known.items():
        row = _("{id}  {name} (already there)").format(id=upload.file_id, name=printable(file.name))
        value = {"id": upload.file_id, "filename": upload.name, "already_there": True}
        opened.output.result(row, upload.file_id, value)
    left = [row for row in rows if row not in known]
    waiting = {} if wanted.again else _waiting(opened, left, wanted.expires_after, piped)

    def uploaded(transfer: Transfer) -> None:
        opened.output.result(
            f"{transfer.file_id}  {printable(transfer.name)}",
            transfer.file_id,
            {"id": transfer.file_id, "filename": transfer.name, "purpose": transfer.purpose},
        )

    new = [row for row in left if row not in waiting]
    if any(file.path == piped for file, _purpose in new):
        on_queued()
    opened.engine.transfers.resume([one.id for one in waiting.values() if one.can_resume])
    opened.session.upload([UploadRequest(file, one, wanted.expires_after) for file, one in new])
    code = OwnTransfers(opened, [*waiting.values()]).report(len(left), uploaded)
    opened.output.end()
    return code


def _shown_path(file: LocalFile, piped: Path | None) -> str:
    """The path to name a file by; the standard input has only a name."""
    return file.name if file.path == piped else str(file.path)


def _has_errors(opened: OpenedAccount, rows: Sequence[_Row], piped: Path | None) -> bool:
    """Check all files and print what is found."""
    limits = provider_named(opened.account.provider_id).limits
    opened.session.checks.check(_REQUEST, rows, limits)
    left = len(rows)
    errors = 0
    for event in opened.events():
        if not isinstance(event, FilesChecked):
            continue
        for checked in event.checked:
            errors += print_findings(opened.output, checked, _shown_path(checked.file, piped))
            left -= 1
        _show_checked(opened, len(rows) - left, len(rows))
        if not left:
            return errors > 0
    return False


def _waiting(
    opened: OpenedAccount, rows: Sequence[_Row], expires_after: int | None, piped: Path | None
) -> dict[_Row, Transfer]:
    """The files that an interrupted command left in the queue, to be uploaded in the same way.

    What was piped, at `piped`, is another file each time, so it is known by its content.
    """
    waiting: dict[tuple[object, ...], list[Transfer]] = {}
    for one in opened.earlier_transfers.values():
        waits = one.can_resume or one.wait_seconds is not None
        if one.kind is TransferKind.UPLOAD and one.account_id == opened.account.id and waits:
            key = (one.name, one.total, one.purpose, one.expires_after)
            waiting.setdefault(key, []).append(one)
    found: dict[_Row, Transfer] = {}
    for file, purpose in rows:
        for one in waiting.get((file.name, file.size, purpose, expires_after), ()):
            is_same = _has_same_content if file.path == piped else operator.eq
            if one.path is not None and is_same(one.path, file.path):
                found[file, purpose] = one
    return found


def _has_same_content(earlier: Path, piped: Path) -> bool:
    """Whether an earlier file was piped, too, and has the same content."""
    if earlier.parent.parent != piped.parent.parent:
        return False
    try:
        return filecmp.cmp(earlier, piped, shallow=False)
    except OSError:  # it is gone
        return False


def _show_checked(opened: OpenedAccount, done: int, count: int) -> None:
    words = _("Checked {done} of {all}")
    opened.output.progress(lambda: [words.format(done=whole(done), all=whole(count))])


def _known(opened: OpenedAccount, rows: Sequence[_Row]) -> dict[_Row, KnownUpload]:
    """The files whose content the history knows to be on the server for the same purpose."""
    if not opened.engine.history.is_on:
        return {}
    by_path = {(file.path, purpose): (file, purpose) for file, purpose in rows}
    known: dict[_Row, KnownUpload] = {}
    opened.session.uploads.look_up(_REQUEST, [file for file, _purpose in rows])
    for event in opened.events():
        if not isinstance(event, UploadsFound):
            continue
        for path, upload in event.found:
            row = by_path.get((path, upload.purpose))
            if row is not None and upload.same_content:
                known[row] = upload
        if event.ended:
            break
    return known
