"""Rules as they are saved."""

import pytest

from services.cleanup.rules import CleanUpRules, NewestOf, rules_as_json, rules_from_json


def test_saved_rules_are_read_back() -> None:
    rules = CleanUpRules(
        purposes=("batch", ""),
        older_than_days=14,
        expires_within_days=3,
        larger_than=25_000_000,
        keep_newest=20,
        newest_of=NewestOf.PATTERN,
        not_referenced=True,
        search="name:“x”",
        skip_not_downloadable=False,
    )
    assert rules_from_json(rules_as_json(rules)) == rules
    assert rules_from_json(rules_as_json(CleanUpRules())) == CleanUpRules()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"older_than_days": "14"}',
        '{"older_than_days": -1}',
        '{"newest_of": "folder"}',
        '{"purposes": ["batch"], "a_rule_of_a_later_version": true}',
        "[" * 10_000,
    ],
)
def test_rules_that_cannot_be_understood_are_not_weakened(text: str) -> None:
    assert rules_from_json(text) is None
