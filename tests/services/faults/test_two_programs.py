"""Two programs share a folder: each has its own journal, and abandoned ones are taken over."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.transfers.events import TransferChanged, TransfersRestored
from services.transfers.transfer import TransferState
from tests.support.engine_bench import EngineBench
from tests.support.factories import upload_request
from tests.support.files_server import ScriptedFilesServer

ROOT = Path(__file__).resolve().parents[3]
OTHER_PROGRAM = """
import sys
from pathlib import Path
from services.transfers.journal_folder import open_journal
from services.transfers.transfer_queue import TransferQueue
from services.transfers.jobs import DeleteJob
from tests.support.factories import remote_file

queue = TransferQueue(lambda event: None, lambda *one: sys.stdin.read())
queue.restore(open_journal(Path(sys.argv[1])))
queue.add("acme", [DeleteJob(remote_file(name)) for name in ("one.jsonl", "two.jsonl")])
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_second_program_has_its_own_queue_and_takes_over_the_first(
    make_bench: Callable[[], EngineBench],
    files_server: ScriptedFilesServer,
    tmp_path: Path,
) -> None:
    bench = make_bench()
    bench.events.wait_for(TransfersRestored)
    bench.close()
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROGRAM, bench.paths.journal_folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        second = make_bench()
        assert second.events.wait_for(TransfersRestored).waiting == 0
        second.save(files_server)
        second.open()
        (tmp_path / "mine.jsonl").write_bytes(b"{}\n")
        second.session.upload([upload_request(tmp_path / "mine.jsonl")])
        second.transfer(TransferState.DONE)
        second.close()
    finally:
        other.kill()
        other.communicate()
    for _session in range(2):  # nothing is taken over twice
        third = make_bench()
        assert third.events.wait_for(TransfersRestored).waiting == 2
        found = sorted(
            (event.transfer.name, event.transfer.state.name)
            for event in third.events.all(TransferChanged)
        )
        assert found == [("mine.jsonl", "DONE"), ("one.jsonl", "PAUSED"), ("two.jsonl", "PAUSED")]
        third.close()
