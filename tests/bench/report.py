"""What was measured: as a table for a person, and in build/bench.json for a program."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "build" / "bench.json"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; without a key it is told beside the figures and not kept."""

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
        """Whether it is as wanted."""
        return (self.at_least is None or self.figure >= self.at_least) and (
            self.at_most is None or self.figure <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    runs: int = 5
    large: int = 512
    """MiB of the file that goes alone."""
    small: int = 500
    """How many small files."""
    eight: int = 256
    """MiB of each of eight files that go together."""
    queued: int = 10_000
    listed: int = 100_000
    """Files of a large account."""
    very_many: int = 1_000_000
    """Files of the largest account that is thought of."""
    requests: int = 50_000
    """Lines of the batch file that is checked."""


Measure = Callable[[Options, str, Path], list[Line]]
"""Measures with a fast server at the address, in the folder."""


def alternately(runs: int, sides: Sequence[Callable[[], float]]) -> list[list[float]]:
    """Run all sides in turn, again and again, after one round that only warms up; their times."""
    for side in sides:
        side()
    times: list[list[float]] = [[] for _side in sides]
    for _run in range(runs):
        for side, taken in zip(sides, times, strict=True):
            taken.append(side())
    return times


def median_ratio(reference: Sequence[float], ours: Sequence[float]) -> float:
    """How many times as fast as the reference, run by run."""
    return statistics.median(theirs / own for theirs, own in zip(reference, ours, strict=True))


def seconds(times: Sequence[float]) -> str:
    """The median of times, in words."""
    return f"{statistics.median(times):.3f} s"


def speed(times: Sequence[float], size: int) -> str:
    """The median speed, in words; `size` in bytes."""
    return f"{size / statistics.median(times) / 1024 / 1024:,.0f} MiB/s"


def print_line(line: Line) -> None:
    """Print one line of the table."""
    if line.at_least is not None:
        wanted = f">= {line.at_least:g}"
    else:
        wanted = "" if line.at_most is None else f"<= {line.at_most:g}"
    verdict = ("met" if line.met else "MISSED") if wanted else ""
    figure = f"{line.figure:,.2f} {line.unit}"
    print(
        f"{line.key or '  ' + line.name:40} {line.ours:>14} {line.reference:>14} "
        f"{figure:>14} {wanted:>8} {verdict}",
        flush=True,
    )


def print_head() -> None:
    """Print the head of the table."""
    print(f"{'':40} {'ours':>14} {'reference':>14} {'figure':>14} {'wanted':>8}", flush=True)


def write(lines: Sequence[Line], file: Path = FILE) -> None:
    """Keep the figures that have a key; those measured earlier and not now stay."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    figures |= {line.key: round(line.figure, 3) for line in lines if line.key}
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
