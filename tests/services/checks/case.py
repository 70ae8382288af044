"""A file and the expected result of checking it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.problems.errors import ProblemKind
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits

Expected = tuple[Severity, str, int | None]
"""Severity, rule and line of a finding."""


def error(rule: str, line: int | None = None) -> Expected:
    """A finding that prevents the upload."""
    return Severity.ERROR, rule, line


def warning(rule: str, line: int | None = None) -> Expected:
    """A finding that doesn't."""
    return Severity.WARNING, rule, line


@dataclass(frozen=True, slots=True)
class Case:
    """A file to check."""

    title: str
    """What is right or wrong with the file. Unique for each purpose."""
    purpose: str
    name: str
    content: bytes | Callable[[Path], object]
    """The content, or a function that creates the file."""
    expected: tuple[Expected, ...] = ()
    """All expected findings, in the order of the report."""
    facts: tuple[str, ...] | None = None
    """The expected facts, or None if they don't matter."""
    limits: Limits = OFFICIAL
    problem: ProblemKind | None = None
    """Why the file can't be checked at all."""
    slow: bool = False
    """Whether checking it takes longer than a quick test may."""

    def make(self, folder: Path) -> Path:
        """Create the file in a folder."""
        path = folder / self.name
        if isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
        return path


def jsonl(*values: object) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def in_line(number: int, value: object, good: Sequence[object]) -> bytes:
    """The good values as JSON Lines, with another value on one line."""
    lines = list(good)
    lines[number - 1] = value
    return jsonl(*lines)


def later(content: Callable[[], bytes]) -> Callable[[Path], object]:
    """Large content, created only when needed."""
    return lambda path: path.write_bytes(content())
