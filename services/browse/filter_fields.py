"""The small filters that the search field knows. No Qt.

| filter | takes |
| --- | --- |
| `purpose:` | names, several with commas; `""` for files without one |
| `size:` | `>10MB`, `<`, `>=`, `<=`, `=12KB` (as the table rounds it), `1MB..5MB`, `1MB..`, `..5MB` |
| `created:` | `<7d` (younger), `>30d`, a day, `2026-11-01..2026-11-15`, `today`, `yesterday` |
| `expires:` | `<3d` (within), `>30d` (later), `<=0d` (expired), days likewise, `tomorrow`, `never` |
| `ext:` | endings, several with commas |
| `status:` | statuses, several with commas; `""` for files without one |
| `name:`, `id:` | a text that only the name or only the id is searched for |

Both ends of a range belong to it. Spans count `h`, `d`, `w`, `m` (30 days) and `y` (365 days).
A size without an operator is meant with `=`, a span without one with `<`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.browse.conditions import (
    Condition,
    EndingIs,
    IdContains,
    NameContains,
    PurposeIs,
    StatusIs,
)
from services.browse.filter_moments import read_created, read_expires
from services.browse.filter_values import NotUnderstood, read_size_value
from services.system.language import N_, _
from services.system.name_matching import folded


@dataclass(frozen=True, slots=True)
class FilterField:
    """One filter."""

    english_note: str
    example: str
    english_advice: str
    read: Callable[[tuple[str, ...]], Condition]
    """The condition that the values ask for, at least one. Raises NotUnderstood."""
    several: bool = False
    """Whether a comma separates values."""

    @property
    def note(self) -> str:
        """What files are chosen by."""
        return _(self.english_note)

    @property
    def advice(self) -> str:
        """A sentence with an example, for a value that is not understood."""
        return _(self.english_advice)


def _read_endings(values: tuple[str, ...]) -> Condition:
    endings = [folded(value).removeprefix(".") for value in values]
    if not all(endings):
        raise NotUnderstood
    return EndingIs(frozenset(f".{ending}" for ending in endings))


def _read_text(values: tuple[str, ...]) -> str:
    if not values[0]:
        raise NotUnderstood
    return folded(values[0])


def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(value) for value in values)


FIELDS = {
    "purpose": FilterField(
        N_("Purpose"),
        "purpose:batch",
        N_("Enter a purpose, for example purpose:batch or purpose:batch,vision."),
        lambda values: PurposeIs(_folded(values)),
        several=True,
    ),
    "size": FilterField(
        N_("Size"),
        "size:>10MB",
        N_("Enter a size, for example size:>10MB, size:<2KB or size:1MB..5MB."),
        lambda values: read_size_value(values[0]),
    ),
    "created": FilterField(
        N_("Created"),
        "created:<7d",
        N_(
            "Enter a time, for example created:<7d, created:today or created:2026-11-01..2026-11-15."
        ),
        lambda values: read_created(values[0]),
    ),
    "expires": FilterField(
        N_("Expires"),
        "expires:<3d",
        N_("Enter a time, for example expires:<3d, expires:never or expires:2026-12-01."),
        lambda values: read_expires(values[0]),
    ),
    "ext": FilterField(
        N_("File extension"),
        "ext:jsonl",
        N_("Enter a file extension, for example ext:jsonl or ext:png,jpg."),
        _read_endings,
        several=True,
    ),
    "status": FilterField(
        N_("Status"),
        "status:error",
        N_("Enter a status, for example status:error."),
        lambda values: StatusIs(_folded(values)),
        several=True,
    ),
    "name": FilterField(
        N_("Name only"),
        "name:train",
        N_("Enter part of the name, for example name:train."),
        lambda values: NameContains(_read_text(values)),
    ),
    "id": FilterField(
        N_("ID only"),
        "id:file-6F2",
        N_("Enter part of the ID, for example id:file-6F2."),
        lambda values: IdContains(_read_text(values)),
    ),
}
"""By what stands before the colon, in the order to offer them."""
