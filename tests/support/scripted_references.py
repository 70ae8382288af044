"""Stands in for the references of a session: says what a test sets, and records scans."""

from collections.abc import Callable, Collection

from services.references.answer import Answer, Coverage, Verdict
from services.references.events import ScanProgress
from services.references.price import Price
from services.references.reference import Reference

NOT_CHECKED = Answer((), Verdict.NOT_CHECKED, None)

Record = Callable[[str, tuple[object, ...]], None]


class ScriptedScans:
    """Starts nothing, but counts what is started."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.known_price: Price | None = None
        self.running: ScanProgress | None = None
        self.seconds_per_request: float | None = None
        self.lists_are_fresh = True
        self.last_scan = 0

    def price(self, chosen: Collection[str] | None = None) -> Price | None:
        return self.known_price

    def start(self, chosen: Collection[str] | None = None, promised: int | None = None) -> int:
        self._record("references.scans.start", (chosen, promised))
        self.last_scan += 1
        return self.last_scan

    def start_lists(self) -> int:
        self._record("references.scans.start_lists", ())
        self.last_scan += 1
        return self.last_scan

    def stop(self) -> None:
        self._record("references.scans.stop", ())


class ScriptedReferences:
    """By default, nothing was ever checked."""

    def __init__(self, record: Record) -> None:
        self.scans = ScriptedScans(record)
        self.answers: dict[str, Answer] = {}
        self.coverage = Coverage((), None)
        self.known: dict[str, tuple[Reference, ...]] = {}
        """All references by file ID."""
        self.checked: dict[str, float] = {}
        """When files were checked one by one."""

    def answer(self, file_id: str, created_at: int | None = None) -> Answer:
        return self.answers.get(file_id, NOT_CHECKED)

    def by_file(self) -> dict[str, tuple[Reference, ...]]:
        return self.known

    def checked_files(self) -> dict[str, float]:
        return self.checked
