"""Kills the program at random moments, again and again, and looks whether anything was lost.

    python -m tests.crash.driver --kills 100 --seed 7 --minutes 60

A sandbox server runs as a process of its own all the time. The program (see `program`) is
started, killed with SIGKILL, and started again; before each start there is work left to do. At
the end it is let finish, and everything is compared bit for bit with what it should be.

Then, for so many minutes, a server with a will of its own tries it (see tests/promise).
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

AT_LEAST_LEFT = 10
"""Transfers that wait when the program is started."""

_MOMENTS: tuple[tuple[str, float], ...] = (
    # What to wait for in the program's report, and the longest further delay in seconds.
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
"""Seconds for the moment to come, before the program is killed without it."""


@dataclass
class Counts:
    """What the kills met, and what became of it."""

    kills: int = 0
    sessions: int = 0
    by_phase: Counter[str] = field(default_factory=Counter)
    """How many kills met at least one transfer in that phase."""
    transfers: Counter[str] = field(default_factory=Counter)
    """How many transfers were met in that phase."""
    adopted: int = 0
    """Uploads that were found at the server instead of sent again."""
    resumed_downloads: set[str] = field(default_factory=set)
    uploads: int = 0
    downloads: int = 0
    rows: int = 0
    remembered: int = 0
    """Uploads of which the ledger knows, rightly, from where they came."""
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [
            f"{self.kills} kills in {self.sessions} sessions, {self.seconds:.0f} s",
            f"{self.uploads} uploads at the server exactly once, bit for bit",
            f"{self.downloads} downloads in the folder exactly once, bit for bit; no part file",
            f"{self.rows} rows in the journal, none lost",
            f"{self.remembered} uploads remembered with their hash",
            f"{self.adopted} uploads found at the server instead of sent again",
            f"{len(self.resumed_downloads)} downloads interrupted and finished later",
            "kills by phase (and transfers met in it):",
        ]
        lines += [
            f"  {phase:12} {count:4} ({self.transfers[phase]})"
            for phase, count in self.by_phase.most_common()
        ]
        return "\n".join(lines)


def crash_test(folder: Path, kills: int, seed: int, tell: bool = False) -> Counts:
    """Kill so often, finish, and compare. Raise CrashTestFailed when something is amiss."""
    start = time.monotonic()
    chance = random.Random(seed)
    for name in ("source", "downloads"):
        (folder / name).mkdir(parents=True)
    server = Server(folder)
    stock = Stock(folder / "source", folder / "downloads", server.base_url, KEY)
    counts = Counts()
    seen: set[tuple[TransferKind, str]] = set()
    try:
        while counts.kills < kills:
            rows = _rows(folder)
            seen = _all_of(seen, rows)
            if _left(stock, rows) < AT_LEAST_LEFT:
                stock.grow(chance, AT_LEAST_LEFT)
            session = Session(folder, server.base_url)
            moment, delay = chance.choice(_MOMENTS)
            if moment:
                session.wait_for(moment, _LONGEST_WAIT)
            session.wait_for("failed", chance.random() * delay)
            killed = session.kill()
            _note(counts, session, killed, _rows(folder))
            session.check()
            if tell and killed and counts.kills % 10 == 0:
                print(f"{counts.kills} kills", flush=True)
        last = Session(folder, server.base_url)
        last.finish()
        _note(counts, last, False, [])
        last.check()
        rows = _rows(folder)
        seen = _all_of(seen, rows)
        faults = stock.faults() + _faults_of(stock, rows)
        hashes = _remembered(folder)
        faults += [
            f"{name} is remembered wrongly"
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
    counts.remembered = len(hashes)
    counts.seconds = time.monotonic() - start
    return counts


def _rows(folder: Path) -> list[JournalRow]:
    """What the journal holds, read from a copy: the program itself must put it in order again."""
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


def _remembered(folder: Path) -> dict[str, str]:
    """By name, the hash of every upload that the ledger knows of."""
    ledger = sqlite3.connect(folder / "data" / "catalog" / "uploads.sqlite")
    try:
        return dict(ledger.execute("SELECT name, lower(hex(sha256)) FROM uploads"))
    finally:
        ledger.close()


def _all_of(
    seen: set[tuple[TransferKind, str]], rows: list[JournalRow]
) -> set[tuple[TransferKind, str]]:
    """All that were ever in the journal. Raise CrashTestFailed when one is no longer."""
    now = {(row.transfer.kind, row.transfer.name) for row in rows}
    if seen - now:
        raise CrashTestFailed(f"lost from the journal: {sorted(name for _, name in seen - now)}")
    return now


def _left(stock: Stock, rows: list[JournalRow]) -> int:
    done = sum(row.transfer.state is TransferState.DONE for row in rows)
    return len(stock.local) + len(stock.remote) - done


def _faults_of(stock: Stock, rows: list[JournalRow]) -> list[str]:
    """What is wrong with the journal when all is done."""
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


def _note(counts: Counts, session: Session, killed: bool, rows: list[JournalRow]) -> None:
    """Count what a session did, and what the kill at its end met."""
    counts.sessions += 1
    counts.adopted += sum(line.startswith("adopted") for line in session.said)
    if not killed:
        return
    counts.kills += 1
    met = Counter(phase for row in rows if (phase := _phase_of(row)))
    counts.by_phase.update(met.keys() or ["between"])
    counts.transfers.update(met)
    counts.resumed_downloads.update(
        row.transfer.name for row in rows if _phase_of(row) in {"downloading", "renaming"}
    )


def _phase_of(row: JournalRow) -> str:
    """What a transfer was at when the program was killed; empty when nothing."""
    state = row.transfer.state
    if isinstance(row.job, DownloadJob) and row.job.target and state not in ENDED:
        return "renaming"
    if state is TransferState.RUNNING:
        return "sending" if row.transfer.kind is TransferKind.UPLOAD else "downloading"
    return "confirming" if state is TransferState.CONFIRMING else ""


def main() -> int:
    """Run the test in a folder of its own, which stays when something is amiss."""
    parser = argparse.ArgumentParser(description="Kill the program again and again")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=1.0)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="crash-test-"))
    print(f"seed {given.seed}", flush=True)
    try:
        counts = crash_test(folder, given.kills, given.seed, tell=True)
    except CrashTestFailed as failed:
        print(f"FAILED, see {folder}\n{failed}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print(counts, flush=True)
    found = search(given.minutes, given.seed, lambda text: print(text, flush=True))
    print(found)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
