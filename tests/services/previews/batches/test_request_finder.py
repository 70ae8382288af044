"""Requests found by their IDs in an input file."""

import json
import tracemalloc
from pathlib import Path

import pytest

from services.previews.batches import request_finder
from services.previews.batches.request_finder import FoundRequest, RequestFinder, custom_id_of
from services.previews.batches.retry_lines import join_batch
from tests.services.previews.batches.test_retry_lines import join, request, write_requests
from tests.support.narrowing import not_none


def finder_of(path: Path) -> RequestFinder:
    return join(path).finder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "input.jsonl"


def test_each_request_is_found_where_it_is(path: Path) -> None:
    lines = [request(f"request-{number}", "x" * (number % 50)) for number in range(5_000)]
    finder = finder_of(write_requests(path, lines))
    assert len(finder) == 5_000
    for number in (0, 1, 511, 512, 513, 2_047, 4_999):
        assert finder.find(f"request-{number}") == FoundRequest(lines[number], number + 1, 1)
    assert finder.find("request-5000") is None
    assert finder.find("") is None


def test_blank_lines_are_counted(path: Path) -> None:
    path.write_bytes(b"\n\r\n" + request("a") + b"\r\n\n" + request("b"))
    finder = finder_of(path)
    assert finder.find("a") == FoundRequest(request("a"), 3, 1)
    assert finder.find("b") == FoundRequest(request("b"), 5, 1)


def test_a_byte_order_mark_hides_no_request(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + request("a") + b"\n" + request("b") + b"\n")
    joined = join(path)
    assert joined.request_count == 2
    assert not_none(joined.finder.find("a")).line == request("a")


def test_the_first_of_several_is_found_and_their_number_told(path: Path) -> None:
    finder = finder_of(
        write_requests(path, [request("a", "1"), request("b"), request("a", "2"), request("a")])
    )
    assert finder.find("a") == FoundRequest(request("a", "1"), 1, 3)
    assert not_none(finder.find("b")).repeats == 1


def test_ids_with_the_same_hash_are_not_mixed_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_finder, "hash", lambda _text: 7, raising=False)
    finder = RequestFinder(write_requests(path, [request("a"), request("b")]))
    finder.add("a", 0, 1)
    finder.add("b", len(request("a")) + 1, 2)
    assert not_none(finder.find("a")).number == 1
    assert finder.find("b") is None


@pytest.mark.parametrize("content", [b"", b"other\n" * 100, request("z") + b"\n"])
def test_nothing_is_found_in_a_file_that_has_changed(path: Path, content: bytes) -> None:
    finder = finder_of(write_requests(path, [request("a"), request("b")]))
    path.write_bytes(content)
    assert finder.find("a") is None
    path.unlink()
    assert finder.find("b") is None


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b'{"custom_id": 1}', b"\xff\n", b"[" * 9_999]
)
def test_a_line_without_an_id_has_none(line: bytes) -> None:
    assert custom_id_of(line) is None


def test_an_odd_id_is_found(path: Path) -> None:
    odd = 'ü\n"\u2028😀' + "y" * 10_000
    finder = finder_of(write_requests(path, [request(odd), json.dumps({"custom_id": ""}).encode()]))
    assert not_none(finder.find(odd)).line == request(odd)
    assert not_none(finder.find("")).number == 2


@pytest.mark.slow
def test_a_request_takes_forty_bytes(path: Path) -> None:
    write_requests(path, (request(f"request-{number:>90}") for number in range(50_000)))
    tracemalloc.start()
    try:
        *_before, last = join_batch(path, [])
        del _before
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(not_none(last.joined).finder) == 50_000
    assert kept < 50_000 * 44  # with the number of its state
