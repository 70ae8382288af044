"""Random changes by two processes are merged."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.settings_merge import merged

KEYS = st.sampled_from("abc")
ACCOUNTS = st.lists(
    st.fixed_dictionaries({"id": KEYS, "name": st.integers(0, 2)}),
    unique_by=lambda account: account["id"],
)
SETTINGS = st.fixed_dictionaries(
    {
        "undo": st.integers(0, 2),
        "looked_at": st.dictionaries(KEYS, st.integers(0, 2)),
        "accounts": ACCOUNTS,
    }
)


def by_id(accounts: list[dict[str, Any]]) -> dict[str, Any]:
    return {account["id"]: account for account in accounts}


def in_order(settings: dict[str, Any], base: dict[str, Any]) -> list[str]:
    """The accounts that there were before, in their order now."""
    return [one["id"] for one in settings["accounts"] if one["id"] in by_id(base["accounts"])]


def test_another_order_is_kept_with_what_the_other_side_added_and_removed() -> None:
    a, b, c, d = ({"id": name} for name in "abcd")
    base = {"accounts": [a, b, c]}
    assert merged(base, {"accounts": [c, b, a]}, {"accounts": [a, c, d]}) == {"accounts": [c, a, d]}


@pytest.mark.slow
@given(SETTINGS, SETTINGS)
def test_a_change_by_only_one_side_is_kept(base: dict[str, Any], changed: dict[str, Any]) -> None:
    result = merged(base, changed, base)
    assert (result["undo"], result["looked_at"]) == (changed["undo"], changed["looked_at"])
    assert by_id(result["accounts"]) == by_id(changed["accounts"])
    assert in_order(result, base) == in_order(changed, base)
    assert merged(base, base, changed) == changed


@pytest.mark.slow
@given(SETTINGS, SETTINGS, SETTINGS)
def test_each_key_has_the_value_of_the_side_that_changed_it(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    result = merged(base, mine, theirs)
    for name, view in (("looked_at", dict), ("accounts", by_id)):
        before, here, there, got = (view(one[name]) for one in (base, mine, theirs, result))
        for key in "abc":
            wanted = there if here.get(key) == before.get(key) else here
            assert got.get(key) == wanted.get(key)
    assert result["undo"] == (theirs if mine["undo"] == base["undo"] else mine)["undo"]
