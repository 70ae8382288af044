"""Merges settings that two processes change at the same time, keeping both sets of changes.

Works on the decoded JSON, so that fields from a newer version are kept too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]


def merged(base: Values, mine: Values, theirs: Values) -> dict[str, Any]:
    """Apply the changes from `base` to `mine` to `theirs`.

    In a mapping, such as one by account, only the changed entries are applied. The list of accounts
    counts as a mapping by ID: each account is added, replaced or removed. If they were put in another
    order, that applies too.
    """
    result = dict(theirs)
    for name, value in mine.items():
        before = base.get(name)
        if value != before:
            result[name] = _merged_value(before, value, theirs.get(name, before))
    return result


def _merged_value(before: Any, value: Any, there: Any) -> Any:
    if isinstance(value, Mapping):
        return _merged_keys(before or {}, value, there or {})
    if isinstance(value, list | tuple):
        was, now = _by_id(before or ()), _by_id(value)
        accounts = _merged_keys(was, now, _by_id(there or ()))
        if [one for one in was if one in now] != [one for one in now if one in was]:
            accounts = {one: accounts[one] for one in (*now, *accounts) if one in accounts}
        return list(accounts.values())
    return value


def _merged_keys(before: Values, values: Values, there: Values) -> dict[str, Any]:
    removed = before.keys() - values.keys()
    result = {key: value for key, value in there.items() if key not in removed}
    for key, value in values.items():
        if key not in before or before[key] != value:
            result[key] = _with_unknown(value, result.get(key))
    return result


def _with_unknown(value: Any, there: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(there, Mapping):
        return {**there, **value}
    return value


def _by_id(items: Sequence[Values]) -> dict[str, Values]:
    return {item["id"]: item for item in items}
