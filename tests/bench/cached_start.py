"""How long the program takes to start with the cached listing of a large account.

The reference is a window with an empty table and nothing else; see `tests.bench.first_paint`.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.accounts.environment import environment_account
from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.catalog.listing_caches import ListingCaches
from services.system.cancellation import CancelToken
from services.system.paths import paths_under
from tests.bench.environment import as_installed
from tests.bench.page_server import page_server
from tests.bench.product import KEY
from tests.bench.report import ROOT, Line, Options


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the two figures of the start."""
    started: list[float] = []
    bare: list[float] = []
    with page_server(options.listed) as address:
        environment = _environment(address)
        _cache_listing(folder, environment)
        for run in range(options.runs + 1):
            ours = _time_to_paint(["program", options.listed, folder], environment)
            theirs = _time_to_paint(["bare"], environment)
            if run:  # the first run compiles
                started.append(ours)
                bare.append(theirs)
    return [
        Line(
            "window with the last listing",
            statistics.median(started),
            "ms",
            "cached_start_ms",
            reference=f"{statistics.median(bare):.0f} ms",
        ),
        Line(
            "over a bare window",
            statistics.median(own / other for own, other in zip(started, bare, strict=True)),
            "x",
            "cached_start_vs_bare",
            at_most=2.5,
        ),
    ]


def _environment(address: str) -> dict[str, str]:
    """An environment that provides an account."""
    return as_installed() | {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{address}/v1",
    }


def _cache_listing(folder: Path, environment: Mapping[str, str]) -> None:
    """Cache a listing of the account, as an earlier session would have."""
    found = environment_account(environment)
    assert found is not None
    api = FilesApi(*found)
    cache = ListingCaches(paths_under(folder).listings_folder).cache_of(api)
    assert cache is not None
    writer = cache.begin()
    for page in all_pages(api, CancelToken()):
        for start in range(0, len(page.files), 1000):
            writer.add(page.files[start : start + 1000])
    assert writer.finish(time.time())


def _time_to_paint(arguments: Sequence[object], environment: Mapping[str, str]) -> float:
    """Milliseconds from the start of a process to its first paint."""
    command = [sys.executable, "-m", "tests.bench.first_paint", str(time.monotonic())]
    command += map(str, arguments)
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, list[float]] = json.loads(answer.stdout.splitlines()[-1])
    return figures["ms"][0]
