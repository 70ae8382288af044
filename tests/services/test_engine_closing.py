"""Quitting during each kind of work."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountOpened, AccountOpening, AccountSaved
from services.disk.when_taken import WhenTaken
from services.events import ServiceClosed
from services.providers.account import SANDBOX_ID
from services.sandbox.server import SandboxAddress, SandboxServer
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferState
from tests.support.engine_bench import OVER, EngineBench
from tests.support.factories import account, remote_file, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.leftovers import part_files_left
from tests.support.memory_keyring import MemoryKeyring
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import (
    Delivery,
    Moment,
    Stall,
    StallAtAccept,
    html,
    rate_limited,
)

LONGEST = 20.0
"""Seconds: two, and the rest for a very busy machine. Waiting for a server would take minutes."""
WAITS = {TransferState.PAUSED, TransferState.QUEUED}
"""States that can resume in the next session."""
NOT_OF_THE_SERVICE = ("MainThread", "files-server-", "pytest_timeout")


def close_quickly(bench: EngineBench, *, but: tuple[str, ...] = ()) -> None:
    """Close; check that it was quick and left no service threads."""
    started = time.monotonic()
    bench.close()
    assert time.monotonic() - started < LONGEST
    left = []
    for thread in threading.enumerate():
        if not thread.name.startswith((*NOT_OF_THE_SERVICE, *but)):
            thread.join(max(0.0, started + LONGEST - time.monotonic()))
            left += [thread.name] if thread.is_alive() else []
    assert left == []


class Work:
    """Kinds of work to interrupt by quitting."""

    def __init__(self, bench: EngineBench, server: ScriptedFilesServer, folder: Path) -> None:
        self.bench = bench
        self.server = server
        self.folder = folder

    def nothing(self) -> None:
        pass

    def listing(self) -> None:
        self.server.next(Delivery(stall_after=5))
        self.bench.session.listing.refresh()
        self.server.wait_until_stalled()

    def connecting(self) -> None:
        self.server.next(StallAtAccept())
        # The first request of its thread opens a connection.
        self.bench.session.details.retrieve("file-a")
        self.server.wait_until_stalled()

    def retrieving(self) -> None:
        self.server.next(Stall())
        self.bench.session.details.retrieve("file-a")
        self.server.wait_until_stalled()

    def testing_an_account(self) -> None:
        self.server.next(Stall())
        draft = AccountDraft(account(base_url=self.server.base_url), TEST_KEY)
        self.bench.engine.accounts.test(draft, 1)
        self.server.wait_until_stalled()

    def uploading(self) -> None:
        self.server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=1_000_000)])
        self.upload(64_000_000)
        self.server.wait_until_stalled()

    def waiting_for_the_answer_to_an_upload(self) -> None:
        self.server.script("POST", "/files", [Stall()])
        self.upload(1000)
        self.server.wait_until_stalled()

    def looking_for_a_lost_answer(self) -> None:
        self.server.script("POST", "/files", [html(502)])
        self.server.script("GET", "/files", [None, Stall()])
        self.upload(1000)
        self.server.wait_until_stalled()

    def waiting_to_retry(self) -> None:
        self.server.script("POST", "/files", [rate_limited(retry_after="100")])
        self.upload(1000)
        self.bench.transfer(TransferState.WAITING)

    def downloading(self) -> None:
        self.server.add(*(served_file(id=f"file-{n}", size=9_000_000) for n in range(30)))
        self.server.script("GET", "/files/*/content", [Delivery(stall_after=5_000_000)] * 30)
        files = [remote_file(f"{n}.jsonl", id=f"file-{n}", size=9_000_000) for n in range(30)]
        (self.folder / "got").mkdir()
        self.bench.session.download(files, self.folder / "got", WhenTaken.KEEP_BOTH)
        self.server.wait_until_stalled(4)
        assert len(part_files_left(self.folder)) == 4

    def deleting(self) -> None:
        self.server.next(*[Stall()] * 8)
        self.bench.session.delete([remote_file() for _ in range(2000)])
        self.server.wait_until_stalled(8)

    def gathering(self) -> None:
        for number in range(3000):
            (self.folder / f"{number}.txt").touch()
        self.bench.session.checks.gather([self.folder], 1)

    def upload(self, size: int) -> None:
        path = self.folder / "up.jsonl"
        with path.open("wb") as file:
            file.truncate(size)
        self.bench.session.upload([upload_request(path)])


KINDS = [name for name in vars(Work) if not name.startswith("_") and name != "upload"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_quitting_is_quick_and_leaves_nothing(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path, kind: str
) -> None:
    getattr(Work(opened, files_server, tmp_path), kind)()
    close_quickly(opened)
    last = {event.transfer.id: event.transfer for event in opened.events.all(TransferChanged)}
    assert {transfer.state for transfer in last.values()} <= OVER | WAITS
    assert part_files_left(tmp_path) == []
    assert opened.events.received[-1] == ServiceClosed()


@pytest.mark.slow
def test_quitting_during_all_kinds_of_work(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    work = Work(opened, files_server, tmp_path)
    work.downloading()
    work.listing()
    work.retrieving()
    work.uploading()
    work.deleting()
    opened.open(SANDBOX_ID)
    close_quickly(opened)
    assert part_files_left(tmp_path) == []


def test_quitting_while_the_sandbox_is_busy(bench: EngineBench, tmp_path: Path) -> None:
    bench.open(SANDBOX_ID)
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(400_000_000)
    bench.session.upload([upload_request(path, purpose="user_data")] * 4)
    bench.events.wait_for_count(TransferChanged, 12)
    close_quickly(bench)
    stored = sum(file.stat().st_size for file in (tmp_path / "data").rglob("*") if file.is_file())
    assert stored < 100_000_000


class SlowSandbox(SandboxServer):
    """Takes longer to start than anyone waits."""

    starting = threading.Event()
    go_on = threading.Event()
    started = threading.Event()

    def start(self) -> SandboxAddress:
        self.starting.set()
        assert self.go_on.wait(20)
        address = super().start()
        self.started.set()
        return address


@pytest.mark.slow
def test_sandbox_that_starts_after_quitting_is_stopped(
    make_bench: Callable[..., EngineBench],
) -> None:
    bench = make_bench(make_sandbox=SlowSandbox)
    bench.open_account(SANDBOX_ID)
    assert SlowSandbox.starting.wait(10)
    close_quickly(bench, but=("open-",))
    SlowSandbox.go_on.set()
    assert SlowSandbox.started.wait(10)
    for thread in threading.enumerate():
        if thread.name.startswith(("open-", "sandbox-")):
            thread.join(10)
            assert not thread.is_alive()
    assert bench.events.all(AccountOpened) == []


def test_sandbox_opened_just_before_quitting_leaves_nothing(
    make_bench: Callable[..., EngineBench],
) -> None:
    for _ in range(10):
        bench = make_bench()
        bench.open_account(SANDBOX_ID)
        close_quickly(bench)
        assert [t.name for t in threading.enumerate() if t.name == "sandbox-server"] == []


@pytest.mark.slow
@pytest.mark.parametrize("job", ["open", "save", "remove", "test"])
def test_quitting_while_the_keyring_hangs(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, job: str
) -> None:
    asked, unlocked = threading.Event(), threading.Event()

    class Hanging(MemoryKeyring):
        def get_password(self, service: str, username: str) -> str | None:
            asked.set()
            unlocked.wait(20)
            return None

        def delete_password(self, service: str, username: str) -> None:
            self.get_password(service, username)

    keyring.set_keyring(Hanging())
    bench = make_bench()
    acme = account(base_url=files_server.base_url)
    bench.settings.change(accounts=(acme,))
    {
        "open": lambda: bench.open_account("acme"),
        "save": lambda: bench.engine.accounts.save(AccountDraft(acme, TEST_KEY)),
        "remove": lambda: bench.engine.accounts.remove("acme"),
        "test": lambda: bench.engine.accounts.test(AccountDraft(acme, None), 1),
    }[job]()
    assert asked.wait(10)
    close_quickly(bench, but=("keyring-",))
    unlocked.set()


def test_account_saved_just_before_quitting_is_kept(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    memory_keyring: MemoryKeyring,
) -> None:
    bench = make_bench()
    made = account(base_url=files_server.base_url)
    bench.engine.accounts.save(AccountDraft(made, TEST_KEY))
    bench.close()
    assert not bench.events.wait_for(AccountSaved).key_in_memory_only
    assert list(memory_keyring.passwords.values()) == [TEST_KEY]
    assert made in make_bench().settings.current.accounts


def test_commands_and_close_do_nothing_after_quitting(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(*many_files(2))
    close_quickly(opened)
    before = [event for event in opened.events.received if not isinstance(event, TransferChanged)]
    engine, session = opened.engine, opened.session
    engine.accounts.load()
    session.listing.refresh()
    session.listing.stop()
    session.details.retrieve("file-a")
    session.delete([remote_file()])
    session.checks.gather([tmp_path], 1)
    engine.accounts.test(AccountDraft(account(), TEST_KEY), 1)
    engine.accounts.save(AccountDraft(account(), TEST_KEY))
    engine.accounts.remove("acme")
    engine.open("acme")
    engine.close()
    after = [event for event in opened.events.received if not isinstance(event, TransferChanged)]
    assert after == before
    assert opened.events.all(AccountOpening) == []
