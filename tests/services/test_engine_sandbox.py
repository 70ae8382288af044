"""The sandbox as an account, started by the engine."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.events import AccountFailed, AccountOpened, AccountOpening
from services.catalog.events import FileAdded, FileDeleted, FileRetrieved, FilesListed, ListingEnded
from services.disk.when_taken import WhenTaken
from services.providers.account import SANDBOX_ID
from services.sandbox.server import SandboxAddress, SandboxFailed, SandboxServer
from services.transfers.events import ContentRefused, TransferChanged
from services.transfers.transfer import TransferState
from tests.support.engine_bench import EngineBench
from tests.support.factories import account, upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.memory_keyring import HangingKeyring

MakeBench = Callable[..., EngineBench]


def test_sandbox_opens_with_its_samples_and_works(bench: EngineBench, tmp_path: Path) -> None:
    opened = bench.open(SANDBOX_ID)
    assert opened.base_url.startswith("http://127.0.0.1:")
    [page] = bench.events.all(FilesListed)
    assert len(page.files) > 10
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b'{"custom_id": "1"}\n')
    bench.session.upload([upload_request(path, purpose="evals", expires_after=3600)])
    added = bench.events.wait_for(FileAdded).file
    assert (added.name, added.purpose, added.size) == ("mine.jsonl", "evals", 19)
    (tmp_path / "got").mkdir()
    bench.session.download([added], tmp_path / "got", WhenTaken.KEEP_BOTH)
    bench.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE
    )
    assert (tmp_path / "got" / "mine.jsonl").read_bytes() == path.read_bytes()
    bench.session.details.retrieve(added.id)
    assert bench.events.wait_for(FileRetrieved).file == added
    bench.session.delete([added])
    assert bench.events.wait_for(FileDeleted).file_id == added.id
    bench.session.listing.refresh()
    bench.events.wait_for_count(ListingEnded, 2)
    assert added.id not in {file.id for file in bench.events.all(FilesListed)[-1].files}


def test_sandbox_refuses_content_by_purpose(bench: EngineBench, tmp_path: Path) -> None:
    bench.open(SANDBOX_ID)
    files = bench.events.all(FilesListed)[0].files
    refused = next(file for file in files if file.purpose == "user_data")
    bench.session.download([refused], tmp_path, WhenTaken.KEEP_BOTH)
    event = bench.events.wait_for(ContentRefused)
    assert (event.account_id, event.purpose) == (SANDBOX_ID, "user_data")
    assert "Not allowed to download files of purpose: user_data" in event.reason
    assert bench.transfer().state is TransferState.FAILED


def test_sandbox_opened_twice_while_starting_starts_once(
    make_bench: MakeBench,
) -> None:
    starting, go_on = threading.Event(), threading.Event()

    class Slow(SandboxServer):
        def start(self) -> SandboxAddress:
            starting.set()
            assert go_on.wait(10)
            return super().start()

    bench = make_bench(make_sandbox=Slow)
    bench.open_account(SANDBOX_ID)
    assert starting.wait(10)
    bench.open_account(SANDBOX_ID)
    bench.events.wait_for_count(AccountOpening, 2)
    go_on.set()
    assert bench.events.wait_for(AccountOpened).account.base_url != "http://127.0.0.1/v1"
    assert bench.events.wait_for(ListingEnded).complete
    assert len(bench.events.all(AccountOpened)) == 1


def test_reopening_the_sandbox_uses_the_running_one(bench: EngineBench) -> None:
    assert bench.open(SANDBOX_ID) == bench.open(SANDBOX_ID)


@pytest.mark.parametrize("error", [SandboxFailed("The disk is full."), RuntimeError("no thread")])
def test_failed_sandbox_start_is_reported_and_can_be_retried(
    make_bench: MakeBench, error: Exception, expects_log: Callable[[str], None]
) -> None:
    errors = [error]

    class Failing(SandboxServer):
        def start(self) -> SandboxAddress:
            if errors:
                raise errors.pop()
            return super().start()

    if isinstance(error, RuntimeError):
        expects_log("RuntimeError: no thread")
    bench = make_bench(make_sandbox=Failing)
    bench.open_account(SANDBOX_ID)
    failed = bench.events.wait_for(AccountFailed)
    assert failed.account.id == SANDBOX_ID
    assert failed.problem.advice
    bench.open(SANDBOX_ID)


def test_sandbox_opens_while_the_keyring_hangs(
    make_bench: MakeBench, files_server: ScriptedFilesServer, hanging_keyring: HangingKeyring
) -> None:
    bench = make_bench()
    bench.settings.change(accounts=(account(base_url=files_server.base_url),))
    bench.open_account("acme")
    assert hanging_keyring.prompted.wait(10)
    bench.open(SANDBOX_ID)
    assert bench.events.all(AccountFailed) == []
