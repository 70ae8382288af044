"""What the requests in a batch file have in common."""

import json

import pytest

from services.previews.batches.batch_input import BatchInput, read_batch_input


def request(number: int, url: object = "/v1/responses", model: object = "m") -> bytes:
    line = {"custom_id": str(number), "method": "POST", "url": url, "body": {"model": model}}
    return json.dumps(line).encode() + b"\n"


def test_endpoints_and_models_are_found_the_commonest_first() -> None:
    data = request(1, "/v1/embeddings", "a") + request(2) + request(3)
    found = read_batch_input(data, len(data), is_whole=True)
    assert found == BatchInput(("/v1/responses", "/v1/embeddings"), ("m", "a"), 3, counted=True)


def test_a_last_line_without_a_line_break_and_blank_lines() -> None:
    data = b"\xef\xbb\xbf" + request(1) + b"\n  \n" + request(2).rstrip()
    assert read_batch_input(data, len(data), is_whole=True).lines == 2


def test_the_lines_of_a_large_file_are_estimated() -> None:
    data = b"".join(request(10_000 + number) for number in range(100))
    found = read_batch_input(data[:-20], 50 * len(data), is_whole=False)
    assert (found.lines, found.counted) == (5_000, False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\n",
        b"[" * 100_000,
        b"null\n1\n[]\n",
        request(1, None, None),
        request(1, {"a": 1}, ["b"]),
        b'{"url": "/v1/responses", "body": "text"}\n',
    ],
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_anything_else_is_taken_as_it_is(data: bytes, is_whole: bool) -> None:
    found = read_batch_input(data, None, is_whole=is_whole)
    assert (found.endpoints, found.models) == ((), ())


def test_a_file_with_other_values_in_every_line_stays_small() -> None:
    data = b"".join(request(number, f"/v1/{number}", "x" * 10_000) for number in range(100))
    found = read_batch_input(data, len(data), is_whole=True)
    assert len(found.endpoints) == 20
    assert found.models == ("x" * 200,)
