"""Stands for the service layer in the window's tests: remembers what it was asked."""

from collections.abc import Callable, Sequence
from pathlib import Path

from services.accounts.account_draft import AccountDraft
from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.checks.finding import RepairKind
from services.checks.pasted import Pasted
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.when_taken import WhenTaken
from services.file_commands import FileCommands
from services.system.events import Event, Listener
from services.transfers.transfer import Transfer
from services.transfers.transfer_limits import TransferLimits

Command = tuple[str, tuple[object, ...]]


class RecordingService:
    """Notes each command as its name and its arguments (sequences as tuples) and does nothing.

    With a `listener`, a test plays the service: `tell(FilesListed(…))`.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self.commands: list[Command] = []
        self._listener = listener

    def arguments_of(self, name: str) -> list[tuple[object, ...]]:
        """The arguments of every call of that command, in order."""
        return [arguments for called, arguments in self.commands if called == name]

    @property
    def last(self) -> Command:
        """The command asked last."""
        return self.commands[-1]

    def tell(self, *events: Event) -> None:
        """Give events to the listener."""
        if self._listener is None:
            raise ValueError("this recording service was given no listener")
        for event in events:
            self._listener(event)

    def load_accounts(self) -> None:
        self._note("load_accounts")

    def open_account(self, account_id: str) -> None:
        self._note("open_account", account_id)

    def test_account(self, draft: AccountDraft, request: int) -> None:
        self._note("test_account", draft, request)

    def save_account(self, draft: AccountDraft) -> None:
        self._note("save_account", draft)

    def remove_account(self, account_id: str) -> None:
        self._note("remove_account", account_id)

    def refresh(self) -> None:
        self._note("refresh")

    def go_on_listing(self) -> None:
        self._note("go_on_listing")

    def stop_listing(self) -> None:
        self._note("stop_listing")

    def take_turns(self, until_taken: Callable[[float], object]) -> None:
        """Not noted: no window asks for it."""

    def watch(self, minutes: int) -> None:
        self._note("watch", minutes)

    def forget_listings(self) -> None:
        self._note("forget_listings")

    def export(self, files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
        self._note("export", tuple(files), path, form)

    def retrieve(self, file_id: str) -> None:
        self._note("retrieve", file_id)

    def gather(self, paths: Sequence[Path], request: int) -> None:
        self._note("gather", tuple(paths), request)

    def gather_pasted(self, pasted: Pasted, request: int) -> None:
        self._note("gather_pasted", pasted, request)

    def check(self, request: int, rows: Sequence[tuple[LocalFile, str]]) -> None:
        self._note("check", request, tuple(rows))

    def stop_checks(self) -> None:
        self._note("stop_checks")

    def repair(self, request: int, file: LocalFile, kinds: Sequence[RepairKind]) -> None:
        self._note("repair", request, file, tuple(kinds))

    def show_lines(self, request: int, path: Path, line: int, column: int | None) -> None:
        self._note("show_lines", request, path, line, column)

    def save_text(self, text: str, path: Path) -> None:
        self._note("save_text", text, path)

    def look_up_uploads(self, request: int, files: Sequence[LocalFile]) -> None:
        self._note("look_up_uploads", request, tuple(files))

    def origin_of(self, file_id: str) -> None:
        self._note("origin_of", file_id)

    def find_restorable(self, file_ids: Sequence[str]) -> None:
        self._note("find_restorable", tuple(file_ids))

    def restore(self, file_ids: Sequence[str]) -> None:
        self._note("restore", tuple(file_ids))

    def forget_uploads(self) -> None:
        self._note("forget_uploads")

    def upload(self, requests: Sequence[UploadRequest]) -> None:
        self._note("upload", tuple(requests))

    def download(self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken) -> None:
        self._note("download", tuple(files), folder, when_taken)

    def download_as_zip(
        self, files: Sequence[RemoteFile], folder: Path, when_taken: WhenTaken
    ) -> None:
        self._note("download_as_zip", tuple(files), folder, when_taken)

    def delete(self, files: Sequence[RemoteFile]) -> None:
        self._note("delete", tuple(files))

    def cancel(self, transfer_ids: Sequence[int]) -> None:
        self._note("cancel", tuple(transfer_ids))

    def pause(self, transfer_ids: Sequence[int]) -> None:
        self._note("pause", tuple(transfer_ids))

    def resume(self, transfer_ids: Sequence[int]) -> None:
        self._note("resume", tuple(transfer_ids))

    def retry(self, transfer_ids: Sequence[int]) -> None:
        self._note("retry", tuple(transfer_ids))

    def adopt(self, transfer_id: int, file_id: str) -> None:
        self._note("adopt", transfer_id, file_id)

    def send_again(self, transfer_ids: Sequence[int]) -> None:
        self._note("send_again", tuple(transfer_ids))

    def put_first(self, transfer_ids: Sequence[int]) -> None:
        self._note("put_first", tuple(transfer_ids))

    def put_last(self, transfer_ids: Sequence[int]) -> None:
        self._note("put_last", tuple(transfer_ids))

    def forget(self, transfer_ids: Sequence[int]) -> None:
        self._note("forget", tuple(transfer_ids))

    def allow(self, limits: TransferLimits) -> None:
        self._note("allow", limits)

    def save_report(self, transfers: Sequence[Transfer], path: Path) -> None:
        self._note("save_report", tuple(transfers), path)

    def close(self) -> None:
        self._note("close")

    def _note(self, name: str, *arguments: object) -> None:
        self.commands.append((name, arguments))


def as_commands(service: RecordingService) -> FileCommands:
    """The same object; the type checker proves that it obeys the protocol."""
    return service
