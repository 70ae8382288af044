"""Files that are wrong whatever their purpose: names, sizes, encodings, JSON, and what isn't a
file.
"""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

from services.problems.errors import ProblemKind
from services.providers.limits import OFFICIAL, Limits
from services.providers.providers import provider_named
from tests.services.checks.batch_cases import GOOD_LINES, MODEL, request
from tests.services.checks.case import Case, Expected, error, jsonl, later, warning
from tests.services.checks.example_lines import CHAT

E, W = error, warning
MIB = 1024 * 1024
BOM = b"\xef\xbb\xbf"
GOOD = jsonl(*GOOD_LINES)


ONE, ANOTHER = (json.dumps(request(number)).encode() for number in (8, 9))
INNER_MARK = E("file.inner_mark", 3)
SPLIT = (E("file.spread", 3), E("line.comment", 3))
LISTED = b"[\n" + GOOD.rstrip().replace(b"\n", b",\n") + b"\n]\n"


NO_JSON = (error("line.not_object", 2),)


def _text(title: str, content: bytes, *expected: Expected) -> Case:
    return Case(title, "batch", "requests.jsonl", content, expected)


def _third(title: str, line: bytes, *expected: Expected) -> Case:
    """A good file with a different third line."""
    first, second, third, *rest = GOOD.splitlines(keepends=True)
    return _text(title, first + second + line + b"\n" + third + b"".join(rest), *expected)


def _named(
    title: str, purpose: str, name: str, *expected: Expected, limits: Limits = OFFICIAL
) -> Case:
    content = GOOD if purpose == "batch" else b"text\n"
    return Case(title, purpose, name, content, expected, limits=limits)


def _sparse(size: int, beginning: bytes = b"") -> Callable[[Path], object]:
    """Create a file of this size, whose zeros don't take up disk space."""

    def make(path: Path) -> None:
        path.write_bytes(beginning)
        os.truncate(path, size)

    return make


def _long_line(path: Path) -> None:
    """A request of 100 MB between two others."""
    with path.open("wb") as file:
        file.write(jsonl(request(1)))
        file.write(b'{"custom_id": "long", "body": "')
        for _piece in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + jsonl(request(2)))


def _unreadable(path: Path) -> None:
    path.write_bytes(GOOD)
    path.chmod(0)


ENCODINGS = (
    _text("a byte order mark", b"\xef\xbb\xbf" + GOOD, E("file.byte_order_mark", 1)),
    Case(
        "a byte order mark before a batch for Azure",
        "batch",
        "requests.jsonl",
        BOM + GOOD,
        (E("file.byte_order_mark", 1),),
        limits=provider_named("azure").limits,
    ),
    Case(
        "a byte order mark before a batch for another server",
        "batch",
        "requests.jsonl",
        BOM + GOOD,
        (W("file.byte_order_mark", 1),),
        limits=Limits(),
    ),
    Case(
        "a byte order mark before examples",
        "fine-tune",
        "examples.jsonl",
        BOM + jsonl(*[CHAT] * 10),
        (W("file.byte_order_mark", 1),),
    ),
    Case(
        "a byte order mark before examples for Azure",
        "fine-tune",
        "examples.jsonl",
        BOM + jsonl(*[CHAT] * 10),
        limits=provider_named("azure").limits,
    ),
    _text("two byte order marks", BOM * 2 + GOOD, E("file.inner_mark", 1)),
    _text(
        "byte order marks where files were joined",
        BOM + jsonl(*GOOD_LINES[:2]) + BOM + jsonl(*GOOD_LINES[2:]),
        E("file.byte_order_mark", 1),
        E("file.inner_mark", 3),
    ),
    _text("lines that end with CR LF", GOOD.replace(b"\n", b"\r\n"), W("file.carriage_returns")),
    _text("blank lines", b"\n" + GOOD + b" \n\n", W("file.blank_lines")),
    _text(
        "a byte order mark, CR LF and blank lines",
        b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n\r\n"),
        W("file.carriage_returns"),
        W("file.blank_lines"),
        E("file.byte_order_mark", 1),
    ),
    _text("no line's end at the end", GOOD.rstrip()),
    _text("nothing but blank lines", b"\n \n", E("file.blank"), W("file.blank_lines")),
    _text("UTF-16 with a mark", GOOD.decode().encode("utf-16"), E("file.utf16")),
    _text("UTF-16 without a mark", GOOD.decode().encode("utf-16-le"), E("file.utf16")),
    _text("UTF-16 the other way around", GOOD.decode().encode("utf-16-be"), E("file.utf16")),
    _text("a gzip file", gzip.compress(GOOD), E("file.compressed")),
    _text("a zip file", b"PK\x03\x04" + bytes(100), E("file.compressed")),
    _third("Latin-1", '{"custom_id": "café"}'.encode("latin-1"), E("line.not_utf8", 3)),
    _third("a zero byte", json.dumps(request(9)).replace(" ", "\0", 1).encode(), E("line.nul", 3)),
    _third(
        "a zero byte in a text",
        json.dumps(request(9)).replace("Hi", "H\0i").encode(),
        E("line.nul", 3),
    ),
    _text("zeros at the end, as after a power cut", GOOD + bytes(4096), E("line.nul", 5)),
)

JSON = (
    _third("no JSON", b"custom_id: 1", E("line.not_object", 3)),
    _third("a colon that is missing", b'{"custom_id" "1"}', E("json.invalid", 3)),
    _third("a line of Markdown", b"- *custom_id*: 1", E("line.not_object", 3)),
    _third("a name of Python", b"None", E("line.not_object", 3)),
    _third(
        "a quotation mark before a sign that JSON has not",
        ONE.replace(b'"Hi"', '"so big" … very big"'.encode()),
        E("json.quote", 3),
    ),
    _third("single quotation marks", b"{'custom_id': '1'}", E("json.quotation_mark", 3)),
    _third("curly quotation marks", "{“custom_id”: “1”}".encode(), E("json.quotation_mark", 3)),
    _third("a comma too many", b'{"custom_id": "1",}', E("json.comma", 3)),
    _third("two objects on a line", ONE + ANOTHER, E("file.joined", 3)),
    _third("two objects on a line with a mark between", ONE + BOM + ANOTHER, INNER_MARK),
    _third("a comma behind an object", ONE + b" ,", E("file.commas", 3)),
    _third("a comma between two objects", ONE + b", " + ANOTHER, E("file.commas", 3)),
    _third("a word behind an object", ONE + b" end", E("json.more_behind", 3)),
    _third("an object with a comma behind a wrong one", b"{'a': 1},", E("json.quotation_mark", 3)),
    _third("a mark before a key", b'{\xef\xbb\xbf"a": 1}', E("line.mark_inside", 3)),
    _third("a comment", b"// from here on in French", E("line.comment", 3)),
    _third("a comment with a number sign", b"# in French", E("line.comment", 3)),
    _third("a comment behind a value", b'{"a": 1, // one\n"b": 2}', *SPLIT),
    _third(
        "a quotation mark inside a text",
        ONE.replace(b'"Hi"', b'"the "best" one"'),
        E("json.quote", 3),
    ),
    _third(
        "a line break inside a text",
        ONE.replace(b'"Hi"', b'"Dear Ada,\n\nthank you."'),
        E("json.line_break", 3),
        W("file.blank_lines", 4),
    ),
    _third("CR inside a text", ONE.replace(b"Hi", b"H\ri"), E("json.line_break", 3)),
    _text("lines that end with CR alone", GOOD.replace(b"\n", b"\r"), E("file.returns_alone", 1)),
    Case(
        "many lines that end with CR alone, which are one long line",
        "batch",
        "requests.jsonl",
        later(lambda: jsonl(*map(request, range(25_000))).replace(b"\n", b"\r")),
        (E("file.returns_alone", 1),),
        ("25,000 requests to /v1/chat/completions", MODEL),
        slow=True,
    ),
    _text("commas between objects", GOOD.replace(b"\n", b",\n"), E("file.commas", 1)),
    _text("commas before objects", GOOD.rstrip().replace(b"\n", b"\n, "), E("file.commas", 1)),
    _text("one list over several lines", LISTED, E("file.list", 1)),
    _text("one list that is not closed", LISTED.rstrip(b"]\n"), E("file.list", 1)),
    _text(
        "objects over many lines",
        b"".join(json.dumps(one, indent=2).encode() + b"\n" for one in GOOD_LINES),
        E("file.spread", 1),
    ),
    _text(
        "one object over two lines among others",
        GOOD.replace(b', "body"', b',\r\n "body"', 3).replace(b',\r\n "body"', b', "body"', 2),
        E("file.spread", 3),
    ),
    _text(
        "objects over many lines of which one is cut off",
        json.dumps(request(1), indent=2).encode()[:-10],
        E("file.spread", 1),
    ),
    _text(
        "objects over many lines, and a line break in a text of one",
        b"".join(json.dumps(one, indent=2).encode() + b"\n" for one in GOOD_LINES[:2]).replace(
            b'"Hi"', b'"Dear Ada,\n\nthank you."', 1
        ),
        E("file.spread", 1),
        E("json.line_break", 10),
    ),
    _text(
        "a list over many lines, and a line break in a text",
        json.dumps(GOOD_LINES, indent=2).encode().replace(b'"Hi"', b'"Hi,\r\nAda"', 1),
        E("file.spread", 1),
        E("json.line_break", 11),
    ),
    _text("a code block", b"```json\n" + GOOD + b"```\n", E("line.fence", 1)),
    _text("comments all over", GOOD.replace(b"\n", b"\n# next\n"), E("line.comment", 2)),
    _text(
        "single quotation marks in every line",
        GOOD.replace(b'"', b"'"),
        E("json.quotation_mark", 1),
    ),
    _text("words", b"Dear all,\nthis is no JSON.\n" * 6, E("line.not_object", 1)),
    _text("two lines of words", b"Dear all,\nthis is no JSON.\n", E("line.not_object", 1)),
    Case(
        "a list longer than a line may be",
        "batch",
        "requests.jsonl",
        later(lambda: json.dumps([request(n, user="x" * 500_000) for n in range(40)]).encode()),
        (E("file.list", 1),),
        ("40 requests to /v1/chat/completions", MODEL),
        slow=True,
    ),
    _third("a tab in a text", b'{"custom_id": "a\tb"}', E("json.control_character", 3)),
    _third("a backslash that escapes nothing", b'{"custom_id": "C:\\d"}', E("json.escape", 3)),
    _third(
        "an object that is not closed", json.dumps(request(9)).encode()[:-1], E("json.unclosed", 3)
    ),
    _third("NaN", json.dumps(request(9, temperature=float("nan"))).encode(), E("json.constant", 3)),
    _third(
        "half a character",
        json.dumps(request(9, user="\ud83d")).encode(),
        E("json.half_character", 3),
    ),
    _third(
        "deep nesting",
        b'{"custom_id": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        E("json.too_deep", 3),
    ),
    _third("deep nesting that is not closed", b"[" * 100_000, E("json.too_deep", 3)),
    _third(
        "a number beyond range",
        json.dumps(request(9, n=1)).replace('"n": 1', '"n": 1e999').encode(),
        W("json.number_range", 3),
    ),
    _third(
        "a number of 5,000 digits",
        json.dumps(request(9, n=1)).replace('"n": 1', '"n": ' + "1" * 5000).encode(),
        W("json.number_range", 3),
    ),
    _third(
        "a repeated key",
        json.dumps(request(9)).replace("{", '{"custom_id": "x", ', 1).encode(),
        W("json.repeated_key", 3),
    ),
    _text("a last line that is cut off", GOOD[:-30], E("line.cut_off", 4)),
    _text(
        "one document over many lines",
        json.dumps(GOOD_LINES, indent=1).encode(),
        E("file.list", 1),
    ),
    _text("one list on one line", json.dumps(GOOD_LINES).encode(), E("file.list", 1)),
    _text("a list of numbers", b"[1, 2]\n", E("line.not_object", 1)),
    Case(
        "a line of 300,000 numbers",
        "batch",
        "requests.jsonl",
        later(lambda: jsonl(request(1, "/v1/embeddings", input=[100] * 300_000))),
        (W("json.too_involved", 1),),
    ),
    Case(
        "a line of 100 MB",
        "batch",
        "requests.jsonl",
        _long_line,
        (W("line.too_long", 2),),
        ("3 requests to /v1/chat/completions", MODEL),
    ),
)

SIZES = (
    _text("an empty file", b"", E("file.empty")),
    Case("an empty document", "user_data", "a.txt", b"", (E("file.empty"),)),
    Case(
        "between 512 MB and 512 MiB",
        "user_data",
        "a.bin",
        _sparse(512 * MIB),
        (W("file.too_large"),),
    ),
    Case("over 512 MiB", "user_data", "a.bin", _sparse(512 * MIB + 1), (E("file.too_large"),)),
    Case(
        "over 512 MiB for a server without limits",
        "user_data",
        "a.bin",
        _sparse(512 * MIB + 1),
        limits=Limits(),
    ),
    Case(
        "a batch over 200 MiB",
        "batch",
        "a.jsonl",
        _sparse(200 * MIB + 1, GOOD),
        (E("file.too_large"), W("line.too_long", 5)),
    ),
)

NAMES = (
    _named("a document", "user_data", "a.txt"),
    _named("a document for assistants", "assistants", "a.md"),
    _named("requests in .json", "batch", "a.json", E("extension.wrong")),
    _named(
        "requests in .json for another server",
        "batch",
        "a.json",
        W("extension.wrong"),
        limits=Limits(),
    ),
    _named("requests without ending", "batch", "requests", E("extension.wrong")),
    _named("requests in capitals", "batch", "A.JSONL", W("extension.capitals")),
    _named("a table for fine-tuning", "fine-tune", "a.csv", E("extension.wrong")),
    _named("a table for evals", "evals", "a.csv", E("extension.wrong")),
    _named("a document without ending", "user_data", "README", W("extension.missing")),
    _named("a program for assistants", "assistants", "a.vb", W("extension.unusual")),
    _named("a document in capitals for assistants", "assistants", "A.PDF", W("extension.capitals")),
    _named("a document in capitals", "user_data", "A.PDF"),
    _named("a name with a line's end", "user_data", "a\nb.txt", W("name.odd")),
    _named(
        "a name with spaces that don't break, as Paris and Tokyo type them",
        "user_data",
        "12\u202f500\u00a0€\u3000.txt",
    ),
    _named("a name with joined characters", "user_data", "👩\u200d🚀 می\u200cروم.txt"),
    _named("a name that turns around", "user_data", "a\u202etxt.exe", W("name.odd")),
    _named("a name in Japanese", "user_data", "資料.txt"),
    _named(
        "a name in Japanese for another server",
        "user_data",
        "資料.txt",
        W("name.not_ascii"),
        limits=Limits(),
    ),
)

MANY = (
    Case(
        "fifty thousand bad lines",
        "batch",
        "requests.jsonl",
        later(lambda: b'{"method": "POST", "url": "/v1/x", "body": {"model": "m"}}\n' * 50_000),
        (E("custom_id.missing", 1),),
        limits=Limits(batch_urls=frozenset({"/v1/x"})),
        slow=True,
    ),
)

NOT_READABLE = (
    Case("a pipe", "batch", "pipe.jsonl", os.mkfifo, problem=ProblemKind.FILE_UNREADABLE),
    Case(
        "a device",
        "batch",
        "device.jsonl",
        lambda path: path.symlink_to("/dev/zero"),
        problem=ProblemKind.FILE_UNREADABLE,
    ),
    Case("a folder", "batch", "folder.jsonl", Path.mkdir, problem=ProblemKind.FILE_UNREADABLE),
    Case(
        "a link to nothing",
        "batch",
        "link.jsonl",
        lambda path: path.symlink_to("gone"),
        problem=ProblemKind.FILE_MISSING,
    ),
    Case(
        "a file without permission",
        "batch",
        "secret.jsonl",
        _unreadable,
        problem=ProblemKind.FILE_UNREADABLE,
    ),
)

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9000\n"

POINTERS = (
    *[
        Case(f"a pointer of Git LFS for {purpose}", purpose, name, POINTER, (E("file.pointer"),))
        for purpose, name in (
            ("batch", "requests.jsonl"),
            ("fine-tune", "train.jsonl"),
            ("evals", "items.jsonl"),
            ("vision", "a.png"),
        )
    ],
    *[
        Case(f"a pointer of Git LFS for {purpose}", purpose, "a.pdf", POINTER, (W("file.pointer"),))
        for purpose in ("user_data", "assistants")
    ],
    _text("a pointer of git-annex", b"/annex/objects/MD5-s9--0a1b\n", E("file.pointer")),
    _text("an object that tells of Git LFS", ONE + b"\n" + POINTER.replace(b"\n", b""), *NO_JSON),
)

FILE_CASES = (*ENCODINGS, *JSON, *SIZES, *NAMES, *MANY, *POINTERS, *NOT_READABLE)
