"""What can be done with a batch now, and why not. No Qt."""

from collections.abc import Sequence

import msgspec

from services.api.batch import Batch
from services.system.language import _
from ui.jobs.job_file import JobFile


class BatchActs(msgspec.Struct, frozen=True):
    """Each field says why something can't be done, as a sentence; empty if it can."""

    look_inside: str = ""
    download: str = ""
    retry: str = ""
    start_again: str = ""
    cancel: str = ""
    download_words: str = ""
    """What the button to download says."""

    @property
    def why_not(self) -> str:
        """All reasons, each once."""
        reasons = (self.cancel, self.look_inside, self.download, self.retry, self.start_again)
        return " ".join(dict.fromkeys(filter(None, reasons)))


def acts_of(
    batch: Batch, files: Sequence[JobFile], refused: dict[str, str], *, is_canceling: bool
) -> BatchActs:
    """What can be done.

    `refused` says why the content of files can't be downloaded, by role. `is_canceling` is whether
    a cancel is on its way.
    """
    there = {file.role for file in files if file.may_be_there}
    results = there & {"output", "error"}
    readable = [file for file in files if file.may_be_there and file.role not in refused]
    return BatchActs(
        _why_no_results(batch, files, results),
        _why_no_download(readable, refused),
        _why_no_retry(batch, results, files),
        _why_not_again(batch, files),
        _why_no_cancel(batch, is_canceling=is_canceling),
        _download_in_words(readable),
    )


def _why_no_results(batch: Batch, files: Sequence[JobFile], results: set[str]) -> str:
    if results:
        return ""
    if any(file.file_id is not None for file in files if file.role != "input"):
        return _("The results have been deleted.")
    return _("There are no results.") if batch.has_ended else _("There are no results yet.")


def _why_no_download(readable: Sequence[JobFile], refused: dict[str, str]) -> str:
    if readable:
        return ""
    return next(iter(refused.values()), "") or _("There is no file to download.")


def _why_no_retry(batch: Batch, results: set[str], files: Sequence[JobFile]) -> str:
    if not batch.has_ended:
        return _("It hasn't ended yet.")
    if batch.status == "completed" and batch.total is not None and not batch.failed:
        return _("No line failed.")
    return _why_no_results(batch, files, results)


def _why_not_again(batch: Batch, files: Sequence[JobFile]) -> str:
    if batch.input_file_id is None:
        return _("Its input file isn't known.")
    if not any(file.role == "input" and file.may_be_there for file in files):
        return _("Its input file has been deleted.")
    return ""


def _why_no_cancel(batch: Batch, *, is_canceling: bool) -> str:
    if batch.has_ended:
        return _("It has ended.")
    if is_canceling or batch.status == "cancelling":
        return _("It is being canceled.")
    return ""


def _download_in_words(readable: Sequence[JobFile]) -> str:
    if len(readable) == 1:
        return {
            "input": _("Download input"),
            "output": _("Download output"),
            "error": _("Download errors"),
        }[readable[0].role]
    return _("Download both files") if len(readable) == 2 else _("Download all three")
