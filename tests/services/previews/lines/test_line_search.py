"""Texts found in files, however JSON writes them and wherever blocks end."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.lines import line_search
from services.previews.lines.line_search import TextQuery, search_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def found(path: Path, text: str, *, match_case: bool = False) -> list[int]:
    return [
        line
        for progress in search_lines(path, TextQuery(text, match_case))
        for line in progress.lines
    ]


def test_lines_are_found_once_in_order(path: Path) -> None:
    path.write_bytes(b"cat\ndog cat cat\n\ndog\ncat")
    assert found(path, "cat") == [1, 2, 5]
    assert found(path, "dog") == [2, 4]


def test_what_is_not_there_is_not_found(path: Path) -> None:
    path.write_bytes(b"cat\ndog\n")
    assert found(path, "cow") == []
    assert found(path, "") == []
    path.write_bytes(b"")
    assert found(path, "cat") == []


def test_case_matters_only_if_asked_for(path: Path) -> None:
    path.write_bytes(b"Cat\ncAT\ncat\n")
    assert found(path, "caT") == [1, 2, 3]
    assert found(path, "cat", match_case=True) == [3]


def test_other_letters_match_in_their_own_case(path: Path) -> None:
    path.write_text("École\nécole\n", encoding="utf-8")
    assert found(path, "éCOLE") == [2]


@pytest.mark.parametrize("match_case", [False, True])
@pytest.mark.parametrize(
    "text", ["é", "naïve →", "日本", "😀", 'say "hi"', "a\\b", "tab\there", "two\nlines", "</b>"]
)
def test_a_text_is_found_in_any_spelling_that_json_has_for_it(
    path: Path, text: str, match_case: bool
) -> None:
    lines = [
        json.dumps({"a": f"…{text}…"}),
        json.dumps({"a": f"…{text}…"}, ensure_ascii=False),
        json.dumps({"a": "something else"}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert found(path, text, match_case=match_case) == [1, 2]


def test_a_text_outside_of_json_is_found_as_it_is(path: Path) -> None:
    path.write_text('say "hi" at C:\\temp\nnothing\n', encoding="utf-8")
    assert found(path, '"HI" at c:\\Temp') == [1]


def test_a_text_of_two_lines_is_in_no_line_as_it_is(path: Path) -> None:
    path.write_bytes(b"two\nlines\ntwo\\nlines")
    assert found(path, "two\nlines") == [3]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_what_is_found_late_has_its_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(line_search, "BLOCK_BYTES", size)
    path.write_bytes(b"x\n" * 30 + b"cat\n" + b"\n\nyz" * 9 + b" cat\ncat")
    assert found(path, "cat") == [31, 50, 51]


def test_escapes_with_capital_digits_are_found(path: Path) -> None:
    path.write_bytes(b'{"a": "\\u00E9"}\n')
    assert found(path, "é") == [1]
    assert found(path, "é", match_case=True) == [1]


def test_a_lone_surrogate_is_looked_for_without_harm(path: Path) -> None:
    path.write_bytes(b'{"a": "\\ud800"}\n')
    assert found(path, "\ud800") == [1]


def test_the_progress_is_that_of_the_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_search, "BLOCK_BYTES", 4)
    path.write_bytes(b"abcdefghij")
    steps = list(search_lines(path, TextQuery("efg")))
    assert [step.searched for step in steps] == [4, 8, 10]
    assert [step.lines for step in steps] == [(), (1,), ()]


def test_a_file_that_is_missing_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(search_lines(path, TextQuery("a")))


@pytest.mark.parametrize("size", range(1, 14))
def test_a_spelling_within_what_two_blocks_share_is_found_once(
    path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(line_search, "BLOCK_BYTES", size)
    path.write_text("é\né\n\\u00e9\né", encoding="utf-8")
    assert found(path, "é") == [1, 2, 3, 4]


@pytest.mark.slow
@settings(max_examples=300)
@given(
    parts=st.lists(st.sampled_from(["\n", "a", "A", "b", "é", "\\u00e9", "\\", '"']), max_size=60),
    text=st.text(st.sampled_from('aAbé"'), min_size=1, max_size=4),
    match_case=st.booleans(),
    block=st.integers(1, 20),
)
def test_any_text_is_found_in_the_lines_that_have_it(
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[str],
    text: str,
    match_case: bool,
    block: int,
) -> None:
    path = tmp_path_factory.mktemp("search") / "file"
    content = "".join(parts).encode()
    path.write_bytes(content)
    spellings = [text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]]

    def has_text(line: bytes) -> bool:
        wanted = [spelling.encode() for spelling in spellings]
        if match_case:
            return any(one in line for one in wanted)
        return any(one.lower() in line.lower() for one in wanted)

    expected = [number for number, line in enumerate(content.split(b"\n"), 1) if has_text(line)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_search, "BLOCK_BYTES", block)
        assert found(path, text, match_case=match_case) == expected
