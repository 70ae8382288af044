import csv
import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES
from services.sandbox.samples import SAMPLES_FOLDER, sample_files
from services.sandbox.server import SandboxServer
from tests.services.sandbox.conftest import A_MONDAY, Client
from tests.support.manual_clock import ManualClock

ROOT = Path(__file__).resolve().parents[3]
DAY = 86_400


def lines_of(name: str) -> list[Any]:
    text = (SAMPLES_FOLDER / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_new_sandbox_has_files_with_every_purpose(start: Callable[..., SandboxServer]) -> None:
    client = Client(start(with_samples=True).start())
    files = client.list_files()["data"]
    counts = Counter(file["purpose"] for file in files)
    assert set(counts) == {purpose.name for purpose in UPLOAD_PURPOSES + OUTPUT_PURPOSES}
    assert 24 <= len(files) <= 30
    for file in files:
        assert A_MONDAY - 22 * DAY < file["created_at"] < A_MONDAY
        assert file["bytes"] > 0
        if "expires_at" in file:
            assert file["expires_at"] > A_MONDAY + DAY
    ages = [A_MONDAY - file["created_at"] for file in files]
    assert min(ages) < DAY
    assert max(ages) > 20 * DAY
    assert ages == sorted(ages)
    assert any(file.get("expires_at", 0) == A_MONDAY + 3 * DAY for file in files)
    names = {file["filename"] for file in files}
    assert {"step_metrics.csv", "handbook-2026.pdf", "Kostenübersicht 2026.txt"} <= names
    (output,) = (file for file in files if file["filename"] == "batch_67f1_output.jsonl")
    content = client.get(f"/files/{output['id']}/content").content
    assert content == (SAMPLES_FOLDER / "batch_67f1_output.jsonl").read_bytes()
    client.session.close()


def test_samples_are_added_once_and_deleted_ones_do_not_return(
    start: Callable[..., SandboxServer], clock: ManualClock
) -> None:
    server = start(with_samples=True)
    client = Client(server.start())
    gone = client.list_files()["data"][0]
    client.request("DELETE", f"/files/{gone['id']}")
    left = client.list_files()
    client.session.close()
    server.stop()
    clock.now += 60
    again = Client(start(with_samples=True).start())
    assert again.list_files() == left
    again.session.close()


def test_a_sandbox_started_without_samples_gets_none_later(
    start: Callable[..., SandboxServer],
) -> None:
    start(with_samples=False).stop()
    client = Client(start(with_samples=True).start())
    assert client.names() == []
    client.session.close()


def test_all_samples_together_are_under_300_kb() -> None:
    total = sum(path.stat().st_size for path in SAMPLES_FOLDER.iterdir())
    assert total < 300_000
    listed = {sample.source.name for sample in sample_files()}
    assert listed | {"samples.json"} == {path.name for path in SAMPLES_FOLDER.iterdir()}


def test_output_and_error_files_cover_each_batch_request_once() -> None:
    requested = [line["custom_id"] for line in lines_of("eval-sweep-0412.jsonl")]
    output, errors = lines_of("batch_67f1_output.jsonl"), lines_of("batch_67f1_error.jsonl")
    answered = [line["custom_id"] for line in output + errors]
    assert len(set(requested)) == len(requested)
    assert sorted(answered) == sorted(requested)
    assert {line["response"]["status_code"] for line in output} == {200}
    assert {line["response"]["status_code"] for line in errors} == {400, 429}
    assert [line["custom_id"] for line in output] != sorted(line["custom_id"] for line in output)


@pytest.mark.parametrize("sample", [s for s in sample_files() if s.purpose == "batch"])
def test_batch_samples_are_requests(sample: Any) -> None:
    lines = lines_of(sample.source.name)
    assert {line["method"] for line in lines} == {"POST"}
    assert len({line["url"] for line in lines}) == 1
    assert len({line["custom_id"] for line in lines}) == len(lines)
    assert len({line["body"]["model"] for line in lines}) == 1


def test_fine_tune_samples_have_ten_examples_or_more() -> None:
    names = [sample.source.name for sample in sample_files() if sample.purpose == "fine-tune"]
    for name in names:
        lines = lines_of(name)
        assert len(lines) >= 10
        for line in lines:
            if "messages" in line:
                assert line["messages"][-1]["role"] == "assistant"
            else:
                assert set(line) == {"input", "preferred_output", "non_preferred_output"}


def test_eval_samples_are_items() -> None:
    for name in ("grader-items.jsonl", "refund-cases.jsonl"):
        lines = lines_of(name)
        assert len({tuple(line["item"]) for line in lines}) == 1


def test_results_are_a_table_with_one_row_per_step() -> None:
    text = (SAMPLES_FOLDER / "step_metrics-v7.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["step"]) for row in rows] == list(range(1, len(rows) + 1))
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])


@pytest.mark.parametrize("path", sorted(SAMPLES_FOLDER.glob("*.png")), ids=lambda p: p.name)
def test_pictures_are_valid(path: Path) -> None:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, pixels, size = 8, b"", (0, 0)
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert int.from_bytes(data[place + 8 + length :][:4]) == zlib.crc32(kind + body)
        if kind == b"IHDR":
            size = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
        if kind == b"IDAT":
            pixels += body
        place += 12 + length
    assert len(zlib.decompress(pixels)) == (size[0] + 1) * size[1]


@pytest.mark.parametrize("name", ["handbook-2026.pdf", "offer-2291.pdf"])
def test_the_pdfs_have_correct_object_offsets(name: str) -> None:
    data = (SAMPLES_FOLDER / name).read_bytes()
    assert data.startswith(b"%PDF-1.4\n")
    assert data.endswith(b"%%EOF\n")
    table = data[int(data.split(b"startxref\n")[1].split()[0]) :]
    entries = table[: table.index(b"trailer")].splitlines()[3:]
    assert len(entries) >= 5
    for number, entry in enumerate(entries, 1):
        assert data[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)


def test_the_archive_opens() -> None:
    with zipfile.ZipFile(SAMPLES_FOLDER / "contract-archive.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 4


@pytest.mark.slow
def test_the_script_reproduces_the_checked_in_samples(tmp_path: Path) -> None:
    script = ROOT / "packaging" / "make_samples.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in SAMPLES_FOLDER.iterdir()}
    # Another zlib may compress pictures and archives differently; they are checked above.
    for name in made:
        if not name.endswith((".png", ".zip")):
            assert (tmp_path / name).read_bytes() == (SAMPLES_FOLDER / name).read_bytes()
