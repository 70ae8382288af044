"""Kills the program at random moments, again and again, and checks that nothing is lost.

    python -m tests.crash.driver --kills 100 --seed 7 --minutes 60

A sandbox server runs in its own process the whole time. The program (see `program`) is started,
killed with SIGKILL and started again, always with work left to do. At the end it may finish, and
everything is compared byte for byte with what it should be.

Then the tests in tests/promise run against a scripted server for the given minutes.
"""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from services.transfers.jobs import DownloadJob
from services.transfers.journal import Journal, JournalRow
from services.transfers.transfer import ENDED, TransferKind, TransferState
from tests.crash.processes import KEY, CrashTestFailed, Server, Session
from tests.crash.stock import Stock
from tests.promise.search import search

MIN_UNFINISHED = 10
"""Unfinished transfers at each start of the program."""

_MOMENTS: tuple[tuple[str, float], ...] = (
    # The output line to wait for, and the longest delay after it in seconds.
    ("", 1.5),
    ("ready", 0.5),
    ("state upload RUNNING", 0.3),
    ("state upload CONFIRMING", 0.008),
    ("state upload CONFIRMING", 0.02),
    ("state download RUNNING", 0.4),
    ("renaming", 0.0),
    ("renaming", 0.003),
)
_LONGEST_WAIT = 4.0
"""How long to wait for that line before killing anyway, in seconds."""


@dataclass
class Counts:
    """What the kills interrupted, and the results."""

    kills: int = 0
    sessions: int = 0
    by_phase: Counter[str] = field(default_factory=Counter)
    """How many kills interrupted at least one transfer in that phase."""
    transfers: Counter[str] = field(default_factory=Counter)
    """How many transfers were interrupted in that phase."""
    adopted: int = 0
    """Uploads that were found on the server instead of sent again."""
    resumed_downloads: set[str] = field(default_factory=set)
    uploads: int = 0
    downloads: int = 0
    rows: int = 0
    in_history: int = 0
    """Uploads that are in the upload history with the right hash."""
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [
            f"{self.kills} kills in {self.sessions} sessions, {self.seconds:.0f} s",
            f"{self.uploads} uploads on the server exactly once, byte for byte",
            f"{self.downloads} downloads in the folder exactly once, byte for byte; no part files",
            f"{self.rows} rows in the journal, none lost",
            f"{self.in_history} uploads in the history with their hash",
            f"{self.adopted} uploads found on the server instead of sent again",
            f"{len(self.resumed_downloads)} downloads interrupted and finished later",
            "kills by phase (and transfers interrupted in it):",
        ]
        lines += [
            f"  {phase:12} {count:4} ({self.transfers[phase]})"
            for phase, count in self.by_phase.most_common()
        ]
        return "\n".join(lines)


def crash_test(folder: Path, kills: int, seed: int, verbose: bool = False) -> Counts:
    """Kill `kills` times, finish and compare. Raises CrashTestFailed if anything is wrong."""
    start = time.monotonic()
    rng = random.Random(seed)
    for name in ("source", "downloads"):
        (folder / name).mkdir(parents=True)
    server = Server(folder)
    stock = Stock(folder / "source", folder / "downloads", server.base_url, KEY)
    counts = Counts()
    known: set[tuple[TransferKind, str]] = set()
    try:
        while counts.kills < kills:
            rows = _rows(folder)
            known = _require_all(known, rows)
            if _unfinished(stock, rows) < MIN_UNFINISHED:
                stock.grow(rng, MIN_UNFINISHED)
            session = Session(folder, server.base_url)
            moment, delay = rng.choice(_MOMENTS)
            if moment:
                session.wait_for(moment, _LONGEST_WAIT)
            session.wait_for("failed", rng.random() * delay)
            killed = session.kill()
            _count(counts, session, killed, _rows(folder))
            session.check()
            if verbose and killed and counts.kills % 10 == 0:
                print(f"{counts.kills} kills", flush=True)
        last = Session(folder, server.base_url)
        last.finish()
        _count(counts, last, False, [])
        last.check()
        rows = _rows(folder)
        known = _require_all(known, rows)
        faults = stock.faults() + _journal_faults(stock, rows)
        hashes = _history_hashes(folder)
        faults += [
            f"{name} has a wrong hash in the history"
            for name, digest in hashes.items()
            if digest != stock.local.get(name)
        ]
        if faults:
            raise CrashTestFailed("\n".join(faults))
    finally:
        stock.close()
        server.close()
    counts.uploads, counts.downloads = len(stock.local), len(stock.remote)
    counts.rows = len(rows)
    counts.in_history = len(hashes)
    counts.seconds = time.monotonic() - start
    return counts


def _rows(folder: Path) -> list[JournalRow]:
    """Read the journal from a copy: the program itself has to recover the original."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for name in ("queue.sqlite", "queue.sqlite-wal"):
        if (folder / "data" / "transfers" / name).exists():
            shutil.copyfile(folder / "data" / "transfers" / name, copy / name)
    journal = Journal(copy / "queue.sqlite")
    rows = journal.rows()
    journal.close()
    if journal.set_aside is not None:
        raise CrashTestFailed("the journal is damaged")
    return rows


def _history_hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every upload in the history, by name."""
    database = sqlite3.connect(folder / "data" / "catalog" / "uploads.sqlite")
    try:
        return dict(database.execute("SELECT name, lower(hex(sha256)) FROM uploads"))
    finally:
        database.close()


def _require_all(
    known: set[tuple[TransferKind, str]], rows: list[JournalRow]
) -> set[tuple[TransferKind, str]]:
    """Return all transfers in the journal. Raises CrashTestFailed if an earlier one is missing."""
    now = {(row.transfer.kind, row.transfer.name) for row in rows}
    if known - now:
        raise CrashTestFailed(f"lost from the journal: {sorted(name for _, name in known - now)}")
    return now


def _unfinished(stock: Stock, rows: list[JournalRow]) -> int:
    done = sum(row.transfer.state is TransferState.DONE for row in rows)
    return len(stock.local) + len(stock.remote) - done


def _journal_faults(stock: Stock, rows: list[JournalRow]) -> list[str]:
    """Return what is wrong with the final journal."""
    names = Counter((row.transfer.kind, row.transfer.name) for row in rows)
    wanted = {(TransferKind.UPLOAD, name) for name in stock.local}
    wanted |= {(TransferKind.DOWNLOAD, name) for name in stock.remote}
    wrong = [f"{name} has {count} rows" for (_, name), count in names.items() if count != 1]
    wrong += [f"{name} has no row" for _, name in wanted - names.keys()]
    wrong += [
        f"{row.transfer.name} is {row.transfer.state.name}"
        for row in rows
        if row.transfer.state is not TransferState.DONE
    ]
    return wrong


def _count(counts: Counts, session: Session, killed: bool, rows: list[JournalRow]) -> None:
    """Count what a session did and what its kill interrupted."""
    counts.sessions += 1
    counts.adopted += sum(line.startswith("adopted") for line in session.lines)
    if not killed:
        return
    counts.kills += 1
    interrupted = Counter(phase for row in rows if (phase := _phase_of(row)))
    counts.by_phase.update(interrupted.keys() or ["between"])
    counts.transfers.update(interrupted)
    counts.resumed_downloads.update(
        row.transfer.name for row in rows if _phase_of(row) in {"downloading", "renaming"}
    )


def _phase_of(row: JournalRow) -> str:
    """Return the phase that a kill interrupted; empty if the transfer wasn't running."""
    state = row.transfer.state
    if isinstance(row.job, DownloadJob) and row.job.target and state not in ENDED:
        return "renaming"
    if state is TransferState.RUNNING:
        return "sending" if row.transfer.kind is TransferKind.UPLOAD else "downloading"
    return "confirming" if state is TransferState.CONFIRMING else ""


def main() -> int:
    """Run the test in a temporary folder, which is kept if the test fails."""
    parser = argparse.ArgumentParser(
        description="Kill the program repeatedly and check that nothing is lost"
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=1.0)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="crash-test-"))
    print(f"seed {arguments.seed}", flush=True)
    try:
        counts = crash_test(folder, arguments.kills, arguments.seed, verbose=True)
    except CrashTestFailed as failed:
        print(f"FAILED, see {folder}\n{failed}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print(counts, flush=True)
    found = search(arguments.minutes, arguments.seed, lambda text: print(text, flush=True))
    print(found)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
