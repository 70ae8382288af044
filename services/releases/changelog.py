"""Reads the changelog: which of its parts are new to somebody who ran an earlier version."""

import re

_HEADING = re.compile(r"^## +\[?v?(?P<version>\d+(?:\.\d+)*)(?P<rest>.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\((?P<address>[^\s()]+)\)")
_DEFINITION = re.compile(r"^\[v?(?P<version>[\d.]+)\]: +<?(?P<address>[^\s<>]+)", re.MULTILINE)
_BEGINNING = re.compile(r"[#>|]|[*+-] |\d+[.)] ")
"""Of a line in Markdown that doesn't go on with the one before."""
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


def latest_version(changelog: str) -> str:
    """The newest version that isn't marked as unreleased; empty if there is none."""
    latest = ""
    for heading in _HEADING.finditer(changelog):
        is_out = "unreleased" not in heading["rest"].lower()
        if is_out and is_newer(heading["version"], latest or "0"):
            latest = heading["version"]
    return latest


def link_of(changelog: str, version: str) -> str:
    """The address that a version's heading links to, as it is written; empty if it's no link.

    Both kinds of Markdown links count: `## [1.2](https://…)`, and `## [1.2]` with a line
    `[1.2]: https://…` anywhere.
    """
    for heading in _HEADING.finditer(changelog):
        if heading["version"] == version and (link := _LINK.match(heading["rest"])):
            return link["address"]
    for definition in _DEFINITION.finditer(changelog):
        if definition["version"] == version:
            return definition["address"]
    return ""


def without_wraps(markdown: str) -> str:
    """The text with one line for each paragraph or item of a list, to be wrapped where it's shown."""
    lines: list[str] = []
    for line in markdown.split("\n"):
        bare = line.strip()
        before = lines[-1] if lines else ""
        if bare and before and not before.startswith("#") and not _BEGINNING.match(bare):
            lines[-1] = f"{before} {bare}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


def _numbers(version: str) -> tuple[int, ...]:
    """The version's numbers without zeros at the end, so that 1.0 is 1; empty for other texts."""
    if not _VERSION.fullmatch(version) or len(version) > 50:
        return ()
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
