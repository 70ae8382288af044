"""What the small filters of the search field ask of a file. No Qt."""

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
    """One small filter; what the server does not tell of a file fits no condition on it."""

    @abstractmethod
    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """What tells of each file whether it is wanted; made once for many files.

        `now` is in seconds since 1970; days begin and end by the clock of `zone`, of the system
        where it is None.
        """

    def holds(self, file: RemoteFile, now: float, zone: tzinfo | None = None) -> bool:
        """Whether one file is wanted."""
        return self.rule(now, zone)(file)


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """What another condition does not let through."""

    condition: Condition

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        wanted = self.condition.rule(now, zone)
        return lambda file: not wanted(file)


@dataclass(frozen=True, slots=True)
class PurposeIs(Condition):
    """One of these purposes, the empty one for files without any."""

    purposes: frozenset[str]
    """Folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        return lambda file: folded(file.purpose or "") in self.purposes


@dataclass(frozen=True, slots=True)
class StatusIs(Condition):
    """One of these statuses, the empty one for files without any."""

    statuses: frozenset[str]
    """Folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        return lambda file: folded(file.status or "") in self.statuses


@dataclass(frozen=True, slots=True)
class EndingIs(Condition):
    """The file name ends with a dot and one of these."""

    endings: frozenset[str]
    """Folded, with the dot."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        endings = tuple(self.endings)
        return lambda file: folded(file.filename or "").endswith(endings)


@dataclass(frozen=True, slots=True)
class NameContains(Condition):
    """The text is in the file name."""

    text: str
    """Folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        return lambda file: self.text in folded(file.filename or "")


@dataclass(frozen=True, slots=True)
class IdContains(Condition):
    """The text is in the id."""

    text: str
    """Folded."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        return lambda file: self.text in folded(file.id)


@dataclass(frozen=True, slots=True)
class SizeWithin(Condition):
    """The size is known and lies within bounds, in bytes, both included."""

    smallest: int | None
    largest: int | None

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        low = -inf if self.smallest is None else self.smallest
        high = inf if self.largest is None else self.largest
        return lambda file: file.size is not None and low <= file.size <= high


@dataclass(frozen=True, slots=True)
class FromNow:
    """A moment so many seconds from now; before now when negative."""

    seconds: int

    def seconds_since_1970(self, now: float, zone: tzinfo | None) -> float:
        """When that is."""
        return now + self.seconds


@dataclass(frozen=True, slots=True)
class BeginningOf:
    """The first moment of a day."""

    day: date

    def seconds_since_1970(self, now: float, zone: tzinfo | None) -> float:
        """When that is; endlessly far where the system can't tell."""
        try:
            return datetime.combine(self.day, time.min, tzinfo=zone).timestamp()
        except (OverflowError, ValueError, OSError):
            return -inf if self.day.year <= _FIRST_YEAR else inf


@dataclass(frozen=True, slots=True)
class BeginningOfDayFromToday:
    """The first moment of the day so many days from today."""

    days: int

    def seconds_since_1970(self, now: float, zone: tzinfo | None) -> float:
        """When that is."""
        today = datetime.fromtimestamp(now, tz=zone).date()
        return BeginningOf(today + timedelta(self.days)).seconds_since_1970(now, zone)


Moment = FromNow | BeginningOf | BeginningOfDayFromToday


class Happening(Enum):
    """What happens to a file at a moment that the server tells; the value is the field."""

    CREATED = "created_at"
    EXPIRES = "expires_at"


@dataclass(frozen=True, slots=True)
class HappensWithin(Condition):
    """Created or expiring between two moments; None for no bound on that side."""

    happening: Happening
    since: Moment | None
    until: Moment | None
    since_included: bool = True
    until_included: bool = False

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        low, high = -inf, inf
        # What the server tells is in whole seconds.
        if self.since is not None:
            low = self.since.seconds_since_1970(now, zone)
            low = _whole(ceil, low) if self.since_included else _whole(floor, low) + 1
        if self.until is not None:
            high = self.until.seconds_since_1970(now, zone)
            high = _whole(floor, high) if self.until_included else _whole(ceil, high) - 1
        moment_of = attrgetter(self.happening.value)

        def wanted(file: RemoteFile) -> bool:
            moment: int | None = moment_of(file)
            return moment is not None and low <= moment <= high

        return wanted


@dataclass(frozen=True, slots=True)
class NeverExpires(Condition):
    """Kept until somebody deletes it."""

    def rule(self, now: float, zone: tzinfo | None = None) -> Rule:
        """As `Condition.rule`."""
        return lambda file: file.expires_at is None


_FIRST_YEAR = 1971


def _whole(rounded: Callable[[float], int], moment: float) -> float:
    return moment if moment in (inf, -inf) else rounded(moment)
