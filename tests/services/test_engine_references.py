"""What refers to files in a session of the whole engine, and on the sandbox."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest

from services.api.files_api import FilesApi
from services.cleanup.planning import make_plan
from services.cleanup.referenced_by import references_now
from services.cleanup.rules import CleanUpRules
from services.jobs.jobs import Jobs
from services.jobs.offered_lists import OfferedLists
from services.jobs.running_batches import RunningBatches
from services.providers.account import AccountKind
from services.references.answer import Verdict
from services.references.events import ReferencesChanged, ScanEnded, ScanOutcome
from services.references.price import Price
from services.references.reference_caches import ReferenceCaches
from services.references.references import References
from services.sandbox.server import SandboxAddress, SandboxServer
from services.system.events import Event
from tests.support.engine_bench import EngineBench
from tests.support.events import EventLog
from tests.support.factories import account, remote_file
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.served_jobs import running_batch, served_batch, served_store, store_file
from tests.support.waiting import wait_for

KEY = "sk-test-0123456789abcdef"


def test_references_of_a_session(opened: EngineBench, files_server: ScriptedFilesServer) -> None:
    files_server.jobs.batches.append(running_batch(id="batch_1", input_file_id="file-a"))
    session = opened.session
    session.references.scans.start()
    ended = opened.events.wait_for(ScanEnded)
    assert (ended.session, ended.outcome) == (session.number, ScanOutcome.DONE)
    assert [one.id for one in session.references.answer("file-a").references] == ["batch_1"]
    known = references_now(session.references)
    assert known.complete
    assert [one.id for one in known.of("file-a")] == ["batch_1"]


def test_lists_of_jobs_are_noted_without_asking_for_references(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.jobs.batches.append(served_batch(input_file_id="file-a"))
    opened.session.jobs.lists.look()
    opened.events.wait_for(ReferencesChanged)
    wait_for(
        lambda: opened.session.references.answer("file-a").verdict is Verdict.FOUND, "that it is"
    )


def test_a_deleted_file_leaves_its_stores(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.txt", id="file-a"))
    counts = {"total": 1, "completed": 1, "failed": 0, "in_progress": 0, "cancelled": 0}
    files_server.jobs.stores.append(served_store(id="vs_1", file_counts=counts))
    files_server.jobs.files_of["vs_1"] = [store_file("file-a")]
    opened.session.references.scans.start()
    opened.events.wait_for(ScanEnded)
    references = opened.session.references
    assert references.answer("file-a").verdict is Verdict.FOUND
    opened.session.note_deleted("acme", "file-a")
    assert references.answer("file-a").verdict is Verdict.NONE_FOUND


def test_what_is_kept_is_forgotten_with_its_account(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    folder = opened.paths.catalog_folder / "references"
    opened.session.references.scans.start()
    opened.events.wait_for(ScanEnded)
    wait_for(lambda: bool(list(folder.glob("*.sqlite"))), "that it is kept")
    opened.engine.accounts.remove("acme")
    wait_for(lambda: not list(folder.glob("*.sqlite")), "that it is forgotten")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    server = SandboxServer(tmp_path / "sandbox", key=KEY, with_samples=False)
    server.start()
    yield server
    server.stop()


def test_no_reference_found_is_always_true(sandbox: SandboxServer, tmp_path: Path) -> None:
    """References are planted in a sandbox; all files without one are found, and no others."""
    address = sandbox.start()
    chance = random.Random(14)
    line = (
        b'{"custom_id": "1", "method": "POST", "url": "/v1/responses",'
        b' "body": {"model": "gpt-5-mini", "input": "Hi"}}\n'
    )
    example = (
        b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
    )
    planted: set[str] = set()
    with openai.OpenAI(base_url=address.base_url, api_key=address.key, max_retries=0) as sdk:

        def upload(number: int, content: bytes, purpose: str) -> str:
            name = f"file-{number}.jsonl"
            return sdk.files.create(file=(name, content), purpose=purpose).id  # type: ignore[arg-type]

        batches = [upload(number, line, "batch") for number in range(30)]
        training = [upload(number, example * 10, "fine-tune") for number in range(12)]
        others = [upload(number, b"Hello", "assistants") for number in range(160)]
        for file_id in chance.sample(batches, 9):
            sdk.batches.create(
                input_file_id=file_id, endpoint="/v1/responses", completion_window="24h"
            )
            planted.add(file_id)
        pairs = chance.sample(training, 4)
        for one, other in (pairs[:2], pairs[2:]):
            sdk.fine_tuning.jobs.create(
                model="gpt-4.1-mini-2025-04-14", training_file=one, validation_file=other
            )
            planted |= {one, other}
        everywhere = others + batches + training
        for size in (0, 1, 7, 130):
            files = chance.sample(everywhere, size)
            store = sdk.vector_stores.create(name=f"Store {size}", file_ids=files[:50])
            for file_id in files[50:]:
                sdk.vector_stores.files.create(store.id, file_id=file_id)
            planted |= set(files)
    with _references_of(address, tmp_path) as (references, events):
        _scan(references, events, None)
        found = {one: references.answer(one).verdict for one in everywhere}
    assert {one for one, verdict in found.items() if verdict is Verdict.NONE_FOUND} == (
        set(everywhere) - planted
    )
    assert {one for one, verdict in found.items() if verdict is Verdict.FOUND} == planted


def test_a_clean_up_deletes_exactly_what_no_store_has_after_asking_file_by_file(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    """References are planted; a few files are asked about, and exactly the right ones may go."""
    address = sandbox.start()
    chance = random.Random(41)
    with openai.OpenAI(base_url=address.base_url, api_key=address.key, max_retries=0) as sdk:
        uploaded = [
            sdk.files.create(file=(f"{number}.txt", b"Hello"), purpose="assistants")
            for number in range(225)
        ]
        everywhere = [file.id for file in uploaded]
        planted: set[str] = set()
        for size in (105, 205):
            ids = chance.sample(everywhere[5:], size)
            store = sdk.vector_stores.create(name=f"Store {size}", file_ids=ids[:50])
            for file_id in ids[50:]:
                sdk.vector_stores.files.create(store.id, file_id=file_id)
            planted |= set(ids)
    files = [
        remote_file(file.filename, id=file.id, purpose="assistants", created_at=file.created_at)
        for file in uploaded
    ]
    free = [one for one in everywhere if one not in planted]
    asked = [free[0], chance.choice(sorted(planted))]
    rules = CleanUpRules(("assistants",), not_referenced=True)
    with _references_of(address, tmp_path) as (references, events):

        def going() -> list[str]:
            plan = make_plan(files, rules, time.time(), references_now(references))
            return [file.id for file in plan.files]

        assert going() == []
        for chosen in (asked, free[1:3]):
            price = _scan(references, events, chosen)
            assert price.asks_files
        assert not references.coverage.complete
        assert sorted(going()) == sorted({asked[0], *free[1:3]})


@contextmanager
def _references_of(address: SandboxAddress, folder: Path) -> Iterator[tuple[References, EventLog]]:
    events = EventLog()
    api = FilesApi(account(base_url=address.base_url, kind=AccountKind.SANDBOX), address.key)
    lock = threading.RLock()

    def note(event: Event) -> None:
        references.note_event(event)

    jobs = Jobs(
        note,
        lock,
        lambda: api,
        OfferedLists(folder / "offered.json"),
        RunningBatches(folder / "running.json"),
    )
    caches = ReferenceCaches(folder / "references")
    # Files count as checked only if they are older, by a second at least.
    references = References(
        events, lock, lambda: api, jobs, caches.cache_of, clock=lambda: time.time() + 2
    )
    try:
        number = references.scans.start_lists()
        events.wait_for(ScanEnded, lambda event: event.scan == number)
        yield references, events
    finally:
        for part in (jobs, references):
            part.stop()
            assert part.join(10)


def _scan(references: References, events: EventLog, chosen: list[str] | None) -> Price:
    """Scan for exactly the price told before."""
    price = references.scans.price(chosen)
    assert price is not None
    number = references.scans.start(chosen, price.requests)
    ended = events.wait_for(ScanEnded, lambda event: event.scan == number)
    assert ended.outcome is ScanOutcome.DONE
    assert ended.done <= price.requests
    return price
