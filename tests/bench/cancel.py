"""How long it takes from *Cancel all* until the connection is closed, in each phase.

    python -m tests.bench.cancel ADDRESS FOLDER

Closed means that this process has no socket to the server anymore, according to /proc. For the
connecting phase, the server is a port with a full backlog, where the system gets no reply.
"""

import contextlib
import json
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.fast_server import MIB, file_id
from tests.bench.report import Line, Options
from tests.bench.window_stalls import in_fresh_process

PHASES = ("connecting", "sending", "waiting for the response", "reading")
SIZE = 256 * MIB


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure how long each phase takes to cancel; the figure is the longest."""
    times: dict[str, list[float]] = {phase: [] for phase in PHASES}
    for run in range(options.runs):
        run_folder = folder / str(run)
        run_folder.mkdir()
        for phase, seconds in in_fresh_process("cancel", address, run_folder).items():
            times[phase] += seconds
    lines = [
        Line(f"canceled while {phase}", max(all_runs), "s", ours=f"med. {_median(all_runs)}")
        for phase, all_runs in times.items()
    ]
    longest = max(line.figure for line in lines)
    return [Line("canceled", longest, "s", "cancel_seconds_max", at_most=1), *lines]


def _median(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.3f} s"


def _sockets_to(port: int) -> set[str]:
    """This process's sockets that are connected or connecting to a port."""
    ours = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            ours.add(str(descriptor.readlink()))
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}")}
    return sockets & ours


@contextlib.contextmanager
def _port_that_never_accepts() -> Iterator[int]:
    """A port with a full backlog: connection attempts get no reply."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _caller in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def _inside(address: str, folder: Path) -> None:
    from services.api.remote_file import RemoteFile
    from services.transfers.transfer import UNDER_WAY, Transfer, TransferState
    from tests.bench.open_window import open_window, rest, wait_for
    from tests.bench.product import account_at

    large, small = folder / "large.bin", folder / "small.bin"
    with large.open("wb") as file:
        file.truncate(SIZE)
    small.write_bytes(bytes(1000))
    remote = RemoteFile(file_id(SIZE), filename="halting.bin", size=SIZE)
    port = int(address.rpartition(":")[2])
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(_port_that_never_accepts())
        callers = len(_sockets_to(silent))
        accounts = [account_at(address, one) for one in ("plain", "deaf", "mute", "halting")]
        accounts.append(account_at(f"http://127.0.0.1:{silent}", "silent"))
        window = stack.enter_context(open_window(folder / "program", accounts))
        model = window.workspace.transfers.model
        times = {}

        def last() -> Transfer:
            return max(model.transfers(), key=lambda one: one.id)

        def open_account(behavior: str) -> None:
            window.backend.open(behavior)
            wait_for(lambda: window.backend.open_id == behavior)
            rest(300)

        def time_to_cancel(in_phase: Callable[[], bool], to: int) -> list[float]:
            ended = model.rowCount()
            wait_for(lambda: model.rowCount() > ended and last().state in UNDER_WAY and in_phase())
            rest(300)  # until everything is settled
            before = len(_sockets_to(to))
            started = time.perf_counter()
            window.workspace.transfers.cancel_requested.emit([last().id])
            wait_for(lambda: len(_sockets_to(to)) < before, every=1)
            seconds = time.perf_counter() - started
            wait_for(lambda: last().state not in UNDER_WAY)
            return [seconds]

        open_account("deaf")
        window.uploads.begin([large], "user_data")
        times["sending"] = time_to_cancel(lambda: last().state is TransferState.RUNNING, port)
        open_account("mute")
        window.uploads.begin([small], "user_data")
        times["waiting for the response"] = time_to_cancel(
            lambda: last().state is TransferState.CONFIRMING, port
        )
        open_account("halting")
        window.downloads.download_files([remote])
        times["reading"] = time_to_cancel(lambda: last().state is TransferState.RUNNING, port)
        open_account("silent")
        window.uploads.begin([small], "user_data")
        # The listing is connecting, too.
        times["connecting"] = time_to_cancel(
            lambda: len(_sockets_to(silent)) == callers + 2, silent
        )
    print(json.dumps(times))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]))
