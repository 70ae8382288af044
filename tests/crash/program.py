"""The program without its window, for the crash test: does all there is to do, and tells of it.

    OPENAI_BASE_URL=… OPENAI_API_KEY=… python -m tests.crash.program --data-dir D --source S
        --downloads T [--bytes-a-second N]

What earlier sessions left goes on; every file of the source folder that was never queued is
uploaded, every file of the account whose name begins with `remote-` and that was never queued is
downloaded. It ends with 0 when nothing is left to do, and with 1 when something failed.

Lines on standard output: `ready` when the queue was taken up, `state KIND STATE NAME`,
`renaming NAME` just before a whole download gets its name, `adopted NAME` for an upload that was
found at the server, `failed NAME: REPORT`, `done`.
"""

import argparse
import os
import queue
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from services.accounts.account_book import AccountBook
from services.accounts.events import AccountFailed, AccountOpened
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import FilesListed, ListingEnded
from services.checks.events import PathsGathered
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.engine import Engine
from services.events import ServiceClosed
from services.providers.account import ENVIRONMENT_ID
from services.system.events import Event
from services.system.paths import paths_under
from services.transfers import lost_answers
from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.transfer import Transfer, TransferKind, TransferState
from services.transfers.transfer_limits import TransferLimits

PURPOSE = "batch"
REMOTE = "remote-"
LONGEST_SILENCE = 60.0
"""Seconds without any news after which something hangs."""

E = TypeVar("E")


class Program:
    """One session."""

    def __init__(self, data: Path, source: Path, downloads: Path, bytes_a_second: int) -> None:
        self._source = source
        self._downloads = downloads
        self._limits = TransferLimits(
            upload_bytes_a_second=bytes_a_second, download_bytes_a_second=bytes_a_second
        )
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._transfers: dict[int, Transfer] = {}
        self._listed: list[RemoteFile] = []
        self._confirmed: set[int] = set()
        self._failed = False
        paths = paths_under(data)
        keys = KeyStore()
        settings = SettingsStore(paths.settings_file, lambda save: save())
        self._engine = Engine(self._events.put, AccountBook(settings, keys, os.environ), paths)

    def run(self) -> int:
        """Do all there is to do; the exit status."""
        self._engine.transfers.set_limits(self._limits)
        self._wait_for(TransfersRestored)
        say("ready")
        known = {(transfer.kind, transfer.name) for transfer in self._transfers.values()}
        self._engine.transfers.resume([one.id for one in self._in_state(TransferState.PAUSED)])
        session = self._engine.open(ENVIRONMENT_ID)
        self._wait_for(AccountOpened)
        self._wait_for(ListingEnded)
        self._engine.checks.gather([self._source], 1)
        gathered = self._wait_for(PathsGathered)
        uploads = [
            UploadRequest(file, PURPOSE)
            for file in gathered.files
            if (TransferKind.UPLOAD, file.name) not in known
        ]
        wanted = [
            file
            for file in self._listed
            if file.name.startswith(REMOTE) and (TransferKind.DOWNLOAD, file.name) not in known
        ]
        expected = len(self._transfers) + len(uploads) + len(wanted)
        session.upload(uploads)
        session.download(wanted, self._downloads, WhenTaken.KEEP_BOTH)
        self._wait(lambda _event: self._failed or self._is_done(expected))
        self._engine.close()
        self._wait_for(ServiceClosed)
        if not self._failed:
            say("done")
        return 1 if self._failed else 0

    def _is_done(self, expected: int) -> bool:
        return len(self._in_state(TransferState.DONE)) == expected

    def _in_state(self, state: TransferState) -> list[Transfer]:
        return [one for one in self._transfers.values() if one.state is state]

    def _wait_for(self, kind: type[E]) -> E:
        event = self._wait(lambda event: isinstance(event, kind))
        assert isinstance(event, kind)
        return event

    def _wait(self, over: Callable[[Event], bool]) -> Event:
        while True:
            event = self._events.get(timeout=LONGEST_SILENCE)
            self._take(event)
            if over(event):
                return event

    def _take(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            self._take_transfer(event.transfer)
        elif isinstance(event, FilesListed):
            self._listed.extend(event.files)
        elif isinstance(event, AccountFailed):
            raise SystemExit(event.problem.report)

    def _take_transfer(self, transfer: Transfer) -> None:
        before = self._transfers.get(transfer.id)
        self._transfers[transfer.id] = transfer
        if before is None or before.state is transfer.state:
            return
        say(f"state {transfer.kind.value} {transfer.state.name} {transfer.name}")
        if transfer.state is TransferState.CONFIRMING:
            self._confirmed.add(transfer.id)
        elif transfer.state is TransferState.DONE:
            if transfer.kind is TransferKind.UPLOAD and transfer.id not in self._confirmed:
                say(f"adopted {transfer.name}")
        elif transfer.state in {TransferState.FAILED, TransferState.CANCELLED}:
            self._failed = True
            why = transfer.problem.report if transfer.problem else transfer.state.name
            say(f"failed {transfer.name}: {' | '.join(why.splitlines())}")


def say(line: str) -> None:
    """Tell the driver, at once and in one piece."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _tell_of_renames(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"os.link", "os.rename"} and str(arguments[0]).endswith(".part"):
        say(f"renaming {Path(str(arguments[1])).name}")


def main() -> int:
    """Run one session."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--downloads", type=Path, required=True)
    parser.add_argument("--bytes-a-second", type=int, default=0)
    given = parser.parse_args()
    sys.addaudithook(_tell_of_renames)
    # The server is on this computer and lists a file within milliseconds.
    lost_answers.SETTLED_AFTER = 2.0
    program = Program(given.data_dir, given.source, given.downloads, given.bytes_a_second)
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
