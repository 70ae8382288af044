"""The results of checking a local file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

import msgspec

from services.problems.severity import Severity


class RepairKind(StrEnum):
    """What `repair` can fix without changing what the file means."""

    BYTE_ORDER_MARK = auto()
    CARRIAGE_RETURNS = auto()
    """Lines end with CR LF. They should end with LF."""
    BLANK_LINES = auto()
    OBJECT_LINES = auto()
    """Objects are in one list, span several lines or share a line. Each should be on its own line.
    """
    EXTENSION = auto()
    """The extension is in uppercase. The file should be uploaded with a lowercase one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or may be."""

    severity: Severity
    text: str
    """A sentence, with advice."""
    line: int | None = None
    """From 1, or None if this is about the whole file."""
    column: int | None = None
    """In characters, from 1, or None if this is about the whole line."""
    rule: str = ""
    """A short, stable identifier for grouping and for tests, such as “custom_id.repeated”."""
    purpose: str = ""
    """The purpose that fits the file better, if the text suggests one."""


ReportFinding = Callable[[Finding], None]
"""Receives a finding."""


class CheckReport(msgspec.Struct, frozen=True):
    """The result of checking one file."""

    findings: tuple[Finding, ...]
    """The first hundred. Those about the whole file come first, the others are in line order."""
    errors: int = 0
    """The total number of errors."""
    warnings: int = 0
    """The total number of warnings."""
    repairs: tuple[RepairKind, ...] = ()
    """What can be fixed safely."""
    facts: tuple[str, ...] = ()
    """What else the check found out, such as “50,000 requests to /v1/responses”."""
