"""The program without its window, for the crash test: does all pending work and reports it.

    OPENAI_BASE_URL=… OPENAI_API_KEY=… python -m tests.crash.program --data-dir D --source S
        --downloads T [--bytes-a-second N]

Transfers of earlier sessions resume. Every file of the source folder that was never queued is
uploaded, and every remote file whose name starts with `remote-` and that was never queued is
downloaded. The exit status is 0 when nothing is left to do, and 1 if something failed.

Lines on standard output: `ready` when the queue was restored, `state KIND STATE NAME`,
`renaming NAME` just before a complete download is renamed, `adopted NAME` for an upload that was
found on the server, `failed NAME: REPORT`, `done`.
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
"""Seconds without an event after which the program counts as hung."""

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
        """Do all pending work; return the exit status."""
        self._engine.transfers.set_limits(self._limits)
        self._wait_for(TransfersRestored)
        report("ready")
        known = {(transfer.kind, transfer.name) for transfer in self._transfers.values()}
        self._engine.transfers.resume([one.id for one in self._in_state(TransferState.PAUSED)])
        session = self._engine.open(ENVIRONMENT_ID)
        self._wait_for(AccountOpened)
        self._wait_for(ListingEnded)
        session.checks.gather([self._source], 1)
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
            report("done")
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
            self._process(event)
            if over(event):
                return event

    def _process(self, event: Event) -> None:
        if isinstance(event, TransferChanged):
            self._process_transfer(event.transfer)
        elif isinstance(event, FilesListed):
            self._listed.extend(event.files)
        elif isinstance(event, AccountFailed):
            raise SystemExit(event.problem.report)

    def _process_transfer(self, transfer: Transfer) -> None:
        before = self._transfers.get(transfer.id)
        self._transfers[transfer.id] = transfer
        if before is None or before.state is transfer.state:
            return
        report(f"state {transfer.kind.value} {transfer.state.name} {transfer.name}")
        if transfer.state is TransferState.CONFIRMING:
            self._confirmed.add(transfer.id)
        elif transfer.state is TransferState.DONE:
            if transfer.kind is TransferKind.UPLOAD and transfer.id not in self._confirmed:
                report(f"adopted {transfer.name}")
        elif transfer.state in {TransferState.FAILED, TransferState.CANCELLED}:
            self._failed = True
            reason = transfer.problem.report if transfer.problem else transfer.state.name
            report(f"failed {transfer.name}: {' | '.join(reason.splitlines())}")


def report(line: str) -> None:
    """Print a line for the driver, unbuffered and in one write."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _report_renames(event: str, values: tuple[object, ...]) -> None:
    if event in {"os.link", "os.rename"} and str(values[0]).endswith(".part"):
        report(f"renaming {Path(str(values[1])).name}")


def main() -> int:
    """Run one session."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--downloads", type=Path, required=True)
    parser.add_argument("--bytes-a-second", type=int, default=0)
    arguments = parser.parse_args()
    sys.addaudithook(_report_renames)
    # The server is local and lists a file within milliseconds.
    lost_answers.SETTLED_AFTER = 2.0
    program = Program(
        arguments.data_dir, arguments.source, arguments.downloads, arguments.bytes_a_second
    )
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
