import io
import zipfile
import zlib

import pytest

from services.sandbox.samples import SAMPLES_FOLDER
from services.sandbox.vector_stores import parsed_text
from services.sandbox.vector_stores.parsed_text import parsed_pages, why_refused


def pages(name: str, content: bytes) -> list[str]:
    return parsed_pages(name, io.BytesIO(content))


def docx(document: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", document)
    return data.getvalue()


def test_the_sample_pdf_has_its_text() -> None:
    found = pages("handbook-2026.pdf", (SAMPLES_FOLDER / "handbook-2026.pdf").read_bytes())
    assert found
    assert any("andbook" in page for page in found)


def test_a_word_document() -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f'<w:document xmlns:w="{word}"><w:p><w:r><w:t>One</w:t></w:r></w:p><w:p/></w:document>'
    assert pages("a.docx", docx(text.encode())) == ["One\n"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx(b"<not closed")),
        ("a.docx", b"PK\x05\x06" + b"\0" * 18),
        ("a.pdf", b"%PDF-1.4\nstream\nx\x9c\x00broken\nendstream"),
        ("a.pdf", b"%PDF-1.4\nstream\n(only) Td\nendstream"),
        ("a.txt", b"\xff\xfe\x00"),
    ],
)
def test_what_has_no_text_is_refused(name: str, content: bytes) -> None:
    assert pages(name, content) == []
    refusal = why_refused(name, len(content), io.BytesIO(content))
    assert refusal is not None
    assert refusal.code == "invalid_file"


def test_more_than_the_limit_is_refused() -> None:
    refusal = why_refused("a.txt", 21 * 1024 * 1024, io.BytesIO(b"x"))
    assert refusal is not None
    assert refusal.code == "invalid_file"


def test_a_long_text_is_torn_apart_only_where_a_line_or_word_ends() -> None:
    lines = "".join(f"Line {number} of a long text\n" for number in range(2_000))
    parts = pages("a.txt", lines.encode())
    assert len(parts) > 1
    assert all(part.endswith("\n") for part in parts)
    assert "".join(parts) == lines
    words = "word " * 10_000
    parts = pages("a.md", words.encode())
    assert all(part.endswith("word ") for part in parts)
    assert "".join(parts) == words
    assert "".join(pages("a.md", b"x" * 50_000)) == "x" * 50_000


def test_the_strings_of_a_pdf_may_have_brackets_and_escaped_parentheses() -> None:
    stream = rb"(a \(b\) \\ [c) Tj [(d]) -20 (e[)] TJ (not shown) Td"
    content = b"%PDF-1.4\n1 0 obj\nstream\r\n" + stream + b"\nendstream\nendobj"
    assert pages("a.pdf", content) == ["a (b) \\ [c\nd]e["]


SIZE = 2 * 1024 * 1024


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        b"stream\n" * (SIZE // 7),
        b"stream\n" + b"[" * SIZE + b"\nendstream",
        b"stream\n" + b"(" * SIZE + b"\nendstream",
        b"stream\n" + rb"(\(" * (SIZE // 3) + b"\nendstream",
        b"stream\n" + rb"[(\(" * (SIZE // 4) + b"\nendstream",
        b"stream\n" + b"([)" * (SIZE // 3) + b"\nendstream",
    ],
    ids=["streams", "brackets", "parentheses", "escapes", "arrays", "mixed"],
)
def test_a_hostile_pdf_takes_no_longer_than_its_size(content: bytes) -> None:
    """It would take hours, and hold up the whole program, if it were read over and over."""
    assert pages("a.pdf", b"%PDF-1.4\n" + content) == []


def test_a_pdf_that_swells_is_read_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed_text, "_MOST_INFLATED", 160_000)
    page = zlib.compress(b"(page) Tj" + b" " * 9_991)
    content = b"%PDF-1.4\n" + (b"stream\n" + page + b"\nendstream\n") * 20
    assert len(pages("a.pdf", content)) == 16


def test_paragraphs_in_paragraphs_are_read_once() -> None:
    deep = 20_000
    text = '<w:p xmlns:w="w">x' + "<w:p>x" * deep + "</w:p>" * deep + "</w:p>"
    assert "".join(pages("a.docx", docx(text.encode()))) == "\n".join(["x"] * (deep + 1))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_broken_archive_has_no_text(method: int) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("word/document.xml", bytes(range(256)) * 10)
    whole = bytearray(data.getvalue())
    for place in range(50, 80):
        whole[place] ^= 0xFF
    assert pages("a.docx", bytes(whole)) == []
