"""How fast 10,000 batches are listed and linked to 50,000 files.

    python -m tests.bench.jobs raw ADDRESS
    python -m tests.bench.jobs list ADDRESS BATCHES FILES FOLDER

Each runs in a fresh process; the server is another one. The reference fetches the same pages with
requests and decodes them with json.
"""

import json
import statistics
import sys
import threading
import time
from pathlib import Path

from tests.bench.job_server import PAGE, file_ids_of
from tests.bench.report import Line, Options
from tests.bench.server_process import server_process
from tests.bench.window_stalls import in_fresh_process

_FILES_OF_A_BATCH = 3


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure listing and linking."""
    ours: list[float] = []
    raw: list[float] = []
    with server_process("job_server", "--batches", str(options.batches)) as address:
        for run in range(options.runs):
            raw += in_fresh_process("jobs", "raw", address)["seconds"]
            where = folder / str(run)
            given = (address, options.batches, options.linked, where)
            ours += in_fresh_process("jobs", "list", *given)["seconds"]
    return [
        Line(
            "batches listed and linked to files, over fetching the pages",
            statistics.median(own / other for own, other in zip(ours, raw, strict=True)),
            "x",
            "batches_10k_vs_raw",
            at_most=1.5,
            ours=f"{statistics.median(ours):.3f} s",
            reference=f"{statistics.median(raw):.3f} s",
        )
    ]


# Run in separate processes


def _raw(address: str) -> None:
    import requests

    started = time.perf_counter()
    session = requests.Session()
    session.trust_env = False
    pages = []
    after, more = None, True
    while more:
        query = {"limit": str(PAGE)} | ({"after": after} if after else {})
        page = json.loads(session.get(f"{address}/v1/batches", params=query).content)
        pages.append(page["data"])
        after, more = page["last_id"], page["has_more"]
    print(json.dumps({"seconds": [time.perf_counter() - started]}))


def _list(address: str, batches: int, files: int, folder: Path) -> None:
    from services.api.batch import Batch
    from services.api.files_api import FilesApi
    from services.api.http_parts import http_parts
    from services.jobs.events import JobsListingEnded
    from services.jobs.job_kind import JobKind
    from services.jobs.jobs import Jobs
    from services.jobs.offered_lists import OfferedLists
    from services.jobs.running_batches import RunningBatches
    from services.providers.account import Account
    from tests.support.events import EventLog

    of_batches = [one for number in range(batches) for one in file_ids_of(number)]
    others = [f"file-other-{number:017d}" for number in range(max(0, files - len(of_batches)))]
    file_ids = [*of_batches, *others][:files]
    api = FilesApi(Account("many", "Many", "other", f"{address}/v1"), "sk-" + "x" * 48)
    events = EventLog()
    jobs = Jobs(
        events,
        threading.RLock(),
        lambda: api,
        OfferedLists(folder / "offered.json"),
        RunningBatches(folder / "running.json"),
    )
    http_parts()  # in the reference, requests is imported before, too
    started = time.perf_counter()
    jobs.lists.refresh(JobKind.BATCHES)
    ended = events.wait_for(JobsListingEnded)
    needed_by: dict[str, list[tuple[str, Batch]]] = {}
    for batch in jobs.known.of(JobKind.BATCHES):
        if isinstance(batch, Batch):
            for role, file_id in batch.file_ids:
                needed_by.setdefault(file_id, []).append((role, batch))
    linked = sum(file_id in needed_by for file_id in file_ids)
    seconds = time.perf_counter() - started
    assert ended.complete
    assert linked == min(files, _FILES_OF_A_BATCH * batches)
    jobs.stop()
    print(json.dumps({"seconds": [seconds]}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["raw", address]:
            _raw(address)
        case ["list", address, batches, files, folder]:
            _list(address, int(batches), int(files), Path(folder))
