"""How many requests a scan for references sends, and how fast what needs a file is told after it.

    python -m tests.bench.references serve BATCHES STORES FILES
    python -m tests.bench.references scan ADDRESS FOLDER

In a fresh process, with batches and vector stores on a server in another one. The promise is the price
told before the scan; the requests are counted by the server.
"""

import json
import sys
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.bench.job_server import PAGE, pages_of_batches
from tests.bench.report import Line, Options
from tests.bench.server_process import JsonHandler, serve, server_process
from tests.bench.window_stalls import in_fresh_process

_STORES = 20
_ASKED = 200
"""How many files are told about."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure one scan, and what is told about single files after it."""
    each = str(max(1, options.linked // _STORES))
    arguments = ("serve", str(options.batches), str(_STORES), each)
    with server_process("references", *arguments) as address:
        found = in_fresh_process("references", "scan", address, folder)
    (sent,), (promised,) = found["sent"], found["promised"]
    return [
        Line(
            "requests of a scan over those promised",
            sent / promised,
            "x",
            "scan_requests_over_promised",
            at_most=1.0,
            ours=f"{sent:.0f}",
            reference=f"{promised:.0f}",
        ),
        Line(
            "what needs a selected file, told",
            max(found["told"]),
            "ms",
            "needed_by_ms",
            at_most=50,
        ),
    ]


# Run in separate processes


def _serve(batches: int, stores: int, each: int) -> None:
    pages = pages_of_batches(batches)
    counted = [0]

    def store(number: int) -> dict[str, object]:
        counts = {"total": each, "completed": each, "failed": 0, "in_progress": 0, "cancelled": 0}
        return {
            "id": f"vs_{number}",
            "object": "vector_store",
            "name": f"Store {number}",
            "status": "completed",
            "file_counts": counts,
        }

    def files(number: int, start: int) -> bytes:
        page = [
            {"id": _file_id(number, one), "object": "vector_store.file", "status": "completed"}
            for one in range(start, min(start + PAGE, each))
        ]
        return json.dumps({"data": page, "has_more": start + PAGE < each}).encode()

    class Handler(JsonHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            after = parse_qs(parts.query).get("after", [None])[0]
            if parts.path == "/sent":
                self.answer(json.dumps(counted[0]).encode())
                return
            counted[0] += 1
            match parts.path.split("/")[2:]:
                case ["batches"]:
                    self.answer(pages[after])
                case ["vector_stores"]:
                    self.answer_list([store(number) for number in range(stores)])
                case ["vector_stores", store_id, "files"]:
                    start = 0 if after is None else int(after.rpartition("-")[2]) + 1
                    self.answer(files(int(store_id.removeprefix("vs_")), start))
                case _:
                    self.answer_list([])

    serve(Handler)


def _file_id(store: int, number: int) -> str:
    return f"file-{store:03}-{number:012}"


def _scan(address: str, folder: Path) -> None:
    import requests

    from services.api.files_api import FilesApi
    from services.jobs.jobs import Jobs
    from services.jobs.offered_lists import OfferedLists
    from services.jobs.running_batches import RunningBatches
    from services.providers.account import Account
    from services.references.events import ScanEnded, ScanOutcome
    from services.references.reference_caches import ReferenceCaches
    from services.references.references import References
    from tests.support.events import EventLog
    from ui.inspector.needed_by_words import check_in_words, line_in_words, note_in_words

    def sent() -> int:
        return int(requests.get(f"{address}/sent", timeout=30).json())

    later = 0.0

    def clock() -> float:
        return time.time() + later

    api = FilesApi(Account("many", "Many", "other", f"{address}/v1"), "sk-" + "x" * 48)
    events = EventLog()
    lock = threading.RLock()
    jobs = Jobs(
        lambda event: references.note_event(event),
        lock,
        lambda: api,
        OfferedLists(folder / "offered.json"),
        RunningBatches(folder / "running.json"),
    )
    references = References(
        events, lock, lambda: api, jobs, ReferenceCaches(folder / "kept").cache_of, clock=clock
    )
    number = references.scans.start_lists()
    events.wait_for(ScanEnded, lambda event: event.scan == number, seconds=120)
    later = 3_600.0  # so that the scan reads the lists, too
    price = references.scans.price()
    assert price is not None
    before = sent()
    number = references.scans.start(None, price.requests)
    ended = events.wait_for(ScanEnded, lambda event: event.scan == number, seconds=300)
    assert ended.outcome is ScanOutcome.DONE, ended
    used = sent() - before
    told = []
    for one in range(_ASKED):
        file_id = _file_id(one % _STORES, one)
        started = time.perf_counter()
        answer = references.answer(file_id, 1_700_000_000)
        assert answer.references
        lines = [line_in_words(reference) for reference in answer.references]
        note_in_words(answer, references.coverage, clock())
        check_in_words(answer, references.scans.price((file_id,)))
        told.append((time.perf_counter() - started) * 1_000)
        assert lines
    for part in (jobs, references):
        part.stop()
        part.join(30)
    print(json.dumps({"sent": [used], "promised": [price.requests], "told": told}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", batches, stores, each]:
            _serve(int(batches), int(stores), int(each))
        case ["scan", address, folder]:
            _scan(address, Path(folder))
