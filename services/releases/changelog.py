"""Reads the changelog: which of its parts are new to somebody who ran an earlier version."""

import re

_HEADING = re.compile(r"^## +\[?v?(?P<version>\d+(?:\.\d+)*)", re.MULTILINE)
_VERSION = re.compile(r"\d+(?:\.\d+)*")


def is_newer(version: str, other: str) -> bool:
    """Whether a version such as `0.10.1` is later than another; False if either is no version."""
    numbers, others = _numbers(version), _numbers(other)
    return bool(numbers) and bool(others) and numbers > others


def news(changelog: str, since: str, until: str) -> str:
    """The parts about versions after `since` and up to `until`, as Markdown; empty if none.

    With an empty `since`, all up to `until`.
    """
    headings = list(_HEADING.finditer(changelog))
    ends = [*(heading.start() for heading in headings), len(changelog)][1:]
    return "\n\n".join(
        changelog[heading.start() : end].strip()
        for heading, end in zip(headings, ends, strict=True)
        if not is_newer(heading["version"], until)
        and (not since or is_newer(heading["version"], since))
    )


def _numbers(version: str) -> tuple[int, ...]:
    """The version's numbers without zeros at the end, so that 1.0 is 1; empty for other texts."""
    if not _VERSION.fullmatch(version) or len(version) > 50:
        return ()
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
