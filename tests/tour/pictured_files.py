"""The local files in the pictures for the documentation, with realistic sizes, some with errors."""

import json
import random
from collections.abc import Iterable
from pathlib import Path

from tests.services.checks.image_builders import png
from tests.tour.picture_server import BROKEN_UPLOAD, SLOW_UPLOAD, STALLED_UPLOAD

_MB = 1_000_000
_CONVERSATION = [
    {"role": "system", "content": "You answer in one friendly sentence."},
    {"role": "user", "content": "Where is my order?"},
    {"role": "assistant", "content": "It left our house this morning."},
]


def reviewed_files(folder: Path) -> list[Path]:
    """The files to review: valid ones, one with errors, and one that is already on the server."""
    requests, examples, scan, handbook = (
        folder / name
        for name in (
            "eval-sweep-0413.jsonl",
            "support-train-v8.jsonl",
            "invoice-scan-0033.png",
            "handbook-2026.pdf",
        )
    )
    _write_lines(requests, map(_request, range(2_000)), 18_600_000)
    lines = [_example() for _number in range(2_400)]
    lines[1_203] = _example(last="user")
    lines[1_876] = (
        '{"messages": [{"role": "system" "content": "You answer in one friendly sentence."}]}'
    )
    lines[2_049] = '{"messages": []}'
    _write_lines(examples, lines, 97 * _MB)
    scan.write_bytes(_scanned(2_480, 3_508))
    _sparse_file(handbook, b"%PDF-1.7\n", 4_300_000)
    return [requests, examples, scan, handbook]


def uploaded_files(folder: Path) -> list[Path]:
    """The files being uploaded."""
    slow, stalled, broken = (
        folder / name for name, _size in (SLOW_UPLOAD, STALLED_UPLOAD, BROKEN_UPLOAD)
    )
    _write_lines(slow, map(_embedding, range(40_000)), SLOW_UPLOAD[1])
    _write_lines(stalled, (_example() for _number in range(2_000)), STALLED_UPLOAD[1])
    _sparse_file(broken, b"%PDF-1.7\n", BROKEN_UPLOAD[1])
    return [slow, stalled, broken]


def dragged_files(folder: Path) -> list[Path]:
    """The files being dragged over the window."""
    paths = [folder / name for name in ("one.jsonl", "two.jsonl", "three.png")]
    for path in paths[:2]:
        _write_lines(path, map(_request, range(1_000)), 12_700_000)
    _sparse_file(paths[2], png(), 12_700_000)
    return paths


def _request(number: int) -> str:
    body = {"model": "gpt-4.1-mini", "input": "Is this review kind?"}
    line = {"custom_id": f"q-{number:05}", "method": "POST", "url": "/v1/responses", "body": body}
    return json.dumps(line)


def _embedding(number: int) -> str:
    body = {"model": "text-embedding-3-small", "input": "A product."}
    line = {"custom_id": f"e-{number:05}", "method": "POST", "url": "/v1/embeddings", "body": body}
    return json.dumps(line)


def _example(last: str = "assistant") -> str:
    end = [{"role": "user", "content": "And when will it be here?"}] if last == "user" else []
    return json.dumps({"messages": _CONVERSATION + end})


def _write_lines(path: Path, lines: Iterable[str], size: int) -> None:
    """Write lines, padded with trailing spaces to `size` bytes in all."""
    listed = list(lines)
    width, rest = divmod(size, len(listed))
    with path.open("w", encoding="ascii") as file:
        for place, line in enumerate(listed):
            file.write(line.ljust(width - 1 + (rest if place == 0 else 0)) + "\n")


def _scanned(width: int, height: int) -> bytes:
    """A gray image: paper-like noise at the top, white below."""
    row = 1 + width
    noisy = height // 4
    noise = bytearray(random.Random(33).randbytes(row * noisy))
    noise[::row] = bytes(noisy)  # the first byte of a row is its filter type
    return png(width, height, pixels=bytes(noise) + (b"\0" + b"\xff" * width) * (height - noisy))


def _sparse_file(path: Path, start: bytes, size: int) -> None:
    """Write a sparse file, which takes no disk space."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
