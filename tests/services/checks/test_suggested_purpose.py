import gzip
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checks.suggested_purpose import HEAD_SIZE, suggested_purpose, suggestion_for
from services.disk.local_file import FileKind
from services.providers.purposes import UPLOAD_PURPOSES
from tests.services.checks.image_builders import JPEG, WEBP, gif, png


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
def test_the_first_line_of_a_jsonl_file_decides(line: object, purpose: str, before: bytes) -> None:
    beginning = before + json.dumps(line).encode() + b'\n{"other": 1}\n'
    assert suggested_purpose("a.jsonl", beginning) == purpose
    assert suggested_purpose("A.JSONL", beginning.replace(b"\n", b"\r\n")) == purpose


def test_the_start_of_a_long_first_line_decides() -> None:
    line = json.dumps({"custom_id": "1", "body": "x" * HEAD_SIZE}).encode()
    assert suggested_purpose("a.jsonl", line[:HEAD_SIZE]) == "batch"


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
def test_the_extension_of_other_files_decides(name: str, purpose: str) -> None:
    assert suggested_purpose(name, b'{"custom_id": "1"}\n') == purpose


@pytest.mark.parametrize(
    "beginning",
    [b"", b"\n\n", b"{", b"\xff\xfe{\x00}\x00", b"[" * 10_000, b'{"a": 1' * 5000, b"\0" * 100],
)
def test_invalid_json_is_user_data(beginning: bytes) -> None:
    assert suggested_purpose("a.jsonl", beginning) == "user_data"


@pytest.mark.parametrize(("name", "purpose"), [("a.jsonl", "user_data"), ("a.png", "vision")])
def test_a_git_lfs_pointer_is_recognized(name: str, purpose: str) -> None:
    suggestion = suggestion_for(name, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    assert suggestion.purpose == purpose
    assert ("Git LFS" in suggestion.reason) == (purpose == "user_data")


@given(st.text(), st.binary())
def test_any_suggested_purpose_can_be_uploaded(name: str, beginning: bytes) -> None:
    names = {purpose.name for purpose in UPLOAD_PURPOSES}
    assert suggested_purpose(name, beginning) in names
    assert suggested_purpose(name + ".jsonl", beginning) in names


# Reasons and kinds

USER = {"role": "user", "content": "?"}
ANSWER = {"role": "assistant", "content": "!"}


def lines(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        (
            {"custom_id": "1", "method": "POST", "url": "/v1/x", "body": {}},
            FileKind.BATCH_REQUESTS,
            "Its lines have custom_id, method and url.",
        ),
        ({"custom_id": "1", "body": {}}, FileKind.BATCH_REQUESTS, "Its lines have custom_id."),
        (
            {"id": "x", "custom_id": "1", "response": {}},
            FileKind.BATCH_ANSWERS,
            "Its lines are batch answers.",
        ),
        ({"messages": [USER, ANSWER]}, FileKind.CHAT_EXAMPLES, "Its lines have messages."),
        (
            {"messages": [USER], "reference_answer": "!"},
            FileKind.REINFORCEMENT_EXAMPLES,
            "Its lines have messages without an answer, and fields for a grader.",
        ),
        (
            {"input": {}, "preferred_output": [], "non_preferred_output": []},
            FileKind.PREFERENCE_EXAMPLES,
            "Its lines have preferred and non-preferred output.",
        ),
        (
            {"prompt": "?", "completion": "!"},
            FileKind.COMPLETION_EXAMPLES,
            "Its lines have prompt and completion.",
        ),
        ({"item": {}}, FileKind.EVAL_ITEMS, "Its lines have item."),
        (
            {"a": 1},
            FileKind.OTHER_LINES,
            "Its first lines don't fit any kind of job.",
        ),
    ],
)
def test_jsonl_files_have_a_kind_and_a_reason(line: object, kind: FileKind, reason: str) -> None:
    suggestion = suggestion_for("a.jsonl", lines(line, line))
    assert (suggestion.kind, suggestion.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("name", "content", "kind", "reason"),
    [
        ("a.png", png(), FileKind.IMAGE, "It's a PNG image."),
        ("a.png", JPEG, FileKind.IMAGE, "It's a JPEG image."),
        ("a.WEBP", WEBP, FileKind.IMAGE, "It's a WEBP image."),
        ("a.gif", gif(), FileKind.IMAGE, "It's a GIF image."),
        ("a.gif", b"?", FileKind.IMAGE, "Its name ends in .gif."),
        (
            "photo",
            JPEG,
            FileKind.IMAGE,
            "It's a JPEG image, but its name doesn't end in .jpg.",
        ),
        (
            "a.pdf",
            b"%PDF-1.7",
            FileKind.DOCUMENT,
            "It's neither an image nor a JSON Lines file for a job.",
        ),
        (
            "a.ndjson",
            lines({"item": {}}),
            FileKind.EVAL_ITEMS,
            "Its lines have item. It could be uploaded as evals if its name ended in .jsonl.",
        ),
        (
            "a.jsonl.gz",
            gzip.compress(lines({"item": {}})),
            FileKind.EVAL_ITEMS,
            "Its lines have item. It could be uploaded as evals once unpacked.",
        ),
        (
            "a.txt",
            lines({"id": "x", "custom_id": "1", "response": {}}),
            FileKind.DOCUMENT,
            "It's neither an image nor a JSON Lines file for a job.",
        ),
    ],
)
def test_other_files_have_a_kind_and_a_reason(
    name: str, content: bytes, kind: FileKind, reason: str
) -> None:
    suggestion = suggestion_for(name, content)
    assert (suggestion.kind, suggestion.reason) == (kind, reason)


CHAT = {"messages": [USER, ANSWER]}
REQUEST = {"custom_id": "it's", "method": "POST", "url": "/v1/x", "body": {"item": 1}}
ITEM: dict[str, object] = {"item": {"messages": []}}


@pytest.mark.parametrize(
    ("value", "purpose"), [(CHAT, "fine-tune"), (REQUEST, "batch"), (ITEM, "evals")]
)
@pytest.mark.parametrize(
    "written",
    [
        lambda value: json.dumps(value, indent=2) * 3,
        lambda value: json.dumps([value] * 3),
        lambda value: json.dumps([value] * 3, indent=1),
        lambda value: json.dumps([value] * 2_000),
        lambda value: f"{value}\n" * 3,
        lambda value: f"[{value}, {value}]",
        lambda value: json.dumps(value).replace('"', "“") + "\n",
        lambda value: f"{json.dumps(value)},\n" * 3,
        lambda value: "\r".join([json.dumps(value)] * 3),
        lambda value: json.dumps(value) * 3,
        lambda value: "\ufeff" * 2 + json.dumps(value)[:-1] + ",}\n",
        lambda value: f"```json\n// one\n# two\n{json.dumps(value, indent=1)}\n```",
    ],
)
def test_the_purpose_of_malformed_files_is_recognized(
    value: object, purpose: str, written: Callable[[object], str]
) -> None:
    # The check then explains what is wrong. For that, it needs the right purpose.
    beginning = written(value).encode()[:HEAD_SIZE]
    suggestion = suggestion_for("a.jsonl", beginning)
    assert suggestion.purpose == purpose
    assert suggestion_for("a.json", beginning).kind is suggestion.kind


def test_a_json_list_says_what_it_would_need() -> None:
    suggestion = suggestion_for("a.json", json.dumps([CHAT, CHAT]).encode())
    assert (suggestion.purpose, suggestion.kind) == ("user_data", FileKind.CHAT_EXAMPLES)
    assert ".jsonl" in suggestion.reason
    assert suggestion.reason != suggestion_for("a.json", lines(CHAT)).reason


@pytest.mark.parametrize(
    "beginning",
    [
        b"# messages and item\n",
        b"messages: custom_id\n",
        b'["custom_id", "item"]',
        b'{"a": {"custom_id": 1}}, {"custom_id": 1}',
        b"{{'item': 1}}",
    ],
)
def test_only_keys_of_the_first_object_count(beginning: bytes) -> None:
    assert suggested_purpose("a.jsonl", beginning) == "user_data"


def test_the_most_common_shape_decides() -> None:
    request = {"custom_id": "1", "method": "POST", "url": "/v1/x", "body": {}}
    head = {"made by": "a program", "item": 1}
    assert suggested_purpose("a.jsonl", lines(head, request, request)) == "batch"
    assert suggested_purpose("a.jsonl", b"broken\n" + lines(request)) == "batch"
    assert suggested_purpose("a.jsonl", lines({"a": 1}, request, [1], 2, None)) == "batch"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(lines({"custom_id": "1", "body": {}}) * 100_000)[:HEAD_SIZE],
        lines({"custom_id": "1", "body": {}}).decode().encode("utf-16"),
        lines({"custom_id": "1", "body": {}}).decode().encode("utf-8-sig"),
    ],
)
def test_the_purpose_is_recognized_in_any_encoding(content: bytes) -> None:
    # The server rejects these files, and the check explains why.
    assert suggested_purpose("a.jsonl", content) == "batch"


@pytest.mark.slow
def test_only_the_start_of_a_gzip_bomb_is_decompressed() -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)[:HEAD_SIZE]
    started = time.process_time()
    assert suggested_purpose("a.jsonl", bomb) == "user_data"
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "line",
    [
        {
            "body": {"messages": [{"custom_id": "not this"}]},
            "item": {"b": "}"},
            "x": "y" * HEAD_SIZE,
        },
        {"note": 'custom_id": {', "item": {}, "x": "y" * HEAD_SIZE},
    ],
)
def test_only_the_outer_keys_of_a_long_line_count(line: object) -> None:
    assert suggested_purpose("a.jsonl", json.dumps(line).encode()[:HEAD_SIZE]) == "evals"


def test_a_long_line_after_others_does_not_matter() -> None:
    content = lines({"item": {}}, {"custom_id": "1", "body": "x" * HEAD_SIZE})
    assert suggested_purpose("a.jsonl", content[:HEAD_SIZE]) == "evals"


@given(st.text(), st.binary())
def test_every_file_gets_a_reason(name: str, beginning: bytes) -> None:
    for full_name in (name, name + ".jsonl", name + ".gz", name + ".png"):
        for content in (beginning, gzip.compress(beginning), b"\x1f\x8b" + beginning):
            suggestion = suggestion_for(full_name, content)
            assert suggestion.reason.endswith(".")
            assert "\n" not in suggestion.reason


def test_a_truncated_string_is_skipped_as_a_whole() -> None:
    # Trying every quotation mark would take minutes.
    beginning = b'{"custom_id": "' + b'\\"' * HEAD_SIZE
    assert suggestion_for("a.jsonl", beginning).purpose == "batch"


ANSWERED = {"id": "x", "custom_id": "1", "response": {}}


@pytest.mark.parametrize(
    ("name", "content", "needs"),
    [
        ("a.jsonl", lines({"messages": [USER, ANSWER]}), ""),
        ("a.jsonl", b"\n" + lines({"messages": [USER, ANSWER]}) + b" \r\n", ""),
        ("a.jsonl", lines({"messages": [USER, ANSWER]}) + b'{"messages": [{"ro', ""),
        ("a.jsonl", lines({"messages": [USER, ANSWER]}) + b"{'a': 1}\n", "needs fixing first"),
        ("a.jsonl", b"# one\n" + lines({"messages": [USER, ANSWER]}), "needs fixing first"),
        ("a.json", lines({"messages": [USER, ANSWER]}), "if its name ended in .jsonl"),
        ("a.json", b"[\n" + lines({"messages": [USER]}) + b"]\n", "one object on each line"),
        ("a.jsonl", json.dumps(ANSWERED, indent=1).encode(), ""),
    ],
)
def test_the_reason_says_what_to_do_first(name: str, content: bytes, needs: str) -> None:
    words = ("needs fixing first", "if its name ended in .jsonl", "one object on each line")
    reason = suggestion_for(name, content).reason
    assert [word for word in words if word in reason] == [needs] * bool(needs)
