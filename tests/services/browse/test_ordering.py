import re

from hypothesis import given
from hypothesis import strategies as st

from services.browse.ordering import natural_key

NAMES = st.text(st.sampled_from("aB_10９²ß.-"), max_size=8)


def by_words_and_numbers(name: str) -> list[tuple[int, int, str]]:
    """A plain natural comparison: numbers as numbers, other characters one by one."""
    parts: list[tuple[int, int, str]] = []
    for number, other in re.findall(r"([0-9]+)|([^0-9])", name.casefold(), re.DOTALL):
        # A number sorts where the digit 0 would.
        parts.append((ord("0"), int(number), "") if number else (ord(other), 0, other))
    return parts


def test_numbers_in_names_sort_as_numbers() -> None:
    names = ["run10.jsonl", "Run2.jsonl", "run1.jsonl", "run002b.jsonl", "run.jsonl"]
    assert sorted(names, key=natural_key) == [
        "run.jsonl",
        "run1.jsonl",
        "Run2.jsonl",
        "run002b.jsonl",
        "run10.jsonl",
    ]


def test_accents_sort_the_same_however_they_are_encoded() -> None:
    assert natural_key("Re\u0301sume\u0301 2") == natural_key("Résumé 2")


def test_very_long_numbers_can_be_sorted() -> None:
    long = "9" * 60_000
    assert natural_key("a2") < natural_key(f"a{long}")


@given(NAMES, NAMES)
def test_the_natural_key_matches_a_plain_comparison(one: str, other: str) -> None:
    plain = by_words_and_numbers(one) < by_words_and_numbers(other)
    assert (natural_key(one) < natural_key(other)) == plain
