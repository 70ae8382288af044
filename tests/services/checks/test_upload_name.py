import pytest

from services.checks.upload_name import MAX_BYTES, name_problem, trimmed_name


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
        "x" * MAX_BYTES,
    ],
)
def test_valid_names(name: str) -> None:
    assert name_problem(name) is None


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
        "x" * (MAX_BYTES + 1),
        "é" * (MAX_BYTES // 2 + 1),
    ],
)
def test_invalid_names(name: str) -> None:
    assert name_problem(name)


def test_spaces_at_the_ends_are_removed() -> None:
    assert trimmed_name("  two words.jsonl ") == "two words.jsonl"
    assert trimmed_name("\u3000a") == "\u3000a"
