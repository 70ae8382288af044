"""The results: a table for people, and build/bench.json for programs."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; without a key, it is only printed."""

    name: str
    figure: float
    unit: str = ""
    key: str = ""
    at_least: float | None = None
    at_most: float | None = None
    ours: str = ""
    reference: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return (self.at_least is None or self.figure >= self.at_least) and (
            self.at_most is None or self.figure <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Options:
    """The amount of work to measure."""

    runs: int = 5
    large: int = 512
    """MiB of the large file."""
    small: int = 500
    """The number of small files."""
    eight: int = 256
    """MiB of each of eight concurrent transfers."""
    queued: int = 10_000
    batches: int = 10_000
    """The number of batches in a large account."""
    linked: int = 50_000
    """The number of files that they are linked to."""
    listed: int = 100_000
    """The number of files in a large account."""
    very_many: int = 1_000_000
    """The number of files in the largest account to expect."""
    requests: int = 50_000
    """The number of lines in the batch file to check, and in those to add up and to join."""
    previewed: int = 500
    """MB of a file that is looked at in the window."""
    mixed: int = 200
    """The number of files of all kinds that arrow keys go through."""
    looked_into: int = 200
    """MB of a batch output that is looked into in the window."""
    inside: int = 2_000
    """MB of a file whose lines are counted and searched."""


Measure = Callable[[Options, str, Path], list[Line]]
"""Takes the options, the address of a fast server and a folder."""


def alternately(runs: int, sides: Sequence[Callable[[], float]]) -> list[list[float]]:
    """Run all sides in turn, after one warm-up round; return the times of each side."""
    for side in sides:
        side()
    times: list[list[float]] = [[] for _side in sides]
    for _run in range(runs):
        for side, side_times in zip(sides, times, strict=True):
            side_times.append(side())
    return times


def timed(act: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def read_as_json(file: Path) -> None:
    """Decode each line with the standard library, as a reference."""
    with file.open("rb") as opened:
        for line in opened:
            json.loads(line)


def median_ratio(reference: Sequence[float], ours: Sequence[float]) -> float:
    """The median, over all runs, of how many times as fast as the reference ours is."""
    return statistics.median(theirs / own for theirs, own in zip(reference, ours, strict=True))


def seconds(times: Sequence[float]) -> str:
    """The median time as text."""
    return f"{statistics.median(times):.3f} s"


def speed(times: Sequence[float], size: int) -> str:
    """The median speed as text; `size` is in bytes."""
    return f"{size / statistics.median(times) / 1024 / 1024:,.0f} MiB/s"


def print_line(line: Line) -> None:
    """Print one line of the table."""
    if line.at_least is not None:
        target = f">= {line.at_least:g}"
    else:
        target = "" if line.at_most is None else f"<= {line.at_most:g}"
    verdict = ("met" if line.met else "MISSED") if target else ""
    figure = f"{line.figure:,.2f} {line.unit}"
    print(
        f"{line.key or '  ' + line.name:40} {line.ours:>14} {line.reference:>14} "
        f"{figure:>14} {target:>8} {verdict}",
        flush=True,
    )


def print_head() -> None:
    """Print the header of the table."""
    print(f"{'':40} {'ours':>14} {'reference':>14} {'figure':>14} {'target':>8}", flush=True)


def write(lines: Sequence[Line], file: Path = FILE) -> None:
    """Save the figures that have a key; others in the file stay."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    figures |= {line.key: round(line.figure, 3) for line in lines if line.key}
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
