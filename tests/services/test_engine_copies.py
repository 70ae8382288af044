"""Copies from one account to another, with a server for each and real SQLite."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountsLoaded
from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.problems.events import SomethingFailed
from services.transfers.events import ContentRefused, TransfersRestored
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.engine_bench import EngineBench
from tests.support.factories import account, remote_file
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Delivery, Moment, Stall, api_error

State = TransferState
CONTENT = b"Ahoy, and a bottle of rum.\n" * 40
OTHER_KEY = "sk-of-the-other-account-0123456789"
MakeServer = Callable[..., ScriptedFilesServer]


class Pair:
    """An engine with two accounts, Acme and Zenith, on servers whose files have the same ID."""

    def __init__(self, folder: Path, make_files_server: MakeServer) -> None:
        self.folder = folder
        self.old = served_file("old.txt", id="file-1", purpose="assistants", content=CONTENT)
        self.acme: ScriptedFilesServer = make_files_server([self.old])
        self.zenith: ScriptedFilesServer = make_files_server(
            [served_file("other.txt", id="file-1", purpose="assistants", content=CONTENT)],
            key=OTHER_KEY,
        )
        self.bench = self._start(folder)
        for server, account_id, key in (
            (self.acme, "acme", TEST_KEY),
            (self.zenith, "zenith", OTHER_KEY),
        ):
            saved = account(account_id.title(), id=account_id, base_url=server.base_url)
            self.bench.engine.accounts.save(AccountDraft(saved, key))
            self.bench.events.wait_for(AccountsLoaded)
            self.bench.events.clear()

    def _start(self, folder: Path) -> EngineBench:
        bench = EngineBench(folder)
        bench.keys.keep_in_memory("acme", TEST_KEY)
        bench.keys.keep_in_memory("zenith", OTHER_KEY)
        bench.events.wait_for(TransfersRestored)
        return bench

    def copy(self, purpose: str = "assistants", file: RemoteFile | None = None) -> None:
        self.bench.engine.copy("acme", "zenith", [(file or listed(self.old), purpose)])

    def kill(self) -> None:
        """Start another engine on what a kill would leave now; this one is no more."""
        parts = shutil.ignore_patterns("*.part")  # they stay where they are
        shutil.copytree(self.folder, self.folder.with_name("later"), ignore=parts)
        self.bench.close()
        self.bench = self._start(self.folder.with_name("later"))

    def new(self) -> list[ServedFile]:
        return [file for file in self.zenith.files if file.id != "file-1"]


@pytest.fixture
def pair(tmp_path: Path, make_files_server: MakeServer) -> Iterator[Pair]:
    made = Pair(tmp_path / "data", make_files_server)
    yield made
    made.bench.close()


def _all_of(request: RecordedRequest) -> str:
    multipart = request.multipart
    parts = vars(multipart) if multipart is not None else {}
    return repr((request.path, request.query, request.headers, parts))


def listed(file: ServedFile) -> RemoteFile:
    return remote_file(file.filename, id=file.id, purpose=file.purpose, size=file.size)


def resume(bench: EngineBench, transfer: Transfer) -> Transfer:
    bench.events.clear()
    bench.engine.transfers.resume([transfer.id])
    return bench.transfer()


def test_a_file_is_downloaded_from_one_account_and_uploaded_to_the_other(pair: Pair) -> None:
    pair.copy()
    done = pair.bench.transfer()
    assert (done.state, done.kind, done.warning) == (State.DONE, TransferKind.COPY, None)
    assert (done.source_id, done.account_id, done.replaces) == ("acme", "zenith", "")
    (new,) = pair.new()
    assert (new.filename, new.purpose, new.content) == ("old.txt", "assistants", CONTENT)
    added = pair.bench.events.wait_for(FileAdded)
    assert (added.account_id, added.file.id) == ("zenith", new.id)
    assert done.file_id == new.id
    assert [file.id for file in pair.acme.files] == ["file-1"]
    assert not list((pair.bench.paths.journal_folder / "changes").iterdir())


def test_another_purpose_is_what_the_new_file_has(pair: Pair) -> None:
    pair.copy("user_data")
    assert pair.bench.transfer().state is State.DONE
    assert [file.purpose for file in pair.new()] == ["user_data"]


def test_nothing_of_one_account_is_sent_to_the_other(pair: Pair) -> None:
    secret = served_file("old.txt", id="file-secret-7", purpose="assistants", content=CONTENT)
    pair.acme.add(secret)
    pair.copy(file=listed(secret))
    assert pair.bench.transfer().state is State.DONE
    for server, words in (
        (pair.zenith, (TEST_KEY, "file-secret-7", pair.acme.base_url, "acme", "Acme")),
        (pair.acme, (OTHER_KEY, pair.new()[0].id, pair.zenith.base_url, "zenith", "Zenith")),
    ):
        sent = "\n".join(map(_all_of, server.requests))
        assert sent
        assert [word for word in words if word in sent] == []


@pytest.mark.parametrize(
    ("server", "path", "fault"),
    [
        pytest.param("acme", "/files/*/content", Delivery(stall_after=100), id="getting"),
        pytest.param("zenith", "/files", Stall(Moment.AFTER_BODY), id="answer lost"),
        pytest.param("zenith", "/files/*/content", Delivery(stall_after=100), id="verifying"),
    ],
)
def test_a_kill_leads_to_one_new_file(
    pair: Pair, server: str, path: str, fault: Delivery | Stall
) -> None:
    stalled: ScriptedFilesServer = getattr(pair, server)
    stalled.script("POST" if path == "/files" else "GET", path, [fault])
    pair.copy()
    stalled.wait_until_stalled()
    pair.kill()
    stalled.release()
    done = resume(pair.bench, pair.bench.transfer(State.PAUSED))
    assert done.state is State.DONE
    (new,) = pair.new()
    assert (new.id, new.content) == (done.file_id, CONTENT)


def test_content_that_is_not_as_listed_is_not_uploaded(pair: Pair) -> None:
    pair.copy(file=remote_file("old.txt", id="file-1", purpose="assistants", size=5))
    failed = pair.bench.transfer()
    assert failed.state is State.FAILED
    assert pair.new() == []


def test_a_refused_download_is_said_and_nothing_is_uploaded(pair: Pair) -> None:
    refusal = api_error(400, "Not allowed to download files of purpose: assistants")
    pair.acme.script("GET", "/files/*/content", [refusal])
    pair.copy()
    assert pair.bench.transfer().state is State.FAILED
    assert pair.bench.events.wait_for(ContentRefused).account_id == "acme"
    assert pair.new() == []


def test_a_source_that_points_elsewhere_by_now_is_not_read(
    pair: Pair, make_files_server: MakeServer
) -> None:
    pair.acme.script("GET", "/files/*/content", [api_error(401, "no")])
    pair.copy()
    failed = pair.bench.transfer()
    assert failed.state is State.FAILED
    other: ScriptedFilesServer = make_files_server([pair.old])
    pair.bench.save(other, "acme")
    pair.bench.events.clear()
    pair.bench.engine.transfers.retry([failed.id])
    again = pair.bench.transfer()
    assert again.state is State.FAILED
    assert again.problem is not None
    assert again.problem.title == "Acme is no longer the same account"
    assert not other.requests_to("GET", "/files/*/content")


def test_an_account_that_is_gone_is_said(pair: Pair) -> None:
    pair.bench.engine.copy("acme", "gone", [(listed(pair.old), "assistants")])
    failed = pair.bench.events.wait_for(SomethingFailed)
    assert failed.problem.title == "The account was removed"
