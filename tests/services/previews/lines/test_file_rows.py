"""Rows of text and of bytes, read from any place of a file."""

from pathlib import Path

import pytest

from services.previews.lines.file_rows import (
    MAX_ROW_CHARACTERS,
    FileRow,
    HexRows,
    TextRows,
    visible,
)
from services.previews.lines.line_index import MAX_SHOWN_BYTES, LineIndex


def text_rows(folder: Path, content: bytes, encoding: str = "utf-8") -> TextRows:
    path = folder / "file"
    path.write_bytes(content)
    index = LineIndex()
    for _indexed in index.index_file(path):
        pass
    index.finish()
    return TextRows(path, index, encoding)


def hex_rows(folder: Path, content: bytes) -> HexRows:
    path = folder / "file"
    path.write_bytes(content)
    return HexRows(path, len(content))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, \u00e4 and \u6f22", "plain, \u00e4 and \u6f22"),
        ("a\tb\tcdefg\th", "a   b   cdefg   h"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\0b\rc\x7fd\x85e", "a\\x00b\\x0dc\\x7fd\\x85e"),
        ("\u202eevil\u2066\u2028", "\\u202eevil\\u2066\\u2028"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_is_invisible_or_misleading_is_visible_as_a_code(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_have_their_numbers(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"\xef\xbb\xbfone\r\n\n\tthree")
    assert rows.row_count == 3
    assert rows.is_complete
    assert rows.rows(0, 10) == [FileRow("1", "one"), FileRow("2", ""), FileRow("3", "    three")]
    assert rows.rows(1, 1) == [FileRow("2", "")]
    assert rows.rows(3, 1) == []
    assert rows.label(1_233) == "1,234"
    rows.close()
    assert rows.rows(0, 1) == [FileRow("1", "one")]
    rows.close()


def test_bytes_that_are_no_utf_8_are_shown_as_codes(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"a\xff\xfeb\n")
    assert rows.rows(0, 1)[0].text == "a\\xff\\xfeb"
    rows.close()


def test_latin_1_is_decoded(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"Stra\xdfe\n", "latin-1")
    assert rows.rows(0, 1)[0].text == "Stra\u00dfe"
    assert rows.copied(0, 1) == ("Stra\u00dfe", 1)
    rows.close()


@pytest.mark.parametrize("length", [MAX_ROW_CHARACTERS + 7, 4 * MAX_ROW_CHARACTERS + 7])
@pytest.mark.parametrize(("letter", "size"), [("x", 1), ("\u20ac", 3)])
def test_a_long_line_says_how_much_is_not_shown(
    tmp_path: Path, length: int, letter: str, size: int
) -> None:
    rows = text_rows(tmp_path, letter.encode() * length + b"\nnext\n")
    (row,) = rows.rows(0, 1)
    assert row.text == letter * MAX_ROW_CHARACTERS
    assert row.hidden_bytes == (length - MAX_ROW_CHARACTERS) * size
    rows.close()


def test_a_line_of_exactly_that_length_is_whole(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"x" * MAX_ROW_CHARACTERS + b"\n")
    assert rows.rows(0, 1)[0].hidden_bytes == 0
    rows.close()


@pytest.mark.parametrize("rest", [b"", b"\nnext"])
def test_a_line_longer_than_what_is_read_of_it_says_so_too(tmp_path: Path, rest: bytes) -> None:
    length = 3 * MAX_SHOWN_BYTES
    rows = text_rows(tmp_path, b"y" * length + rest)
    (row,) = rows.rows(0, 1)
    assert row.text == "y" * MAX_ROW_CHARACTERS
    assert abs(row.hidden_bytes - (length - MAX_ROW_CHARACTERS)) <= 1  # with its line end
    rows.close()


def test_lines_are_copied_as_they_are(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"\xef\xbb\xbfa\tb\r\n\x1b[0m\r\nlast")
    assert rows.copied(0, 2) == ("a\tb\n\x1b[0m", 2)
    assert rows.copied(1, 99) == ("\x1b[0m\nlast", 2)
    assert rows.copied(3, 1) == ("", 0)
    rows.close()


def test_only_so_much_is_copied_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.previews.lines.file_rows.MAX_COPIED_BYTES", 10)
    rows = text_rows(tmp_path, b"abc\ndef\nghi\njkl\n")
    assert rows.copied(0, 4) == ("abc\ndef", 2)
    rows.close()
    endless = text_rows(tmp_path, b"x" * 30)
    assert endless.copied(0, 1) == ("x" * 10, 1)
    endless.close()


def test_a_growing_file_has_the_lines_indexed_so_far(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo")
    index = LineIndex()
    for _indexed in index.index_file(path):
        pass
    rows = TextRows(path, index)
    assert (rows.row_count, rows.is_complete) == (1, False)
    index.finish()
    assert (rows.row_count, rows.is_complete) == (2, True)
    rows.close()


def test_a_file_that_is_gone_raises(tmp_path: Path) -> None:
    rows = text_rows(tmp_path, b"one\n")
    (tmp_path / "file").unlink()
    with pytest.raises(OSError, match="file"):
        rows.rows(0, 1)


def test_bytes_have_offsets_and_characters(tmp_path: Path) -> None:
    rows = hex_rows(tmp_path, b"Hello, \x00world\xff\x7f..!")
    assert rows.row_count == 2
    assert rows.rows(0, 5) == [
        FileRow("00000000", "48 65 6c 6c 6f 2c 20 00  77 6f 72 6c 64 ff 7f 2e  Hello, .world..."),
        FileRow("00000010", "2e 21" + " " * 18 + "  " + " " * 23 + "  .!"),
    ]
    assert rows.rows(2, 1) == []
    assert rows.copied(1, 9) == (f"00000010  {rows.rows(1, 1)[0].text}", 1)
    rows.close()


def test_far_offsets_have_more_digits(tmp_path: Path) -> None:
    assert hex_rows(tmp_path, b"").label(2**32 // 16) == "100000000"


def test_bytes_that_are_not_there_yet_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 40)
    rows = HexRows(tmp_path / "file", 20, is_complete=False)
    assert (rows.size, rows.row_count, rows.is_complete) == (20, 2, False)
    assert rows.rows(1, 5)[0].text.split() == ["78"] * 4 + ["xxxx"]
    rows.grow(40, is_complete=True)
    assert (rows.size, rows.row_count, rows.is_complete) == (40, 3, True)
    rows.close()
