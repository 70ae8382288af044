"""The cost of looking into a file of 2 GB: counting its lines, going to one, finding a text.

    python -m tests.bench.large_files memory FILE

The references are `wc -l` and `grep -F -c`, on the same file in the same run. Memory is how much a
fresh process grows while it indexes the file, after a small one.
"""

import json
import os
import statistics
import subprocess
import sys
from io import FileIO
from pathlib import Path

from services.previews.lines.line_index import LineIndex
from services.previews.lines.line_search import TextQuery, search_lines
from tests.bench.fast_server import MB
from tests.bench.memory import growth, measure_growth
from tests.bench.report import Line, Options, alternately, median_ratio, seconds, timed

JUMPED_TO = 1_000_000
"""The number of the line that is gone to."""
_SHOWN = 60
"""Lines read at once, as many as fill a window."""
_ABSENT = "request-77777777"
"""The ID of a request that isn't in the file: what people look for."""
_RARE = "Zebra crossing"
"""A text with a letter that isn't in the file, which is the fastest for grep."""
_LENGTHS = 400, 460, 520, 600


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the figures of one large file."""
    file = folder / "large.jsonl"
    make_lines(file, options.inside * MB)
    lines = [
        *_measure_index(options, file),
        measure_growth(
            "large_files",
            file,
            options.runs,
            "memory of an index",
            "index_rss_growth_mib",
            at_most=64,
        ),
        *_measure_search(options, file),
    ]
    file.unlink()
    return lines


def make_lines(file: Path, size: int) -> None:
    """Write JSON Lines of about 500 bytes each, `size` bytes or a little more."""
    text = "The answer to what was asked, in words of “usual” length; no less, no more. " * 10
    texts = [json.dumps(text[:length], ensure_ascii=False) for length in _LENGTHS * 500]
    block = "".join(
        f'{{"custom_id": "request-{number}", "text": {text}}}\n'
        for number, text in enumerate(texts)
    ).encode()
    with file.open("wb") as opened:
        for _block in range(size // len(block) + 1):
            opened.write(block)


def _index(file: Path) -> LineIndex:
    index = LineIndex()
    for _size in index.index_file(file):
        pass
    index.finish()
    return index


def _run(*command: object) -> str:
    """Run a command of the system in the plainest locale, its fastest; what it prints."""
    answer = subprocess.run(
        [str(part) for part in command],
        env=os.environ | {"LC_ALL": "C"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,  # grep returns 1 if it finds nothing
    )
    return answer.stdout


def _measure_index(options: Options, file: Path) -> list[Line]:
    ours, theirs = alternately(
        options.runs,
        [lambda: timed(lambda: _index(file)), lambda: timed(lambda: _run("wc", "-l", file))],
    )
    index = _index(file)
    counted = int(_run("wc", "-l", file).split()[0])
    if index.line_count != counted:
        raise RuntimeError(f"{index.line_count} lines, but wc counts {counted}")
    line = min(JUMPED_TO, counted)
    jumps = []
    for run in range(options.runs):
        with FileIO(file) as opened:
            jumps.append(1000 * timed(lambda: index.lines(opened, line - run, _SHOWN)))  # noqa: B023
    return [
        Line(
            "lines of a large file, over wc -l",
            1 / median_ratio(theirs, ours),
            "x",
            "index_2gb_vs_wc",
            at_most=2.5,
            ours=seconds(ours),
            reference=seconds(theirs),
        ),
        Line(
            f"to line {line:,}",
            max(jumps),
            "ms",
            "jump_ms",
            at_most=100,
            ours=f"med. {statistics.median(jumps):.2f} ms",
        ),
    ]


def _grown(file: Path) -> float:
    small = file.with_name("small.jsonl")
    make_lines(small, 1)
    grown = growth(lambda: _index(small), lambda: _index(file))
    small.unlink()
    return grown


def _search(file: Path, query: TextQuery) -> None:
    if any(progress.lines for progress in search_lines(file, query)):
        raise RuntimeError("found what isn't there")


def _measure_search(options: Options, file: Path) -> list[Line]:
    return [
        _search_line(options, file, "a text that isn't there", TextQuery(_ABSENT, True), 3),
        _search_line(options, file, "one with a rare letter", TextQuery(_RARE, True)),
        _search_line(options, file, "in any case", TextQuery(_ABSENT)),
    ]


def _search_line(
    options: Options, file: Path, name: str, query: TextQuery, at_most: float | None = None
) -> Line:
    grep = ["grep", "-F", "-c", *([] if query.match_case else ["-i"]), query.text, str(file)]
    ours, theirs = alternately(
        options.runs,
        [lambda: timed(lambda: _search(file, query)), lambda: timed(lambda: _run(*grep))],
    )
    return Line(
        f"{name}, over grep",
        1 / median_ratio(theirs, ours),
        "x",
        "find_vs_grep" if at_most is not None else "",
        at_most=at_most,
        ours=seconds(ours),
        reference=seconds(theirs),
    )


if __name__ == "__main__":
    print(f"{_grown(Path(sys.argv[2])):.2f}")
