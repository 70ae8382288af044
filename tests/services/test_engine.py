"""The engine with all its real parts: accounts, and switching between them."""

import sys
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import (
    AccountFailed,
    AccountOpened,
    AccountOpening,
    AccountSaved,
    AccountsLoaded,
    AccountTested,
    AccountTesting,
    FieldsImported,
    KeyRecognized,
)
from services.catalog.events import FilesListed, ListingEnded
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID
from services.system.events import Event
from services.transfers.transfer import TransferState
from tests.support.engine_bench import EngineBench
from tests.support.factories import account, remote_file, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.memory_keyring import MemoryKeyring
from tests.support.narrowing import not_none
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import (
    Delivery,
    Stall,
    html,
)

MakeBench = Callable[..., EngineBench]


def kinds_of(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


# Accounts


def test_accounts_are_published(make_bench: MakeBench) -> None:
    bench = make_bench(environment={"OPENAI_API_KEY": TEST_KEY})
    bench.engine.accounts.load()
    loaded = bench.events.wait_for(AccountsLoaded)
    assert [account.id for account in loaded.accounts] == [ENVIRONMENT_ID, SANDBOX_ID]


def test_saved_account_is_published_and_can_be_opened(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(3))
    made = bench.save(files_server)
    saved = bench.events.wait_for(AccountSaved)
    assert (saved.key_location, saved.key_in_memory_only) == (
        "Saved in the system keyring (Test Keyring).",
        False,
    )
    assert made in bench.events.wait_for(AccountsLoaded).accounts
    assert bench.open() == made
    assert kinds_of(bench.events.received) == [
        "AccountOpening", "AccountOpened", "ListingStarted", "FilesListed", "ListingEnded",
    ]  # fmt: skip


def test_saving_without_a_key_keeps_the_old_key(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    made = bench.save(files_server)
    bench.events.clear()
    bench.engine.accounts.save(AccountDraft(made, None))
    assert bench.events.wait_for(AccountSaved).key_location == "The key is unchanged."
    bench.open()


def test_removed_account_is_published(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    bench.save(files_server)
    bench.events.clear()
    bench.engine.accounts.remove("acme")
    loaded = bench.events.wait_for(AccountsLoaded)
    assert [account.id for account in loaded.accounts] == [SANDBOX_ID]


def test_keyring_failure_on_removal_is_reported(
    bench: EngineBench, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.save(files_server)
    bench.events.clear()

    def refuse(*_arguments: object) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(keyring, "delete_password", refuse)
    bench.engine.accounts.remove("acme")
    bench.events.wait_for(AccountsLoaded)
    assert bench.events.wait_for(SomethingFailed).problem.kind is ProblemKind.KEYRING_FAILED


def test_account_without_a_key_fails_with_advice(
    bench: EngineBench, files_server: ScriptedFilesServer, memory_keyring: MemoryKeyring
) -> None:
    made = bench.save(files_server)
    memory_keyring.passwords.clear()
    bench.keys.delete("acme")
    bench.open_account("acme")
    failed = bench.events.wait_for(AccountFailed)
    assert (failed.account, failed.problem.kind) == (made, ProblemKind.KEY_MISSING)
    bench.session.listing.refresh()
    bench.session.details.retrieve("file-a")
    bench.session.delete([remote_file()])
    assert files_server.requests == []


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:99999/v1", "http://[::1/v1", "http://"])
def test_invalid_address_is_reported(bench: EngineBench, base_url: str) -> None:
    bench.save(base_url)
    bench.open_account("acme")
    assert bench.events.wait_for(AccountFailed).problem.kind is ProblemKind.BAD_ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        "http://someone:secret-password@127.0.0.1:{port}/v1",
        "http://127.0.0.1:{port}/v1?api-key=secret-password",
        "ftp://someone:secret-password@127.0.0.1:{port}/v1",
    ],
)
def test_unusable_environment_address_is_neither_used_nor_shown(
    make_bench: MakeBench, files_server: ScriptedFilesServer, address: str
) -> None:
    base_url = address.format(port=files_server.port)
    bench = make_bench(environment={"OPENAI_API_KEY": TEST_KEY, "OPENAI_BASE_URL": base_url})
    bench.open_account(ENVIRONMENT_ID)
    problem = bench.events.wait_for(AccountFailed).problem
    assert problem.kind is ProblemKind.BAD_ADDRESS
    assert problem.advice
    assert "secret-password" not in problem.report
    assert files_server.requests == []


def test_environment_key_that_fits_no_header_is_reported(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    bench = make_bench(
        environment={"OPENAI_API_KEY": "sk-cut…short", "OPENAI_BASE_URL": files_server.base_url}
    )
    bench.open(ENVIRONMENT_ID)
    problem = bench.events.wait_for(ListingEnded).problem
    assert problem is not None
    assert "key" in problem.title


def test_draft_is_tested(bench: EngineBench, files_server: ScriptedFilesServer) -> None:
    draft = AccountDraft(account(base_url=files_server.base_url), TEST_KEY)
    bench.engine.accounts.test(draft, 41)
    tested = bench.events.wait_for(AccountTested)
    assert (tested.request, tested.test.problem) == (41, None)
    steps = [event.steps for event in bench.events.all(AccountTesting)]
    assert steps[-1] == tested.test.steps
    assert len(steps[0]) == 1
    bench.engine.accounts.test(AccountDraft(draft.account, "wrong"), 42)
    tested = bench.events.wait_for(AccountTested, lambda event: event.request == 42)
    assert not_none(tested.test.problem).kind is ProblemKind.KEY_REFUSED


def test_a_saved_key_is_recognized(bench: EngineBench, files_server: ScriptedFilesServer) -> None:
    saved = bench.save(files_server)
    bench.engine.accounts.recognize_key("unknown")
    bench.engine.accounts.recognize_key(saved.id)
    recognized = bench.events.wait_for(KeyRecognized)
    assert recognized == KeyRecognized(
        saved.id, f"sk-••••{TEST_KEY[-4:]}".replace("sk-", "sk-test-")
    )
    assert TEST_KEY not in repr(recognized)


def test_fields_are_imported_from_a_file_or_the_environment(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    bench = make_bench(environment={"OPENAI_API_KEY": "sk-canary-environment"})
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-canary-file\n")
    accounts = bench.engine.accounts
    for count, path in enumerate((None, tmp_path / ".env", tmp_path / "missing", tmp_path), 1):
        accounts.import_fields("acme", path)
        bench.events.wait_for_count(FieldsImported, count)
    imported = bench.events.all(FieldsImported)
    keys = ["sk-canary-environment", "sk-canary-file", "", ""]
    assert [event.fields.key for event in imported] == keys
    assert imported[0].sentence.startswith("Filled in from the environment: OPENAI_API_KEY.")
    assert imported[2].sentence == "missing couldn't be read: No such file or directory"
    assert "couldn't be read" in imported[3].sentence
    assert "canary" not in repr(imported)


def test_a_cancelled_test_results_in_nothing(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    draft = AccountDraft(account(base_url=files_server.base_url), TEST_KEY)
    files_server.next(Stall())
    bench.engine.accounts.test(draft, 1)
    files_server.wait_until_stalled()
    bench.engine.accounts.cancel_test(1)
    published = len(bench.events.all(AccountTesting))
    files_server.clear_faults()
    bench.engine.accounts.test(draft, 2)
    bench.events.wait_for(AccountTested)
    assert [event.request for event in bench.events.all(AccountTested)] == [2]
    assert {event.request for event in bench.events.all(AccountTesting)[published:]} == {2}


def test_two_connection_tests_do_not_end_each_other(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    draft = AccountDraft(account(base_url=files_server.base_url), TEST_KEY)
    files_server.next(Stall())
    bench.engine.accounts.test(draft, 1)
    files_server.wait_until_stalled()
    bench.engine.accounts.test(draft, 2)
    bench.events.wait_for(AccountTested, lambda event: event.request == 2)
    files_server.release()
    bench.events.wait_for(AccountTested, lambda event: event.request == 1)


# Switching


@pytest.mark.slow
def test_switching_quickly_opens_only_the_last_account(
    bench: EngineBench, make_files_server: Callable[..., ScriptedFilesServer]
) -> None:
    servers = {name: make_files_server(many_files(1500)) for name in ("one", "two")}
    for name, server in servers.items():
        bench.save(server, name)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for round_ in range(60):
            bench.events.clear()
            for _ in range(1 + round_ % 3):
                bench.open_account("one")
                bench.open_account("two")
            bench.events.wait_for(AccountOpened, lambda event: event.account.id == "two")
            bench.events.wait_for(
                ListingEnded, lambda event: event.account_id == "two" and event.complete
            )
            now = None
            for event in bench.events.received:
                if isinstance(event, AccountOpening):
                    now = event.account.id
                elif isinstance(event, AccountOpened | AccountFailed):
                    assert event.account.id == now
            assert now == "two"
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.slow
def test_late_events_carry_the_previous_account(
    bench: EngineBench, make_files_server: Callable[..., ScriptedFilesServer]
) -> None:
    one, two = make_files_server(many_files(1500)), make_files_server(many_files(2))
    bench.save(one, "one")
    bench.save(two, "two")
    one.script("GET", "/files", [None, Stall()])
    bench.open_account("one")
    one.wait_until_stalled()
    bench.open_account("two")
    ended = bench.events.wait_for(ListingEnded, lambda event: event.account_id == "one")
    assert (ended.complete, ended.problem) == (False, None)
    bench.events.wait_for(ListingEnded, lambda event: event.account_id == "two" and event.complete)
    listed = {event.account_id: event.so_far for event in bench.events.all(FilesListed)}
    assert listed == {"one": 1000, "two": 2}


@pytest.mark.slow
def test_transfer_continues_after_switching_accounts(
    bench: EngineBench, make_files_server: Callable[..., ScriptedFilesServer], tmp_path: Path
) -> None:
    file = served_file("a.jsonl", content=b"x" * 1000)
    one, two = make_files_server([file]), make_files_server(key=None)
    bench.save(one, "one")
    bench.save(two, "two")
    bench.open("one")
    one.next(Delivery(stall_after=10))
    bench.session.download(
        [remote_file("a.jsonl", id=file.id, size=1000)], tmp_path, WhenTaken.KEEP_BOTH
    )
    one.wait_until_stalled()
    bench.open("two")
    one.release()
    assert bench.transfer().state is TransferState.DONE
    assert not two.requests_to("GET", "/files/*/content")


@pytest.mark.slow
def test_transfer_survives_saving_its_account(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    files_server.script("POST", "/files", [html(400)])
    opened.session.upload([upload_request(tmp_path / "a.jsonl")])
    failed = opened.transfer()
    assert failed.state is TransferState.FAILED
    opened.save(files_server)
    opened.engine.transfers.retry([failed.id])
    opened.transfer(TransferState.DONE)


def test_transfer_of_a_removed_account_fails_with_advice(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    files_server.script("POST", "/files", [html(400)])
    opened.session.upload([upload_request(tmp_path / "a.jsonl")])
    failed = opened.transfer()
    opened.engine.accounts.remove("acme")
    opened.events.wait_for(AccountsLoaded)
    opened.events.clear()
    opened.engine.transfers.retry([failed.id])
    problem = opened.transfer(TransferState.FAILED).problem
    assert problem is not None
    assert problem.kind is ProblemKind.KEY_MISSING
