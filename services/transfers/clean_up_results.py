"""What became of the files of a clean-up, from what was noted about them."""

from collections.abc import Iterable, Sequence

from services.api.remote_file import RemoteFile
from services.cleanup.clean_up_log import FINAL, LogLine, Step
from services.cleanup.report import FileResult, Outcome
from services.system.language import _

_OUTCOMES = {
    Step.DELETED: Outcome.DELETED,
    Step.GONE: Outcome.GONE,
    Step.CHANGED: Outcome.CHANGED,
    Step.NEEDED: Outcome.NEEDED,
    Step.UNSAVED: Outcome.UNSAVED,
    Step.DELETING: Outcome.FAILED,
}


def result_of(file: RemoteFile, line: LogLine) -> FileResult:
    """What became of a file, by the last line about it."""
    return FileResult(file, _OUTCOMES[line.step], line.why, line.problem)


def results_so_far(files: Sequence[RemoteFile], lines: Iterable[LogLine]) -> tuple[FileResult, ...]:
    """What became of all files of a plan whose clean-up was stopped."""
    last: dict[int, LogLine] = {}
    for line in lines:
        before = last.get(line.index)
        if before is not None and before.step in FINAL:
            continue
        if line.step is Step.ZIP_STARTED:
            last = {one: known for one, known in last.items() if known.step is not Step.UNSAVED}
        elif line.step is Step.SAVED:
            last.pop(line.index, None)
        elif line.step in _OUTCOMES:
            last[line.index] = line
    return tuple(_result_so_far(file, last.get(index)) for index, file in enumerate(files))


def _result_so_far(file: RemoteFile, line: LogLine | None) -> FileResult:
    if line is None:
        return FileResult(file, Outcome.NOT_TRIED, _("the clean-up stopped first"))
    if line.step is Step.DELETING and not line.why:
        return FileResult(
            file, Outcome.UNKNOWN, _("it was being deleted when the clean-up stopped")
        )
    return result_of(file, line)
