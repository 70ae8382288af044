"""How long it takes to inspect 1,000 dropped files and suggest their purposes."""

import json
import statistics
import time
from pathlib import Path

from services.checks.gathering import gather
from services.system.cancellation import CancelToken
from tests.bench.report import Line, Options

FILES = 1000
"""The number of files in a folder, of eight kinds; most are longer than the part that is read."""

_TEXT = "What the user asked, at some length, and with a few wörds beyond ASCII. " * 4
_QUESTION = {"role": "user", "content": _TEXT}
_ANSWER = {"role": "assistant", "content": _TEXT}
_LINES: tuple[object, ...] = (
    {
        "custom_id": "request-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m", "messages": [_QUESTION]},
    },
    {"messages": [_QUESTION, _ANSWER]},
    {
        "input": {"messages": [_QUESTION]},
        "preferred_output": [_ANSWER],
        "non_preferred_output": [_ANSWER],
    },
    {"item": {"question": _TEXT, "answer": 4}, "sample": {"output_text": _TEXT}},
    {"custom_id": "one-line", "body": {"input": [_TEXT] * 400}},
)


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure the median of the runs."""
    make_files(folder, FILES)
    times = []
    for _run in range(options.runs):
        started = time.perf_counter()
        gathered = gather([folder], CancelToken())
        times.append(time.perf_counter() - started)
        assert len(gathered.files) == FILES
    milliseconds = statistics.median(times) * 1000
    return [Line("suggested", milliseconds, "ms", "suggest_1000_files_ms", at_most=1000)]


def make_files(folder: Path, count: int) -> None:
    """Write files of all kinds in turn."""
    contents = [(f"{number}.jsonl", _repeated(line)) for number, line in enumerate(_LINES)]
    contents += [
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100_000)),
        ("a.pdf", b"%PDF-1.7\n" + b"stream of a document " * 5_000),
        ("a.txt", _TEXT.encode() * 400),
    ]
    for number in range(count):
        name, content = contents[number % len(contents)]
        (folder / f"{number:05}-{name}").write_bytes(content)


def _repeated(line: object) -> bytes:
    text = json.dumps(line).encode() + b"\n"
    return text * (100_000 // len(text) + 1)
