"""Batch files with randomly changed lines. Checking them never fails, and is consistent."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.checks import batch_check
from services.checks.checking import check_file
from services.checks.finding import CheckReport
from services.checks.gathering import inspect_file
from services.providers.limits import OFFICIAL
from services.system.cancellation import CancelToken
from tests.services.checks.batch_cases import EMBEDDING, MODERATION, request

SEEDS = [
    json.dumps(seed, ensure_ascii=False).encode()
    for seed in (request(1), request(2, "/v1/responses", input="é日😀"), EMBEDDING, MODERATION)
]
TOKENS = [
    *(b"\x00", b"\t", b"\r", b"\n", b"\xff", b"\xef\xbb\xbf", b"\xe9", b"\xf0\x9f", b"\xff\xfe"),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b",",
        b":",
        b"'",
        "“".encode(),
        b" ",
        b"[" * 600,
        b"[" * 2000,
    ),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"-0", b"01", b"1."),
    *(b"\\ud83d", b"\\ude00", b"\\u12", b'"custom_id": 1, ', b'"input": [], ', b'"stream": true, '),
]


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """One of the seeds, changed in a few places."""
    line = draw(st.sampled_from(SEEDS))
    for _change in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(line)))
        removed = draw(st.integers(0, 6))
        inserted = draw(st.sampled_from(TOKENS) | st.binary(max_size=3))
        line = line[:at] + inserted + line[at + removed :]
    return line


FILES = st.builds(
    lambda parts, end, last: end.join(parts) + (end if last else b""),
    st.lists(lines() | st.binary(max_size=40), min_size=1, max_size=6),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)

any_file = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(
    path: Path, content: bytes, thorough_bytes: int = batch_check.THOROUGH_BYTES
) -> CheckReport:
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_check, "THOROUGH_BYTES", thorough_bytes)
        return check_file(
            inspect_file(path), "batch", OFFICIAL, token=CancelToken(), progress=lambda _done: None
        )


@pytest.mark.slow
@any_file
@given(FILES)
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b'{"a": "\\')
def test_columns_are_within_lines_and_counts_match(tmp_path: Path, content: bytes) -> None:
    report = check(tmp_path / "a.jsonl", content)
    assert len(report.findings) == report.errors + report.warnings
    texts = content.split(b"\n")
    for found in report.findings:
        assert found.text
        assert found.rule
        if found.line is None:
            assert found.column is None
        elif found.column is not None:
            line = texts[found.line - 1].decode("utf-8", "replace")
            assert 1 <= found.column <= len(line)


@pytest.mark.slow
@any_file
@given(FILES)
@example(b'{"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": {"model": 1e999}}')
def test_a_file_without_errors_has_only_requests(tmp_path: Path, content: bytes) -> None:
    report = check(tmp_path / "a.jsonl", content)
    if report.errors:
        return
    seen = set()
    for line in content.decode("utf-8-sig").split("\n"):
        if not line.strip():
            continue
        value = json.loads(line, parse_int=len)
        assert isinstance(value["body"], dict)
        seen.add(value["custom_id"])
        assert value["method"] == "POST"
    assert report.facts[0].startswith(f"{len(seen)} request")


@pytest.mark.slow
@any_file
@given(FILES)
def test_the_fast_path_finds_the_same_faults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jsonl"
    # The fast path needs a first line for comparison.
    content = SEEDS[0].replace(b"request-1", b"first") + b"\n" + content
    not_on_fast_path = {"json.repeated_key", "json.number_range"}
    reports = [check(path, content, thorough_bytes) for thorough_bytes in (0, 1_000_000)]
    fast, slow = (
        [found for found in report.findings if found.rule not in not_on_fast_path]
        for report in reports
    )
    assert fast == slow
    assert reports[0].facts == reports[1].facts
