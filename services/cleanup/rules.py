"""The rules of a clean-up: which files it deletes. All of them must hold for a file."""

from enum import Enum

import msgspec


class NewestOf(Enum):
    """What the newest files are kept of."""

    PURPOSE = "purpose"
    PATTERN = "pattern"
    """Names that differ only in dates, numbers and IDs; see `name_pattern`."""


class CleanUpRules(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The rules that a person set; None for those that are off.

    Rules saved by a later version may have unknown fields. Such rules can't be read: without the
    unknown ones, they would delete more.
    """

    purposes: tuple[str, ...] = ()
    """Only files with these purposes go, the empty name for files without one; none by default."""
    older_than_days: int | None = None
    expires_within_days: int | None = None
    larger_than: int | None = None
    """In bytes."""
    keep_newest: int | None = None
    """How many of the newest files of each purpose or pattern stay, whatever the other rules say."""
    newest_of: NewestOf = NewestOf.PURPOSE
    not_referenced: bool = False
    """Whether files in vector stores stay, and those whose references aren't known."""
    search: str = ""
    """A search text; see `services/browse/query.py`."""
    skip_not_downloadable: bool = True
    """Whether files stay that can neither be downloaded nor uploaded again."""


def rules_as_json(rules: CleanUpRules) -> str:
    """The rules as JSON, without those that are off."""
    return msgspec.json.encode(rules).decode()


def rules_from_json(text: str) -> CleanUpRules | None:
    """The rules that `rules_as_json` wrote; None if they can't be read."""
    try:
        rules = msgspec.json.decode(text, type=CleanUpRules)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    numbers = (
        rules.older_than_days,
        rules.expires_within_days,
        rules.larger_than,
        rules.keep_newest,
    )
    return None if any(number is not None and number < 0 for number in numbers) else rules
