import re

from hypothesis import given
from hypothesis import strategies as st

from services.browse.ordering import natural_key

NAMES = st.text(st.sampled_from("aB_10９²ß.-"), max_size=8)


def by_words_and_numbers(name: str) -> list[tuple[int, int, str]]:
    """The plain way to compare naturally: numbers as numbers, other characters one by one."""
    parts: list[tuple[int, int, str]] = []
    for number, other in re.findall(r"([0-9]+)|([^0-9])", name.casefold(), re.DOTALL):
        # A number stands where the digit nought would stand among the characters.
        parts.append((ord("0"), int(number), "") if number else (ord(other), 0, other))
    return parts


def test_a_number_in_a_name_counts_as_a_number() -> None:
    names = ["run10.jsonl", "Run2.jsonl", "run1.jsonl", "run002b.jsonl", "run.jsonl"]
    assert sorted(names, key=natural_key) == [
        "run.jsonl",
        "run1.jsonl",
        "Run2.jsonl",
        "run002b.jsonl",
        "run10.jsonl",
    ]


def test_a_name_stands_at_the_same_place_however_its_accents_are_written() -> None:
    assert natural_key("Re\u0301sume\u0301 2") == natural_key("Résumé 2")


def test_a_number_of_many_digits_still_has_a_place() -> None:
    long = "9" * 60_000
    assert natural_key("a2") < natural_key(f"a{long}")


@given(NAMES, NAMES)
def test_the_key_orders_as_words_and_numbers_would(one: str, other: str) -> None:
    plain = by_words_and_numbers(one) < by_words_and_numbers(other)
    assert (natural_key(one) < natural_key(other)) == plain
