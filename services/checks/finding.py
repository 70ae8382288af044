"""What a check of a local file found."""

from dataclasses import dataclass
from enum import StrEnum, auto

import msgspec

from services.problems.severity import Severity


class RepairKind(StrEnum):
    """What `repair` can fix without changing what the file says."""

    BYTE_ORDER_MARK = auto()
    CARRIAGE_RETURNS = auto()
    """Lines end with CR LF; they shall end with LF."""
    BLANK_LINES = auto()
    OBJECT_LINES = auto()
    """Objects stand in one list, over several lines, or several on a line; each shall have one."""
    EXTENSION = auto()
    """The extension is in capitals; the name sent shall have it in small letters."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or may be."""

    severity: Severity
    text: str
    """A sentence with advice."""
    line: int | None = None
    """From 1; None when it is about the whole file."""
    column: int | None = None
    """In characters, from 1; None when it is about the whole line."""
    rule: str = ""
    """A short stable word for tests and for putting alike ones together: “custom_id.repeated”."""
    purpose: str = ""
    """The purpose that fits the file better, if the text advises to change it."""


class CheckReport(msgspec.Struct, frozen=True):
    """All that a check found in one file."""

    findings: tuple[Finding, ...]
    """The first hundred: those about the whole file, then the others in the order of lines."""
    errors: int = 0
    """How many there are in all."""
    warnings: int = 0
    """How many there are in all."""
    repairs: tuple[RepairKind, ...] = ()
    """What can be fixed safely."""
    facts: tuple[str, ...] = ()
    """What was learned on the way: “50,000 requests to /v1/responses”."""
