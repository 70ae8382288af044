import io
import zipfile

import pytest

from services.sandbox.samples import SAMPLES_FOLDER
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
