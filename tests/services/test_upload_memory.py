"""The memory that transferring a large file takes, measured in a separate process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SIZE = 256 * 1024 * 1024
MOST_GROWTH = 32 * 1024 * 1024

SANDBOX = """
import sys
from services.sandbox.command_line import run
sys.exit(run(sys.argv[1:]))
"""

CLIENT = """
import json, os, sys
from pathlib import Path

from services.catalog.events import FileAdded
from services.disk.when_taken import WhenTaken
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferState
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from tests.support.engine_bench import EngineBench
from services.providers.account import ENVIRONMENT_ID


def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def measured(act):
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    before = status("VmRSS")
    act()
    return status("VmHWM") - before


def upload(path):
    bench.events.clear()
    bench.session.upload([UploadRequest(inspect_file(path), "evals")])
    ended = bench.events.wait_for(
        TransferChanged, lambda event: event.transfer.state is TransferState.DONE, seconds=200
    )
    return bench.events.wait_for(FileAdded).file


def download(file):
    bench.events.clear()
    (folder / "got").mkdir(exist_ok=True)
    bench.session.download([file], folder / "got", WhenTaken.REPLACE)
    bench.events.wait_for(
        TransferChanged, lambda event: event.transfer.state is TransferState.DONE, seconds=200
    )


folder, size = Path(sys.argv[1]), int(sys.argv[2])
bench = EngineBench(folder / "data", environment=dict(os.environ))
bench.open(ENVIRONMENT_ID)
small, large = folder / "small.jsonl", folder / "large.jsonl"
for path, length in ((small, 1_000_000), (large, size)):
    with path.open("wb") as file:
        file.truncate(length)
download(upload(small))
files = []
growth = {"upload": measured(lambda: files.append(upload(large)))}
growth["download"] = measured(lambda: download(files[0]))
growth["received"] = (folder / "got" / "large.jsonl").stat().st_size
bench.close()
print(json.dumps(growth))
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sandbox in another process; returns its address and key as environment variables."""
    command = [sys.executable, "-c", SANDBOX, "--dir", str(tmp_path / "sandbox")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        export = next(line for line in lines if line.startswith("export "))
        yield dict(word.split("=", 1) for word in export.split()[1:])
        process.terminate()
        process.wait(30)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_large_files_take_no_more_memory_than_small_ones(
    sandbox: dict[str, str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(tmp_path), str(SIZE)],
        env=os.environ | sandbox,
        stdout=subprocess.PIPE,
        text=True,
        timeout=380,
        check=True,
    )
    growth = json.loads(done.stdout)
    for name, value in growth.items():
        record_property(name, value)
    with capsys.disabled():
        print(f"\nmemory for 512 MiB: {growth}")
    assert growth["received"] == SIZE
    assert growth["upload"] <= MOST_GROWTH
    assert growth["download"] <= MOST_GROWTH
