"""The command line: how soon it starts, and how it uploads and lists, each as a whole process."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.environment import as_installed
from tests.bench.fast_server import MIB
from tests.bench.page_server import page_server
from tests.bench.product import KEY
from tests.bench.report import ROOT, Line, Options, alternately, median_ratio, seconds
from tests.bench.small_uploads import BEHAVIOR, SIZE
from tests.bench.throughput import official_client, timed

_STARTS = 5
"""Starts of a program in each run."""
_RAW = ROOT / "tests" / "bench" / "raw_listing.py"


def measure_start(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure a command that lists the accounts: it reads settings, but uses no network."""
    command = _command("accounts", folder)
    python = [sys.executable, "-c", "pass"]
    sides = [lambda: _run(command), lambda: _run(python)]
    ours, bare = alternately(_STARTS * options.runs, sides)
    over = [own - other for own, other in zip(ours, bare, strict=True)]
    return [
        Line(
            "start of a command over that of Python",
            1000 * statistics.median(over),
            "ms",
            "cli_start_ms_over_python",
            at_most=150,
            ours=seconds(ours),
            reference=seconds(bare),
        )
    ]


def measure_uploads(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure `put` of many small files to a slow server."""
    server = f"{address}/{BEHAVIOR}/v1"
    client = official_client(server)
    files = [folder / f"small-{number}.bin" for number in range(options.small)]
    for file in files:
        file.write_bytes(os.urandom(SIZE))
    data = (folder / f"data-{number}" for number in range(options.runs + 1))

    def put() -> float:
        command = _command("put", next(data), "--quiet", "--purpose", "user_data", *map(str, files))
        return _run(command, server)

    def one_by_one() -> None:
        for file in files:
            with file.open("rb") as opened:
                client.files.create(file=opened, purpose="user_data")

    ours, sdk = alternately(options.runs, [put, lambda: timed(one_by_one)])
    return [
        Line(
            f"put of {options.small} small files",
            median_ratio(sdk, ours),
            "x",
            "cli_put_500_vs_sdk",
            at_least=3.5,
            ours=seconds(ours),
            reference=seconds(sdk),
        )
    ]


def measure_listing(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure `ls` of a large account, with the rows written to a file."""
    ls = _command("ls", folder)
    raw = [sys.executable, str(_RAW)]
    with page_server(options.listed) as address:
        url = f"{address}/v1"
        sides = [lambda: _run(ls, url, folder / "rows"), lambda: _run([*raw, address])]
        ours, theirs = alternately(options.runs, sides)
        memory = _most_memory(ls, url)
    rows = (folder / "rows").read_bytes().count(b"\n")
    if rows != options.listed:
        raise RuntimeError(f"{rows} rows were printed")
    return [
        Line(
            "ls, over fetching the pages",
            1 / median_ratio(theirs, ours),
            "x",
            "cli_ls_100k_vs_raw",
            at_most=1.3,
            ours=seconds(ours),
            reference=seconds(theirs),
        ),
        Line(
            "most memory of ls",
            memory,
            "MiB",
            "cli_ls_100k_rss_mib",
            at_most=120,
        ),
    ]


def _command(name: str, data: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), name, "--data-dir", str(data), *arguments]


def _run(command: Sequence[str], server: str = "", output: Path = Path(os.devnull)) -> float:
    """How long a program takes, in seconds."""
    with output.open("wb") as opened, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        done = subprocess.run(
            command, stdout=opened, stderr=errors, env=_environment(server), check=False
        )
        taken = time.perf_counter() - started
        if done.returncode:
            errors.seek(0)
            raise RuntimeError(errors.read().decode())
    return taken


def _most_memory(command: Sequence[str], server: str) -> float:
    """The most memory that a program takes, in MiB.

    It is started by a small one, because Linux counts the memory of the one that starts it.
    """
    report = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    starter = [sys.executable, "-c", report, *command]
    return int(subprocess.check_output(starter, env=_environment(server))) * 1024 / MIB


def _environment(server: str) -> dict[str, str]:
    environment = as_installed() | {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server}
    environment.pop("PYTHONUNBUFFERED", None)
    return environment
