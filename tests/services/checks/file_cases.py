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
INNER_MARK = E("file.inner_bom", 3)
SPLIT = (E("file.multiline_objects", 3), E("line.comment", 3))
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
    _text("a byte order mark", b"\xef\xbb\xbf" + GOOD, E("file.bom", 1)),
    Case(
        "a byte order mark before a batch for Azure",
        "batch",
        "requests.jsonl",
        BOM + GOOD,
        (E("file.bom", 1),),
        limits=provider_named("azure").limits,
    ),
    Case(
        "a byte order mark before a batch for another server",
        "batch",
        "requests.jsonl",
        BOM + GOOD,
        (W("file.bom", 1),),
        limits=Limits(),
    ),
    Case(
        "a byte order mark before examples",
        "fine-tune",
        "examples.jsonl",
        BOM + jsonl(*[CHAT] * 10),
        (W("file.bom", 1),),
    ),
    Case(
        "a byte order mark before examples for Azure",
        "fine-tune",
        "examples.jsonl",
        BOM + jsonl(*[CHAT] * 10),
        limits=provider_named("azure").limits,
    ),
    _text("two byte order marks", BOM * 2 + GOOD, E("file.inner_bom", 1)),
    _text(
        "byte order marks where files were joined",
        BOM + jsonl(*GOOD_LINES[:2]) + BOM + jsonl(*GOOD_LINES[2:]),
        E("file.bom", 1),
        E("file.inner_bom", 3),
    ),
    _text("CR LF line endings", GOOD.replace(b"\n", b"\r\n"), W("file.crlf_endings")),
    _text("blank lines", b"\n" + GOOD + b" \n\n", W("file.blank_lines")),
    _text(
        "a byte order mark, CR LF and blank lines",
        b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n\r\n"),
        W("file.crlf_endings"),
        W("file.blank_lines"),
        E("file.bom", 1),
    ),
    _text("no newline at the end", GOOD.rstrip()),
    _text("only blank lines", b"\n \n", E("file.blank"), W("file.blank_lines")),
    _text("UTF-16 with a byte order mark", GOOD.decode().encode("utf-16"), E("file.utf16")),
    _text("UTF-16 without a byte order mark", GOOD.decode().encode("utf-16-le"), E("file.utf16")),
    _text("big-endian UTF-16", GOOD.decode().encode("utf-16-be"), E("file.utf16")),
    _text("a gzip file", gzip.compress(GOOD), E("file.compressed")),
    _text("a zip file", b"PK\x03\x04" + bytes(100), E("file.compressed")),
    _third("Latin-1", '{"custom_id": "café"}'.encode("latin-1"), E("line.not_utf8", 3)),
    _third(
        "a null byte", json.dumps(request(9)).replace(" ", "\0", 1).encode(), E("line.null_byte", 3)
    ),
    _third(
        "a null byte in a string",
        json.dumps(request(9)).replace("Hi", "H\0i").encode(),
        E("line.null_byte", 3),
    ),
    _text(
        "null bytes at the end, as after a power failure",
        GOOD + bytes(4096),
        E("line.null_byte", 5),
    ),
)

JSON = (
    _third("a line that isn't JSON", b"custom_id: 1", E("line.not_object", 3)),
    _third("a missing colon", b'{"custom_id" "1"}', E("json.invalid", 3)),
    _third("a line of Markdown", b"- *custom_id*: 1", E("line.not_object", 3)),
    _third("a Python literal", b"None", E("line.not_object", 3)),
    _third(
        "a quotation mark before an unknown symbol",
        ONE.replace(b'"Hi"', '"so big" … very big"'.encode()),
        E("json.unescaped_quote", 3),
    ),
    _third("single quotation marks", b"{'custom_id': '1'}", E("json.quotation_mark", 3)),
    _third("curly quotation marks", "{“custom_id”: “1”}".encode(), E("json.quotation_mark", 3)),
    _third("a trailing comma", b'{"custom_id": "1",}', E("json.comma", 3)),
    _third("two objects on a line", ONE + ANOTHER, E("file.several_per_line", 3)),
    _third(
        "two objects on a line with a byte order mark between them", ONE + BOM + ANOTHER, INNER_MARK
    ),
    _third("a comma after an object", ONE + b" ,", E("file.commas", 3)),
    _third("a comma between two objects", ONE + b", " + ANOTHER, E("file.commas", 3)),
    _third("a word after an object", ONE + b" end", E("json.trailing_data", 3)),
    _third("an invalid object with a comma after it", b"{'a': 1},", E("json.quotation_mark", 3)),
    _third("a byte order mark before a key", b'{\xef\xbb\xbf"a": 1}', E("line.inner_bom", 3)),
    _third("a comment", b"// from here on in French", E("line.comment", 3)),
    _third("a comment with a number sign", b"# in French", E("line.comment", 3)),
    _third("a comment after a value", b'{"a": 1, // one\n"b": 2}', *SPLIT),
    _third(
        "a quotation mark inside a string",
        ONE.replace(b'"Hi"', b'"the "best" one"'),
        E("json.unescaped_quote", 3),
    ),
    _third(
        "a line break inside a string",
        ONE.replace(b'"Hi"', b'"Dear Ada,\n\nthank you."'),
        E("json.line_break", 3),
        W("file.blank_lines", 4),
    ),
    _third("CR inside a string", ONE.replace(b"Hi", b"H\ri"), E("json.line_break", 3)),
    _text("CR line endings", GOOD.replace(b"\n", b"\r"), E("file.cr_endings", 1)),
    Case(
        "many CR line endings, which make one long line",
        "batch",
        "requests.jsonl",
        later(lambda: jsonl(*map(request, range(25_000))).replace(b"\n", b"\r")),
        (E("file.cr_endings", 1),),
        ("25,000 requests to /v1/chat/completions", MODEL),
        slow=True,
    ),
    _text("commas between objects", GOOD.replace(b"\n", b",\n"), E("file.commas", 1)),
    _text("commas before objects", GOOD.rstrip().replace(b"\n", b"\n, "), E("file.commas", 1)),
    _text("a list over several lines", LISTED, E("file.list", 1)),
    _text("a list without an end", LISTED.rstrip(b"]\n"), E("file.list", 1)),
    _text(
        "objects that span lines",
        b"".join(json.dumps(one, indent=2).encode() + b"\n" for one in GOOD_LINES),
        E("file.multiline_objects", 1),
    ),
    _text(
        "one object that spans two lines",
        GOOD.replace(b', "body"', b',\r\n "body"', 3).replace(b',\r\n "body"', b', "body"', 2),
        E("file.multiline_objects", 3),
    ),
    _text(
        "an object that spans lines and is cut off",
        json.dumps(request(1), indent=2).encode()[:-10],
        E("file.multiline_objects", 1),
    ),
    _text(
        "objects that span lines, with a line break in a string",
        b"".join(json.dumps(one, indent=2).encode() + b"\n" for one in GOOD_LINES[:2]).replace(
            b'"Hi"', b'"Dear Ada,\n\nthank you."', 1
        ),
        E("file.multiline_objects", 1),
        E("json.line_break", 10),
    ),
    _text(
        "a list over several lines, with a line break in a string",
        json.dumps(GOOD_LINES, indent=2).encode().replace(b'"Hi"', b'"Hi,\r\nAda"', 1),
        E("file.multiline_objects", 1),
        E("json.line_break", 11),
    ),
    _text("a code block", b"```json\n" + GOOD + b"```\n", E("line.fence", 1)),
    _text("many comments", GOOD.replace(b"\n", b"\n# next\n"), E("line.comment", 2)),
    _text(
        "single quotation marks on every line",
        GOOD.replace(b'"', b"'"),
        E("json.quotation_mark", 1),
    ),
    _text("prose", b"Dear all,\nthis is no JSON.\n" * 6, E("line.not_object", 1)),
    _text("two lines of prose", b"Dear all,\nthis is no JSON.\n", E("line.not_object", 1)),
    Case(
        "a list over the line limit",
        "batch",
        "requests.jsonl",
        later(lambda: json.dumps([request(n, user="x" * 500_000) for n in range(40)]).encode()),
        (E("file.list", 1),),
        ("40 requests to /v1/chat/completions", MODEL),
        slow=True,
    ),
    _third("a tab in a string", b'{"custom_id": "a\tb"}', E("json.control_character", 3)),
    _third("an invalid escape", b'{"custom_id": "C:\\d"}', E("json.escape", 3)),
    _third("an object without an end", json.dumps(request(9)).encode()[:-1], E("json.unclosed", 3)),
    _third("NaN", json.dumps(request(9, temperature=float("nan"))).encode(), E("json.constant", 3)),
    _third(
        "a lone surrogate",
        json.dumps(request(9, user="\ud83d")).encode(),
        E("json.lone_surrogate", 3),
    ),
    _third(
        "deep nesting",
        b'{"custom_id": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        E("json.too_deep", 3),
    ),
    _third("deep nesting without an end", b"[" * 100_000, E("json.too_deep", 3)),
    _third(
        "a number out of range",
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
    _text("an incomplete last line", GOOD[:-30], E("line.truncated", 4)),
    _text(
        "one indented list",
        json.dumps(GOOD_LINES, indent=1).encode(),
        E("file.list", 1),
    ),
    _text("a list on one line", json.dumps(GOOD_LINES).encode(), E("file.list", 1)),
    _text("a list of numbers", b"[1, 2]\n", E("line.not_object", 1)),
    Case(
        "a line of 300,000 numbers",
        "batch",
        "requests.jsonl",
        later(lambda: jsonl(request(1, "/v1/embeddings", input=[100] * 300_000))),
        (W("json.too_many_values", 1),),
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
    _named("requests without an extension", "batch", "requests", E("extension.wrong")),
    _named("requests with an uppercase extension", "batch", "A.JSONL", W("extension.uppercase")),
    _named("CSV for fine-tuning", "fine-tune", "a.csv", E("extension.wrong")),
    _named("CSV for evals", "evals", "a.csv", E("extension.wrong")),
    _named("a document without an extension", "user_data", "README", W("extension.missing")),
    _named("an unsupported extension for assistants", "assistants", "a.vb", W("extension.unusual")),
    _named(
        "a document with an uppercase extension for assistants",
        "assistants",
        "A.PDF",
        W("extension.uppercase"),
    ),
    _named("a document with an uppercase extension", "user_data", "A.PDF"),
    _named("a name with a line break", "user_data", "a\nb.txt", W("name.risky_character")),
    _named(
        "a name with non-breaking and ideographic spaces",
        "user_data",
        "12\u202f500\u00a0€\u3000.txt",
    ),
    _named("a name with zero-width joiners", "user_data", "👩\u200d🚀 می\u200cروم.txt"),
    _named(
        "a name with a right-to-left override",
        "user_data",
        "a\u202etxt.exe",
        W("name.risky_character"),
    ),
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
        "50,000 bad lines",
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
        "a dangling link",
        "batch",
        "link.jsonl",
        lambda path: path.symlink_to("gone"),
        problem=ProblemKind.FILE_MISSING,
    ),
    Case(
        "a file without read permission",
        "batch",
        "secret.jsonl",
        _unreadable,
        problem=ProblemKind.FILE_UNREADABLE,
    ),
)

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9000\n"

POINTERS = (
    *[
        Case(f"a Git LFS pointer for {purpose}", purpose, name, POINTER, (E("file.pointer"),))
        for purpose, name in (
            ("batch", "requests.jsonl"),
            ("fine-tune", "train.jsonl"),
            ("evals", "items.jsonl"),
            ("vision", "a.png"),
        )
    ],
    *[
        Case(f"a Git LFS pointer for {purpose}", purpose, "a.pdf", POINTER, (W("file.pointer"),))
        for purpose in ("user_data", "assistants")
    ],
    _text("a git-annex pointer", b"/annex/objects/MD5-s9--0a1b\n", E("file.pointer")),
    _text("a Git LFS pointer after an object", ONE + b"\n" + POINTER.replace(b"\n", b""), *NO_JSON),
)

FILE_CASES = (*ENCODINGS, *JSON, *SIZES, *NAMES, *MANY, *POINTERS, *NOT_READABLE)
