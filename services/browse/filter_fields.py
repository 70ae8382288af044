"""The filters that the search field knows. No Qt.

| filter | value |
| --- | --- |
| `purpose:` | names, separated by commas; `""` for files without one |
| `size:` | `>10MB`, `<`, `>=`, `<=`, `=12KB` (rounded as in the table), `1MB..5MB`, `1MB..`, `..5MB` |
| `created:` | `<7d` (younger), `>30d`, a day, `2026-11-01..2026-11-15`, `today`, `yesterday` |
| `expires:` | `<3d` (within), `>30d` (later), `<=0d` (expired), days as above, `tomorrow`, `never` |
| `ext:` | file extensions, separated by commas |
| `status:` | statuses, separated by commas; `""` for files without one |
| `name:`, `id:` | a text to search for in the name only, or in the ID only |
| `batch:`, `store:`, `job:` | part of the ID or name of what refers to the file |
| `ref:` | `none`: nothing refers to the file, and everything that can be asked was asked |

Ranges include both ends. Spans count `h`, `d`, `w`, `m` (30 days) and `y` (365 days).
Without an operator, a size means `=` and a span means `<`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.browse.conditions import (
    Condition,
    ExtensionIs,
    IdContains,
    NameContains,
    PurposeIs,
    ReferredToBy,
    StatusIs,
    Unreferenced,
)
from services.browse.filter_moments import parse_created_filter, parse_expires_filter
from services.browse.filter_values import InvalidValue, parse_size_filter
from services.system.language import N_, _
from services.system.name_matching import folded


@dataclass(frozen=True, slots=True)
class FilterField:
    """One filter."""

    english_label: str
    example: str
    english_advice: str
    parse: Callable[[tuple[str, ...]], Condition]
    """Makes the condition from the values, of which there is at least one. Raises InvalidValue."""
    multiple: bool = False
    """Whether it takes multiple values, separated by commas."""

    @property
    def label(self) -> str:
        """What it filters by, for the completion list."""
        return _(self.english_label)

    @property
    def advice(self) -> str:
        """A sentence with an example, shown for an invalid value."""
        return _(self.english_advice)


def _parse_extensions(values: tuple[str, ...]) -> Condition:
    extensions = [folded(value).removeprefix(".") for value in values]
    if not all(extensions):
        raise InvalidValue
    return ExtensionIs(frozenset(f".{extension}" for extension in extensions))


def _parse_text(values: tuple[str, ...]) -> str:
    if not values[0]:
        raise InvalidValue
    return folded(values[0])


def _folded(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(value) for value in values)


def _parse_reference(values: tuple[str, ...]) -> Condition:
    if folded(values[0]) != "none":
        raise InvalidValue
    return Unreferenced()


FIELDS = {
    "purpose": FilterField(
        N_("Purpose"),
        "purpose:batch",
        N_("Enter a purpose, for example purpose:batch or purpose:batch,vision."),
        lambda values: PurposeIs(_folded(values)),
        multiple=True,
    ),
    "size": FilterField(
        N_("Size"),
        "size:>10MB",
        N_("Enter a size, for example size:>10MB, size:<2KB or size:1MB..5MB."),
        lambda values: parse_size_filter(values[0]),
    ),
    "created": FilterField(
        N_("Created"),
        "created:<7d",
        N_(
            "Enter a time, for example created:<7d, created:today or created:2026-11-01..2026-11-15."
        ),
        lambda values: parse_created_filter(values[0]),
    ),
    "expires": FilterField(
        N_("Expires"),
        "expires:<3d",
        N_("Enter a time, for example expires:<3d, expires:never or expires:2026-12-01."),
        lambda values: parse_expires_filter(values[0]),
    ),
    "ext": FilterField(
        N_("File extension"),
        "ext:jsonl",
        N_("Enter a file extension, for example ext:jsonl or ext:png,jpg."),
        _parse_extensions,
        multiple=True,
    ),
    "status": FilterField(
        N_("Status"),
        "status:error",
        N_("Enter a status, for example status:error."),
        lambda values: StatusIs(_folded(values)),
        multiple=True,
    ),
    "name": FilterField(
        N_("Name only"),
        "name:train",
        N_("Enter part of the name, for example name:train."),
        lambda values: NameContains(_parse_text(values)),
    ),
    "id": FilterField(
        N_("ID only"),
        "id:file-6F2",
        N_("Enter part of the ID, for example id:file-6F2."),
        lambda values: IdContains(_parse_text(values)),
    ),
    "batch": FilterField(
        N_("Files of a batch"),
        "batch:batch_67f1",
        N_("Enter part of the ID or name of a batch, for example batch:nightly."),
        lambda values: ReferredToBy("batch", _parse_text(values)),
    ),
    "store": FilterField(
        N_("Files in a vector store"),
        "store:support",
        N_("Enter part of the ID or name of a vector store, for example store:support."),
        lambda values: ReferredToBy("store", _parse_text(values)),
    ),
    "job": FilterField(
        N_("Files of a fine-tuning job"),
        "job:ftjob-9c",
        N_("Enter part of the ID or name of a fine-tuning job, for example job:ftjob-9c."),
        lambda values: ReferredToBy("job", _parse_text(values)),
    ),
    "ref": FilterField(
        N_("Without references"),
        "ref:none",
        N_("Enter ref:none for files that nothing is known to refer to."),
        _parse_reference,
    ),
}
"""The filters by name, in the order in which they are offered."""
