import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.purposes import UPLOAD_PURPOSES
from services.checks.suggested_purpose import BEGINNING, suggested_purpose


@pytest.mark.parametrize(
    ("line", "purpose"),
    [
        ({"custom_id": "1", "method": "POST", "url": "/v1/x", "body": {"messages": []}}, "batch"),
        ({"messages": [{"role": "user", "content": "hi"}]}, "fine-tune"),
        ({"prompt": "a", "completion": "b"}, "fine-tune"),
        ({"input": {}, "preferred_output": [], "non_preferred_output": []}, "fine-tune"),
        ({"item": {"question": "?"}}, "evals"),
        ({"id": "x", "custom_id": "1", "response": {}, "error": None}, "user_data"),
        ({"id": "x", "custom_id": "1", "response": None, "error": {}}, "user_data"),
        ({}, "user_data"),
        ([1], "user_data"),
        ("custom_id", "user_data"),
        (None, "user_data"),
    ],
)
@pytest.mark.parametrize("before", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_the_first_line_of_a_jsonl_file_tells(line: object, purpose: str, before: bytes) -> None:
    beginning = before + json.dumps(line).encode() + b'\n{"other": 1}\n'
    assert suggested_purpose("a.jsonl", beginning) == purpose
    assert suggested_purpose("A.JSONL", beginning.replace(b"\n", b"\r\n")) == purpose


def test_a_first_line_longer_than_what_was_read_is_judged_by_its_beginning() -> None:
    line = json.dumps({"custom_id": "1", "body": "x" * BEGINNING}).encode()
    assert suggested_purpose("a.jsonl", line[:BEGINNING]) == "batch"


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("photo.png", "vision"),
        ("photo.JPEG", "vision"),
        ("a.b.webp", "vision"),
        ("drawing.svg", "user_data"),
        ("report.pdf", "user_data"),
        ("data.json", "user_data"),
        ("no ending", "user_data"),
        ("png", "user_data"),
        ("jsonl", "user_data"),
        ("", "user_data"),
        ("ends with a dot.", "user_data"),
    ],
)
def test_of_other_files_the_ending_tells(name: str, purpose: str) -> None:
    assert suggested_purpose(name, b'{"custom_id": "1"}\n') == purpose


@pytest.mark.parametrize(
    "beginning",
    [b"", b"\n\n", b"{", b"\xff\xfe{\x00}\x00", b"[" * 10_000, b'{"a": 1' * 5000, b"\0" * 100],
)
def test_what_is_no_json_is_user_data(beginning: bytes) -> None:
    assert suggested_purpose("a.jsonl", beginning) == "user_data"


@given(st.text(), st.binary())
def test_whatever_is_in_it_the_purpose_can_be_uploaded(name: str, beginning: bytes) -> None:
    names = {purpose.name for purpose in UPLOAD_PURPOSES}
    assert suggested_purpose(name, beginning) in names
    assert suggested_purpose(name + ".jsonl", beginning) in names
