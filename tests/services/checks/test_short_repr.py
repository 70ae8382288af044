import pytest

from services.checks.short_repr import short_repr


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", "“a”"),
        ("", "“”"),
        ("x" * 40, "“" + "x" * 40 + "”"),
        ("x" * 41, "“" + "x" * 40 + "…”"),
        ("a\nb\u202ec", "“a\\nb\\u202ec”"),
        ("12\u202f500\u00a0€\u3000👩\u200d🚀", "“12\u202f500\u00a0€\u3000👩\u200d🚀”"),
        ('it\'s \\ "so"', '“it\'s \\\\ "so"”'),
        (7, "7"),
        (-2.5, "-2.5"),
        (10**39, "1" + "0" * 39),
        (10**40, "1" + "0" * 39 + "…"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_value_becomes_one_short_line(value: object, words: str) -> None:
    assert short_repr(value) == words
