"""The files that the tour drops on the window."""

import json
from pathlib import Path

from tests.support.program import ROOT

_SAMPLES = ROOT / "resources" / "samples"
_CHAT_LINE = {
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Good morning."},
    ]
}


def batch_files(folder: Path) -> list[Path]:
    """Three valid batch files; the first is large enough to watch its upload."""
    paths = []
    for name, number, padding in (
        ("large", 48_000, 3_800),
        ("evening", 60, 20),
        ("morning", 30, 20),
    ):
        path = folder / f"{name}-requests.jsonl"
        path.write_text(_requests(number, "x" * padding))
        paths.append(path)
    return paths


def mixed_files(folder: Path) -> list[Path]:
    """Fine-tuning examples, an image and a note."""
    questions, scan, notes = (
        folder / name for name in ("questions.jsonl", "scan.png", "notes.txt")
    )
    questions.write_text((json.dumps(_CHAT_LINE) + "\n") * 20)
    scan.write_bytes((_SAMPLES / "chart.png").read_bytes())
    notes.write_text("Something to remember.\n")
    return [questions, scan, notes]


def broken_files(folder: Path) -> list[Path]:
    """A batch file with an error in line 1,204, one that can be fixed, and a folder of notes."""
    broken, fixable, notes = (
        folder / name for name in ("night-requests.jsonl", "dawn-requests.jsonl", "notes")
    )
    lines = _requests(1_500, "").splitlines()
    lines[1_203] = lines[1_203].replace(": ", " ", 1)
    broken.write_text("\n".join(lines) + "\n")
    fixable.write_bytes(_requests(40, "").replace("\n", "\r\n").encode())
    (notes / "of the year").mkdir(parents=True)
    for number in range(20):
        (notes / "of the year" / f"note-{number:02}.txt").write_text(f"Note {number}.\n")
    return [broken, fixable, notes]


def _requests(number: int, padding: str) -> str:
    body = json.dumps({"model": "gpt-4.1-mini", "input": f"Hello {padding}"})
    front = '"method": "POST", "url": "/v1/responses"'
    return "".join(
        f'{{"custom_id": "q-{place:05}", {front}, "body": {body}}}\n' for place in range(number)
    )
