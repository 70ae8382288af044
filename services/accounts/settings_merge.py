"""Settings that two programs change at the same time: what each changed is kept.

Works on settings as JSON has them, so that fields which only a newer version knows are kept too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]


def merged(base: Values, mine: Values, theirs: Values) -> dict[str, Any]:
    """What differs between `base` and `mine`, put onto `theirs`.

    Of values that belong to an account, or to a kind of file, only those that were changed are
    put there. A list of accounts is one: each is added, replaced or removed by its id.
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
        accounts = _merged_keys(_by_id(before or ()), _by_id(value), _by_id(there or ()))
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
