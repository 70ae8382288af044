"""How long it takes from a click on "Cancel all" until the connection is closed, in each phase.

    python -m tests.bench.cancel ADDRESS FOLDER

Closed means that this process holds no socket to the server any more, seen in /proc. Connecting
is tried on a port whose queue of callers is full, where the system gets no answer.
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

PHASES = ("connecting", "sending", "waiting for the answer", "reading")
SIZE = 256 * MIB


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """The figure of cancelling, the longest over all phases, and how long each takes."""
    taken: dict[str, list[float]] = {phase: [] for phase in PHASES}
    for run in range(options.runs):
        made = folder / str(run)
        made.mkdir()
        for phase, seconds in in_fresh_process("cancel", address, made).items():
            taken[phase] += seconds
    lines = [
        Line(f"cancelled while {phase}", max(all_runs), "s", ours=f"med. {_median(all_runs)}")
        for phase, all_runs in taken.items()
    ]
    longest = max(line.figure for line in lines)
    return [Line("cancelled", longest, "s", "cancel_seconds_max", at_most=1), *lines]


def _median(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.3f} s"


def _sockets_to(port: int) -> set[str]:
    """The sockets of this process that are connected or connecting to a port."""
    ours = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            ours.add(str(descriptor.readlink()))
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}")}
    return sockets & ours


@contextlib.contextmanager
def _port_that_never_accepts() -> Iterator[int]:
    """A port whose short queue is full: who connects gets no answer."""
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
        taken = {}

        def last() -> Transfer:
            return max(model.transfers(), key=lambda one: one.id)

        def open_account(behaviour: str) -> None:
            window.accounts.open(behaviour)
            wait_for(lambda: window.backend.open_id == behaviour)
            rest(300)

        def cancelled_after(in_phase: Callable[[], bool], to: int) -> list[float]:
            ended = model.rowCount()
            wait_for(lambda: model.rowCount() > ended and last().state in UNDER_WAY and in_phase())
            rest(300)  # until nothing moves any more
            before = len(_sockets_to(to))
            begun = time.perf_counter()
            window.workspace.transfers.cancel_asked.emit([last().id])
            wait_for(lambda: len(_sockets_to(to)) < before, every=1)
            seconds = time.perf_counter() - begun
            wait_for(lambda: last().state not in UNDER_WAY)
            return [seconds]

        open_account("deaf")
        window.uploads.begin([large], "user_data")
        taken["sending"] = cancelled_after(lambda: last().state is TransferState.RUNNING, port)
        open_account("mute")
        window.uploads.begin([small], "user_data")
        taken["waiting for the answer"] = cancelled_after(
            lambda: last().state is TransferState.CONFIRMING, port
        )
        open_account("halting")
        window.downloads.download_files([remote])
        taken["reading"] = cancelled_after(lambda: last().state is TransferState.RUNNING, port)
        open_account("silent")
        window.uploads.begin([small], "user_data")
        # The listing is connecting as well.
        taken["connecting"] = cancelled_after(
            lambda: len(_sockets_to(silent)) == callers + 2, silent
        )
    print(json.dumps(taken))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]))
