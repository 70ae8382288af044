"""A file and what a check of it must yield."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.problems.errors import ProblemKind
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL, Limits

Wanted = tuple[Severity, str, int | None]
"""Severity, rule and line of a finding."""


def error(rule: str, line: int | None = None) -> Wanted:
    """A finding that stops the upload."""
    return Severity.ERROR, rule, line


def warning(rule: str, line: int | None = None) -> Wanted:
    """A finding that does not."""
    return Severity.WARNING, rule, line


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the set."""

    title: str
    """What is right or wrong with it; no two cases have the same."""
    purpose: str
    name: str
    content: bytes | Callable[[Path], object]
    """What is in it, or what makes it at a path."""
    wanted: tuple[Wanted, ...] = ()
    """All findings, in the order of the report."""
    facts: tuple[str, ...] | None = None
    """Where they matter: what the check must tell besides."""
    limits: Limits = OFFICIAL
    problem: ProblemKind | None = None
    """Why it can't be checked at all."""
    slow: bool = False
    """Whether it is so much that the check takes longer than a quick test may."""

    def make(self, folder: Path) -> Path:
        """Write it into a folder."""
        path = folder / self.name
        if isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)
        return path


def jsonl(*values: object) -> bytes:
    """Lines of JSON."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def in_line(number: int, value: object, good: Sequence[object]) -> bytes:
    """Lines of JSON like the good ones, with another value in one line."""
    lines = list(good)
    lines[number - 1] = value
    return jsonl(*lines)


def later(content: Callable[[], bytes]) -> Callable[[Path], object]:
    """Large content, which is only made when it is wanted."""
    return lambda path: path.write_bytes(content())
