import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.system.safe_text import breakable, one_line, shortened, tool_tip, without_middle
from services.system.unsafe_characters import is_unsafe, with_escapes


@given(st.text())
def test_untrusted_text_is_on_one_line_without_unsafe_characters(text: str) -> None:
    shown = one_line(text)
    assert len(shown) == len(text)
    assert one_line(shown) == shown
    assert shown.splitlines() in ([], [shown])
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in shown)
    assert not any(unicodedata.bidirectional(char) in _TURNS for char in shown)


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    "name",
    [
        "Budget 12\u202f500\u00a0€.csv",
        "議事録\u300011月.txt",
        "👩\u200d🚀 crew.jsonl",
        "می\u200cروم.txt",
        "soft\u00adhyphen\u200bed.txt",
        "apple \uf8ff.txt",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.png",
        "newer than this Python \U0001faf7\U0001f6d8.txt",
    ],
)
def test_spaces_and_joiners_are_unchanged(name: str) -> None:
    assert one_line(name) == name


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\u202e", "\u2066", "\u2069"])
def test_direction_marks_are_made_visible(mark: str) -> None:
    assert one_line(f"gpj.{mark}exe") == "gpj.�exe"


def test_right_to_left_letters_are_unchanged() -> None:
    assert one_line("אבג.jsonl") == "אבג.jsonl"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"


def test_a_long_name_keeps_its_start_and_end() -> None:
    assert without_middle("abcdef", 6) == "abcdef"
    assert without_middle("abcdefgh.txt", 10) == "abcde….txt"
    assert without_middle("abcdefgh.txt", 11) == "abcdef….txt"


@given(st.text(), st.integers(1, 50))
def test_only_break_opportunities_are_inserted(text: str, length: int) -> None:
    plain = text.replace("\u200b", "")
    made = breakable(plain, length)
    assert made.replace("\u200b", "") == plain
    assert all(len(piece) <= length for piece in made.replace(" ", "\u200b").split("\u200b"))


def test_markup_in_a_tooltip_is_escaped() -> None:
    assert tool_tip("<b>a</b>", "", "b & c") == "<qt>&lt;b&gt;a&lt;/b&gt;<br>b &amp; c</qt>"
    assert tool_tip("") == tool_tip() == ""
    assert "\n" not in tool_tip("a\nb")


@pytest.mark.parametrize("text", ["x" * 10_000, "word " * 2_000, "\u05d0" * 10_000, "<" * 10_000])
def test_a_very_long_tooltip_fits_on_a_screen(qtbot: QtBot, text: str) -> None:
    tip = QLabel(tool_tip(text))
    qtbot.addWidget(tip)
    tip.setWordWrap(True)
    tip.adjustSize()
    assert tip.width() < 900
    assert tip.height() < 700
    assert len(unescape(tip.text())) < 700


@given(st.text())
def test_escapes_leave_nothing_unsafe_but_lines_and_tabs(text: str) -> None:
    shown = with_escapes(text)
    assert not any(is_unsafe(char) for char in shown if char not in "\n\t")
    assert shown.count("\n") == text.count("\n")


def test_escapes_show_what_is_unsafe() -> None:
    assert with_escapes("a\tb\r\n\x1b[31m\u202e\ud800é") == "a\tb\\r\n\\x1b[31m\\u202e\\ud800é"
