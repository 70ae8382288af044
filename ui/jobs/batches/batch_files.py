"""The three files of a batch, and where they are. No Qt."""

from services.api.batch import Batch
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.jobs.job_file import FindFile, JobFile, shown_file
from ui.wording import count_in_words


def files_of(batch: Batch, find: FindFile, now: float) -> tuple[JobFile, ...]:
    """The input, the output and the errors of a batch."""
    ids = (
        ("input", batch.input_file_id),
        ("output", batch.output_file_id),
        ("error", batch.error_file_id),
    )
    return tuple(_file_of(batch, role, file_id, find, now) for role, file_id in ids)


def _file_of(batch: Batch, role: str, file_id: str | None, find: FindFile, now: float) -> JobFile:
    title = {"input": _("Input"), "output": _("Output"), "error": _("Errors")}[role]
    if file_id is None:
        return _missing(batch, role, title)
    found = find(file_id)
    file, lines = found.file, _lines_of(batch, role)
    parts = [title]
    if file is not None and file.size is not None:
        parts.append(format_size(file.size))
    if lines is not None:
        words = ngettext("{number} line", "{number} lines", lines)
        parts.append(words.format(number=count_in_words(lines)))
    return shown_file(role, file_id, " · ".join(parts), found, now)


def _missing(batch: Batch, role: str, title: str) -> JobFile:
    if role == "input":
        return JobFile(role, None, _("No input file"), title, _("not known"))
    name = _("No output file") if role == "output" else _("No errors file")
    if not batch.has_ended:
        return JobFile(role, None, name, title, _("not made yet"))
    detail = title
    if role == "error" and batch.total is not None and not batch.failed:
        detail = f"{title} · {_('no line failed')}"
    return JobFile(role, None, name, detail, _("not made"))


def _lines_of(batch: Batch, role: str) -> int | None:
    """How many lines a file has, as far as the counts of the batch tell."""
    if batch.total is None:
        return None
    if role == "input":
        return batch.total
    if not batch.has_ended:
        return None
    return batch.completed if role == "output" else batch.failed or None
