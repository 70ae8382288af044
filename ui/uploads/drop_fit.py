"""Describes dragged files and the purposes that fit them. No Qt, no disk access."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.checks.events import PathsGathered
from services.providers.limits import Limits
from services.providers.purposes import IMAGE_SUFFIXES, Purpose, why_rejected
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.wording import count_in_words, files_in_words, one_line

_KINDS_NAMED = 3
_PURPOSES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Hovering:
    """What is known about the files being dragged over the window."""

    kinds: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """File sizes in bytes by extension, lowercase with its dot. Before the disk has been read, sizes
    are 0 and paths that might be folders are missing."""
    gathered: bool = False
    """Whether the disk has been read."""
    suggestions: Mapping[str, int] = field(default_factory=dict)
    """How many files would get each purpose if each file is matched."""
    maybe_folders: int = 0
    folders: int = 0
    unreadable: int = 0

    @property
    def files(self) -> int:
        """The number of paths known to be files."""
        return sum(map(len, self.kinds.values()))


def hovering_paths(paths: Sequence[Path]) -> Hovering:
    """What the names alone reveal. A path without an extension may be a folder."""
    kinds = _by_extension((path.name, 0) for path in paths)
    return Hovering(kinds, maybe_folders=len(kinds.pop("", ())))


def hovering_files(gathered: PathsGathered) -> Hovering:
    """What is known once the disk has been read."""
    usable = [file for file in gathered.files if file.problem is None]
    return Hovering(
        kinds=_by_extension((file.name, file.size) for file in usable),
        gathered=True,
        suggestions=Counter(file.suggested_purpose for file in usable),
        folders=gathered.folders,
        unreadable=len(gathered.files) - len(usable),
    )


def title_in_words(hovering: Hovering) -> str:
    """“Drop 3 files to upload as…”."""
    number = hovering.files + hovering.maybe_folders
    if hovering.gathered and not number:
        return _("Nothing to upload")
    if hovering.maybe_folders:
        return ngettext(
            "Drop {number} item to upload as…", "Drop {number} items to upload as…", number
        ).format(number=count_in_words(number))
    return _("Drop {files} to upload as…").format(files=files_in_words(number))


def kinds_in_words(hovering: Hovering) -> str:
    """“2 × .jsonl, 1 × .png · 38.2 MB total”, or “reading 1 folder…” until that is known."""
    parts = []
    if hovering.kinds:
        counts = {
            extension or _("no extension"): len(sizes)
            for extension, sizes in hovering.kinds.items()
        }
        parts.append(_counted(Counter(counts), _KINDS_NAMED))
    if hovering.maybe_folders:
        parts.append(
            ngettext(
                "reading {number} folder…",
                "reading {number} folders…",
                hovering.maybe_folders,
            ).format(number=count_in_words(hovering.maybe_folders))
        )
    if hovering.gathered and hovering.kinds:
        size = sum(map(sum, hovering.kinds.values()))
        parts.append(_("{size} total").format(size=format_size(size)))
    if hovering.folders:
        parts.append(
            ngettext("from {number} folder", "from {number} folders", hovering.folders).format(
                number=count_in_words(hovering.folders)
            )
        )
    if hovering.unreadable:
        number = count_in_words(hovering.unreadable)
        parts.append(_("{number} can't be uploaded").format(number=number))
    return " · ".join(parts)


def match_in_words(hovering: Hovering) -> str:
    """The outcome of *Match each file*: “2 × batch, 1 × vision, based on content”."""
    if not hovering.suggestions:
        return _("Each file gets the purpose that fits")
    return _("{purposes}, based on content").format(
        purposes=_counted(Counter(hovering.suggestions), _PURPOSES_NAMED)
    )


def misfit_in_words(purpose: Purpose, hovering: Hovering, limits: Limits) -> str | None:
    """Why a purpose does not fit all files, as “2 files are not images”; None if it does."""
    wrong_kind = too_large = 0
    # Fit depends on extension and size only, and thousands of files share few extensions.
    for extension, sizes in hovering.kinds.items():
        name = f"name{extension}"
        if why_rejected(purpose, name, None, limits) is not None:
            wrong_kind += len(sizes)
        elif why_rejected(purpose, name, max(sizes), limits) is not None:
            too_large += sum(
                why_rejected(purpose, name, size, limits) is not None for size in sizes
            )
    reasons = []
    if wrong_kind:
        reasons.append(_wrong_kind_in_words(purpose, wrong_kind))
    if too_large:
        reasons.append(
            ngettext(
                "{number} file is larger than {limit} MB",
                "{number} files are larger than {limit} MB",
                too_large,
            ).format(
                number=count_in_words(too_large),
                limit=count_in_words((limits.largest(purpose.name) or 0) // (1 << 20)),
            )
        )
    return " · ".join(reasons) or None


def _by_extension(files: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    kinds: dict[str, list[int]] = {}
    for name, size in files:
        stem, dot, ending = name.rpartition(".")
        extension = f".{ending.lower()}" if dot and stem and ending else ""
        kinds.setdefault(extension, []).append(size)
    return kinds


def _wrong_kind_in_words(purpose: Purpose, number: int) -> str:
    if purpose.suffixes == IMAGE_SUFFIXES:
        text = ngettext("{number} file is not an image", "{number} files are not images", number)
    else:
        text = ngettext("{number} file is not {ending}", "{number} files are not {ending}", number)
    return text.format(number=count_in_words(number), ending=", ".join(sorted(purpose.suffixes)))


def _counted(counts: Counter[str], kinds: int) -> str:
    """The most common kinds, then one number for the rest."""
    named = [
        _("{number} × {kind}").format(number=count_in_words(number), kind=one_line(kind))
        for kind, number in counts.most_common(kinds)
    ]
    rest = counts.total() - sum(number for _kind, number in counts.most_common(kinds))
    if rest:
        others = ngettext("{number} other", "{number} others", rest)
        named.append(others.format(number=count_in_words(rest)))
    return ", ".join(named)
