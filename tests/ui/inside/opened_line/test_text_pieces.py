"""Where long texts are divided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.inside.opened_line.text_pieces import end_of_piece


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("short", 5),
        ("a b c d e f g h", 10),
        ("one\ntwo and three", 8),
        ("abcdef\nghijklmnop", 7),
        ("x" * 30, 10),
        ("a\nb\nc\nd\ne", 6),
        ("", 0),
    ],
)
def test_a_piece_ends_at_a_line_end_or_a_space(text: str, end: int) -> None:
    assert end_of_piece(text, 0, 10, 3) == end


@given(st.text(alphabet="ab \n", max_size=200), st.integers(1, 30), st.integers(1, 5))
def test_pieces_add_up_and_are_short(text: str, characters: int, lines: int) -> None:
    start, pieces = 0, []
    while start < len(text):
        end = end_of_piece(text, start, characters, lines)
        pieces.append(text[start:end])
        start = end
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= characters for piece in pieces)
    assert all(piece.count("\n") <= lines for piece in pieces)
