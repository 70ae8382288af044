"""`filewharf put`: checks local files and uploads them."""

from collections.abc import Sequence
from pathlib import Path

from services.catalog.events import UploadsFound
from services.catalog.upload_record import KnownUpload
from services.checks.events import FilesChecked
from services.disk.local_file import LocalFile, UploadRequest
from services.providers.providers import provider_named
from services.system.language import _
from services.transfers.transfer import Transfer
from ui.terminal.check import gathered, print_findings
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import printable
from ui.terminal.transferring import OwnTransfers

_REQUEST = 1


def put(
    opened: OpenedAccount,
    paths: Sequence[Path],
    purpose: str,
    expires_after: int | None,
    *,
    despite_errors: bool,
    again: bool,
) -> ExitCode:
    """Upload files, and folders with what is in them; print the ID of each.

    Without a purpose, each file gets the one that fits it. With `again`, also what the upload
    history knows to be on the server. Raises Failure before anything is sent if a file can't be
    uploaded, or has errors and `despite_errors` isn't given.
    """
    files = gathered(opened.output, paths)
    if not files:
        raise Failure(_("There is nothing to upload."))
    bad = [(file, file.problem) for file in files if file.problem is not None]
    for file, problem in bad:
        opened.output.problem(problem, printable(str(file.path)))
    if bad:
        raise Failure(_("Nothing was uploaded."))
    rows = [(file, purpose or file.suggested_purpose) for file in files]
    transfers = OwnTransfers(opened)
    if _has_errors(opened, rows) and not despite_errors:
        raise Failure(_("Nothing was uploaded. Use --anyway to upload despite errors."))
    known = {} if again else _known(opened, rows)
    for (file, _purpose), upload in known.items():
        row = _("{id}  {name} (already there)").format(id=upload.file_id, name=printable(file.name))
        value = {"id": upload.file_id, "filename": upload.name, "already_there": True}
        opened.output.result(row, upload.file_id, value)
    left = [row for row in rows if row not in known]

    def uploaded(transfer: Transfer) -> None:
        opened.output.result(
            f"{transfer.file_id}  {printable(transfer.name)}",
            transfer.file_id,
            {"id": transfer.file_id, "filename": transfer.name, "purpose": transfer.purpose},
        )

    opened.session.upload([UploadRequest(file, one, expires_after) for file, one in left])
    code = transfers.report(len(left), uploaded)
    opened.output.end()
    return code


def _has_errors(opened: OpenedAccount, rows: Sequence[tuple[LocalFile, str]]) -> bool:
    """Check all files and print what is found."""
    limits = provider_named(opened.account.provider_id).limits
    opened.session.checks.check(_REQUEST, rows, limits)
    left = len(rows)
    errors = 0
    for event in opened.events():
        if not isinstance(event, FilesChecked):
            continue
        for checked in event.checked:
            errors += print_findings(opened.output, checked)
            left -= 1
        if not left:
            return errors > 0
    return False


def _known(
    opened: OpenedAccount, rows: Sequence[tuple[LocalFile, str]]
) -> dict[tuple[LocalFile, str], KnownUpload]:
    """The files whose content the history knows to be on the server for the same purpose."""
    if not opened.engine.history.is_on:
        return {}
    by_path = {(file.path, purpose): (file, purpose) for file, purpose in rows}
    known: dict[tuple[LocalFile, str], KnownUpload] = {}
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
