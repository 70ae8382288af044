import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from services.checks.pasted import (
    PastedPixels,
    PastedPng,
    PastedText,
    is_json_lines,
    only_describes_image,
    save_pasted,
)

NOON = 1_795_000_000.0


def test_a_png_is_saved_unchanged_with_the_time_in_its_name(tmp_path: Path) -> None:
    path = save_pasted(PastedPng(b"\x89PNG..."), tmp_path / "new", NOON)
    assert path.read_bytes() == b"\x89PNG..."
    assert path.name.startswith("Clipboard 2026-11-1")
    assert path.suffix == ".png"


def test_two_pastes_in_the_same_second_are_two_files(tmp_path: Path) -> None:
    first, second = (save_pasted(PastedText(text), tmp_path, NOON) for text in ("one", "two"))
    assert second.name == first.name.replace(".txt", " (2).txt")
    assert (first.read_text(), second.read_text()) == ("one", "two")


def test_pixels_are_saved_as_png(tmp_path: Path) -> None:
    pixels = bytes(range(4 * 2 * 3))
    data = save_pasted(PastedPixels(2, 3, pixels), tmp_path, NOON).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (2, 3, 8, 6, 0, 0, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert rows == b"".join(b"\x00" + pixels[at : at + 8] for at in (0, 8, 16))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"a": 1}\n{"b": 2}\n', True),
        ('{"a": 1}', True),
        ("\n", False),
        ("a letter", False),
        ('{"a": 1}\nand so on', False),
        ("[1]\n[2]", False),
        ("[" * 100_000, False),
    ],
)
def test_text_is_saved_as_jsonl_if_its_lines_are_objects(
    tmp_path: Path, text: str, lines: bool
) -> None:
    assert is_json_lines(text) is lines
    assert save_pasted(PastedText(text), tmp_path, NOON).suffix == (".jsonl" if lines else ".txt")


def test_only_old_pasted_files_are_deleted(tmp_path: Path) -> None:
    old, mine = tmp_path / "Clipboard old.png", tmp_path / "mine.png"
    for path in (old, mine):
        path.write_bytes(b"x")
        os.utime(path, (NOON - 31 * 86_400,) * 2)
    recent = save_pasted(PastedText("a"), tmp_path, NOON)
    os.utime(recent, (NOON - 29 * 86_400,) * 2)
    save_pasted(PastedText("b"), tmp_path, NOON)
    assert (old.exists(), mine.exists(), recent.exists()) == (False, True, True)


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    # The limit on file sizes applies to a whole process.
    program = f"""
import pathlib, resource, signal
from services.checks.pasted import PastedText, save_pasted
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    save_pasted(PastedText("x" * 5000), pathlib.Path({str(tmp_path)!r}))
except OSError:
    print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "refused\n"
    assert list(tmp_path.iterdir()) == []


CELLS = (
    "<html><head><style>td { color: red }</style></head>"
    "<body><table><tr><td>a</td><td>1</td></tr></table></body></html>"
)


@pytest.mark.parametrize(
    ("text", "html", "describes"),
    [
        ("a\t1\nb\t2\n", CELLS, False),
        ("a\t1", "", False),
        ("https://example.com", CELLS, False),
        ("A sentence about a chart.", "", False),
        ("A chart", '<meta charset="utf-8"><img src="x.png" alt="A chart">', True),
        ("https://example.com/chart.png", "", True),
        ("/home/me/My pictures/chart", "", True),
        ("C:\\Users\\me\\chart", "", True),
        ("chart 1.PNG", "", True),
    ],
)
def test_text_next_to_an_image_is_content_or_a_description(
    text: str, html: str, describes: bool
) -> None:
    assert only_describes_image(text, html) is describes
