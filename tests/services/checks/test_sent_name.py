import pytest

from services.checks.sent_name import LONGEST, name_to_send, why_no_name


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "requests.jsonl",
        ".hidden",
        "two words (2).jsonl",
        "données 数据.csv",
        "a\u00a0b\u200dc",
        'odd"\\name',
        "x" * LONGEST,
    ],
)
def test_what_a_file_can_be_called(name: str) -> None:
    assert why_no_name(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\u3000\u200b",
        ".",
        "..",
        "a/b.jsonl",
        "a\nb",
        "a\x00b",
        "a\u2028b",
        "a\u202egpj.exe",
        "a\ud800b",
        "x" * (LONGEST + 1),
        "é" * (LONGEST // 2 + 1),
    ],
)
def test_what_no_file_can_be_called(name: str) -> None:
    assert why_no_name(name)


def test_blanks_at_the_ends_are_not_meant() -> None:
    assert name_to_send("  two words.jsonl ") == "two words.jsonl"
    assert name_to_send("\u3000a") == "\u3000a"
