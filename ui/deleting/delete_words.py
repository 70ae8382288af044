"""The totals and texts of the delete confirmation. No Qt."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.api.remote_file import RemoteFile
from services.cleanup.plan_words import needed_in_words
from services.references.reference import Reference
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from services.system.sizes import format_size
from ui.wording import count_in_words, files_in_words, one_line

_MAX_NAME = 60
_MAX_PURPOSES = 5
_MAX_NAMES = 10
_MAX_HELD = 3


@dataclass(frozen=True, slots=True)
class DeleteSums:
    """What is about to be deleted."""

    count: int
    name: str
    """The shortened name of a single file; else empty."""
    size: int
    """The total of the known sizes, in bytes."""
    sizes_unknown: int
    """The number of files of unknown size."""
    purposes: tuple[tuple[str, int], ...]
    """Each purpose and its number of files, most common first."""
    not_downloadable: int
    """The number of files that can't be downloaded again."""
    not_downloadable_purposes: tuple[str, ...]

    @property
    def can_save(self) -> bool:
        """Whether at least one file can be downloaded first."""
        return self.not_downloadable < self.count


def delete_sums(files: Sequence[RemoteFile], refused_purposes: Collection[str]) -> DeleteSums:
    """Compute the totals; `refused_purposes` are purposes whose files can't be downloaded."""
    purposes = Counter(file.purpose or "" for file in files)
    not_downloadable = {
        purpose: number for purpose, number in purposes.items() if purpose in refused_purposes
    }
    return DeleteSums(
        count=len(files),
        name=without_middle(one_line(files[0].name), _MAX_NAME) if len(files) == 1 else "",
        size=sum(file.size or 0 for file in files),
        sizes_unknown=sum(file.size is None for file in files),
        purposes=tuple(purposes.most_common()),
        not_downloadable=sum(not_downloadable.values()),
        not_downloadable_purposes=tuple(sorted(not_downloadable)),
    )


def title_in_words(sums: DeleteSums, account_name: str) -> str:
    """“Delete 312 files from Acme · Research?”."""
    what = sums.name or files_in_words(sums.count)
    return _("Delete {what} from {account}?").format(what=what, account=one_line(account_name))


def sums_in_words(sums: DeleteSums) -> str:
    """“6.4 GB · 180 batch, 120 batch_output, 12 user_data”."""
    # “1 other” would be no shorter than the purpose's name.
    limit = _MAX_PURPOSES if len(sums.purposes) > _MAX_PURPOSES + 1 else _MAX_PURPOSES + 1
    named = [_purpose_in_words(sums, *counted) for counted in sums.purposes[:limit]]
    rest = sum(number for _purpose, number in sums.purposes[limit:])
    if rest:
        others = ngettext("{number} other", "{number} others", rest)
        named.append(others.format(number=count_in_words(rest)))
    return f"{_size_in_words(sums)} · {', '.join(named)}"


def names_in_words(files: Sequence[RemoteFile]) -> list[str]:
    """The names of the first ten files, and the number of others; empty for a single file."""
    if len(files) == 1:
        return []
    names = [one_line(file.name) for file in files[:_MAX_NAMES]]
    more = len(files) - len(names)
    if more:
        names.append(_("and {number} more").format(number=count_in_words(more)))
    return names


def not_downloadable_in_words(sums: DeleteSums) -> str:
    """How many files can't be downloaded again, and why; empty if all can."""
    if not sums.not_downloadable:
        return ""
    why = ngettext(
        "{purposes} is upload-only.",
        "{purposes} are upload-only.",
        len(sums.not_downloadable_purposes),
    ).format(purposes=", ".join(map(one_line, sums.not_downloadable_purposes)))
    if sums.count == 1:
        return _("It can't be downloaded again: {why}").format(why=why)
    if sums.not_downloadable == sums.count:
        return _("None can be downloaded again: {why}").format(why=why)
    return _("{number} can't be downloaded again: {why}").format(
        number=count_in_words(sums.not_downloadable), why=why
    )


def restorable_in_words(sums: DeleteSums, restorable: int | None) -> str:
    """How many files can be restored from this computer; None while looking them up."""
    if restorable is None:
        return _("Looking for copies on this computer…")
    if sums.count == 1:
        return (
            _("It can be restored from this computer.")
            if restorable
            else _("It can't be restored from this computer.")
        )
    if not restorable:
        return _("None can be restored from this computer.")
    if restorable == sums.count:
        return _("All can be restored from this computer.")
    return _("{number} can be restored from this computer.").format(
        number=count_in_words(restorable)
    )


def vector_stores_in_words(sums: DeleteSums) -> str:
    """Says that the API removes deleted files from all vector stores."""
    return ngettext(
        "It will be removed from every vector store that contains it.",
        "They will be removed from every vector store that contains them.",
        sums.count,
    )


def kept_in_words(held: Sequence[tuple[RemoteFile, Reference]]) -> str:
    """“eval.jsonl is needed by the unfinished batch nightly.”, for files that are held back."""
    if len(held) == 1:
        file, reference = held[0]
        return _("{file} is {needed}.").format(file=_short(file), needed=needed_in_words(reference))
    names = ", ".join(_short(file) for file, _reference in held[:_MAX_HELD])
    more = len(held) - _MAX_HELD
    if more <= 0:
        return _("{names} are needed by unfinished jobs.").format(names=names)
    words = ngettext(
        "{names} and {number} more are needed by unfinished jobs.",
        "{names} and {number} more are needed by unfinished jobs.",
        more,
    )
    return words.format(names=names, number=count_in_words(more))


def each_kept_in_words(held: Sequence[tuple[RemoteFile, Reference]]) -> str:
    """The files that are held back, each on a line with what needs it."""
    lines = [
        _("{file}: {needed}").format(file=_short(file), needed=needed_in_words(reference))
        for file, reference in held[:_MAX_NAMES]
    ]
    more = len(held) - len(lines)
    if more:
        lines.append(_("and {number} more").format(number=count_in_words(more)))
    return "\n".join(lines)


def type_name_in_words(account_name: str) -> str:
    """What is to be typed before files of a production account are deleted."""
    return _("To confirm, type the name of the account: {name}").format(name=one_line(account_name))


def confirm_in_words(count: int) -> str:
    """The check box that confirms files that are held back."""
    return ngettext("Delete it, too", "Delete these {number} files, too", count).format(
        number=count_in_words(count)
    )


def checking_in_words(count: int) -> str:
    """While jobs are looked at again."""
    return ngettext(
        "Checking whether an unfinished job needs it…",
        "Checking whether unfinished jobs need them…",
        count,
    )


def not_needed_in_words(count: int) -> str:
    """After jobs were looked at, and could be."""
    return ngettext(
        "No unfinished batch or fine-tuning job needs it.",
        "No unfinished batch or fine-tuning job needs them.",
        count,
    )


def not_known_in_words() -> str:
    """After jobs couldn't be looked at."""
    return _("Unfinished jobs couldn't be checked.")


def stores_in_words(names: Sequence[str]) -> str:
    """“In the vector stores Support docs and Help.”; empty without any."""
    if not names:
        return ""
    shown = ", ".join(without_middle(one_line(name), _MAX_NAME) for name in names[:_MAX_HELD])
    more = len(names) - _MAX_HELD
    if more > 0:
        words = ngettext(
            "In the vector stores {names} and {number} more.",
            "In the vector stores {names} and {number} more.",
            more,
        )
        return words.format(names=shown, number=count_in_words(more))
    return ngettext(
        "In the vector store {names}.", "In the vector stores {names}.", len(names)
    ).format(names=shown)


def held_back_in_words(held: Sequence[tuple[RemoteFile, Reference]]) -> str:
    """After some files weren't deleted, because something began to need them."""
    words = ngettext(
        "{number} file wasn't deleted: {needed}",
        "{number} files weren't deleted: {needed}",
        len(held),
    )
    needed = needed_in_words(held[0][1])
    return words.format(number=count_in_words(len(held)), needed=needed)


def button_in_words(count: int) -> str:
    """“Delete 312 files”."""
    return _("Delete {files}").format(files=files_in_words(count))


def save_in_words(sums: DeleteSums) -> str:
    """“Save them first…”."""
    return ngettext("Save it first…", "Save them first…", sums.count)


def _short(file: RemoteFile) -> str:
    return without_middle(one_line(file.name), _MAX_NAME)


def _size_in_words(sums: DeleteSums) -> str:
    if sums.sizes_unknown == sums.count:
        return _("Unknown size")
    if sums.sizes_unknown:
        return _("At least {size}").format(size=format_size(sums.size))
    return format_size(sums.size)


def _purpose_in_words(sums: DeleteSums, purpose: str, number: int) -> str:
    name = one_line(purpose) or _("without a purpose")
    if sums.count == 1:
        return name
    return _("{number} {purpose}").format(number=count_in_words(number), purpose=name)
