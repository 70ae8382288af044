"""The conditions that search filters test files against. No Qt."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from math import ceil, floor, inf
from operator import attrgetter

from services.api.remote_file import RemoteFile
from services.system.name_matching import folded

Rule = Callable[[RemoteFile], bool]


@dataclass(frozen=True, slots=True)
class Condition(ABC):
    """One search filter. A file never matches a condition on a value the server didn't report."""

    @abstractmethod
    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """Return a predicate for files, built once and applied to many.

        `now` is a Unix timestamp. Days start and end in `zone`, or in the system's time zone if
        it is None.
        """

    def matches(self, file: RemoteFile, now: float, zone: tzinfo | None = None) -> bool:
        """Whether one file matches."""
        return self.rule(now, zone)(file)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Inverts another condition."""

    condition: Condition

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        matches = self.condition.rule(now, zone)
        return lambda file: not matches(file)


@dataclass(frozen=True, slots=True)
class PurposeIs(Condition):
    """The purpose is one of these; the empty name matches files without a purpose."""

    purposes: frozenset[str]
    """Case-folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: folded(file.purpose or "") in self.purposes


@dataclass(frozen=True, slots=True)
class StatusIs(Condition):
    """The status is one of these; the empty name matches files without a status."""

    statuses: frozenset[str]
    """Case-folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: folded(file.status or "") in self.statuses


@dataclass(frozen=True, slots=True)
class ExtensionIs(Condition):
    """The file name has one of these extensions."""

    extensions: frozenset[str]
    """Case-folded, with the dot."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        extensions = tuple(self.extensions)
        return lambda file: folded(file.filename or "").endswith(extensions)


@dataclass(frozen=True, slots=True)
class NameContains(Condition):
    """The file name contains a text."""

    text: str
    """Case-folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: self.text in folded(file.filename or "")


@dataclass(frozen=True, slots=True)
class IdContains(Condition):
    """The file ID contains a text."""

    text: str
    """Case-folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: self.text in folded(file.id)


@dataclass(frozen=True, slots=True)
class ReferredToBy(Condition):
    """A batch, vector store or fine-tuning job refers to the file. Matches nothing by itself.

    `expand_references` replaces it and `Unreferenced` by conditions with the files they match.
    """

    field: str
    """The filter's name: `batch`, `store` or `job`."""
    text: str
    """Case-folded; a part of the ID or name of what refers to the file."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: False


@dataclass(frozen=True, slots=True)
class Unreferenced(Condition):
    """Nothing refers to the file, as far as can be known. Matches nothing by itself."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: False


@dataclass(frozen=True, slots=True)
class IdIs(Condition):
    """The ID is one of these."""

    ids: frozenset[str]

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: file.id in self.ids


@dataclass(frozen=True, slots=True)
class IdIsNot(Condition):
    """The ID is none of these, and the file is known to be older than a moment."""

    ids: frozenset[str]
    created_before: float
    """A Unix timestamp; what was uploaded in its second may be newer."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        ids, before = self.ids, int(self.created_before)
        return lambda file: (
            file.id not in ids and file.created_at is not None and file.created_at < before
        )


@dataclass(frozen=True, slots=True)
class SizeBetween(Condition):
    """The size is known and within bounds, in bytes, inclusive."""

    smallest: int | None
    largest: int | None

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        low = -inf if self.smallest is None else self.smallest
        high = inf if self.largest is None else self.largest
        return lambda file: file.size is not None and low <= file.size <= high


@dataclass(frozen=True, slots=True)
class FromNow:
    """A moment this many seconds from now; negative for the past."""

    seconds: int

    def timestamp(self, now: float, zone: tzinfo | None) -> float:
        """The Unix timestamp."""
        return now + self.seconds


@dataclass(frozen=True, slots=True)
class StartOf:
    """Midnight at the start of a day."""

    day: date

    def timestamp(self, now: float, zone: tzinfo | None) -> float:
        """The Unix timestamp; infinite where the system can't represent it."""
        try:
            return datetime.combine(self.day, time.min, tzinfo=zone).timestamp()
        except (OverflowError, ValueError, OSError):
            return -inf if self.day.year <= _FIRST_YEAR else inf


@dataclass(frozen=True, slots=True)
class StartOfRelativeDay:
    """Midnight at the start of the day this many days from today."""

    days: int

    def timestamp(self, now: float, zone: tzinfo | None) -> float:
        """The Unix timestamp."""
        today = datetime.fromtimestamp(now, tz=zone).date()
        return StartOf(today + timedelta(self.days)).timestamp(now, zone)


Moment = FromNow | StartOf | StartOfRelativeDay


class TimeField(Enum):
    """A timestamp that the server reports; the value is the name of the field."""

    CREATED = "created_at"
    EXPIRES = "expires_at"


@dataclass(frozen=True, slots=True)
class TimeBetween(Condition):
    """A timestamp lies between two moments; None means no bound on that side."""

    happening: TimeField
    since: Moment | None
    until: Moment | None
    since_included: bool = True
    until_included: bool = False

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        low, high = -inf, inf
        # Server timestamps are in whole seconds.
        if self.since is not None:
            low = self.since.timestamp(now, zone)
            low = _rounded(ceil, low) if self.since_included else _rounded(floor, low) + 1
        if self.until is not None:
            high = self.until.timestamp(now, zone)
            high = _rounded(floor, high) if self.until_included else _rounded(ceil, high) - 1
        moment_of = attrgetter(self.happening.value)

        def matches(file: RemoteFile) -> bool:
            moment: int | None = moment_of(file)
            return moment is not None and low <= moment <= high

        return matches


@dataclass(frozen=True, slots=True)
class NeverExpires(Condition):
    """The file has no expiry date."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """See `Condition.rule`."""
        return lambda file: file.expires_at is None


_FIRST_YEAR = 1971


def _rounded(rounded: Callable[[float], int], moment: float) -> float:
    return moment if moment in (inf, -inf) else rounded(moment)
