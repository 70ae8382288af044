"""Texts of the review sheet outside its table. No Qt."""

from services.system.language import _, ngettext
from ui.uploads.review_rows import Sums
from ui.wording import count_in_words, files_in_words, one_line


def found_in_words(files: int, folders: int) -> str:
    """“320 files in 12 folders”."""
    words = ngettext("{files} in {number} folder", "{files} in {number} folders", folders)
    return words.format(files=files_in_words(files), number=count_in_words(folders))


def checks_done_in_words(sums: Sums) -> str:
    """The progress of the checks before an upload that starts automatically."""
    return _("{number} of {files} checked. The upload starts when all have passed.").format(
        number=count_in_words(sums.files - sums.checking),
        files=files_in_words(sums.files),
    )


def upload_in_words(number: int) -> str:
    """“Upload 3 files”."""
    if not number:
        return _("Upload files")
    return _("Upload {files}").format(files=files_in_words(number))


def duplicates_in_words(sums: Sums) -> str:
    """The label of the button that skips or includes files already uploaded."""
    if sums.duplicates:
        return ngettext(
            "Skip {number} duplicate", "Skip {number} duplicates", sums.duplicates
        ).format(number=count_in_words(sums.duplicates))
    return ngettext(
        "Include {number} duplicate",
        "Include {number} duplicates",
        sums.skipped,
    ).format(number=count_in_words(sums.skipped))


def notice_in_words(sums: Sums, left_out: int, *, when_checked: bool) -> str:
    """The status of the files; `left_out` were skipped while reading folders."""
    if not sums.files:
        return ""
    sentences = []
    if sums.checking:
        sentences.append(
            ngettext("Checking {number} file…", "Checking {number} files…", sums.checking).format(
                number=count_in_words(sums.checking)
            )
        )
        if when_checked:
            sentences.append(_("The upload starts when all have passed."))
    if sums.held_back:
        sentences.append(
            ngettext(
                "{number} file has errors and won't be uploaded. Select it to see why.",
                "{number} files have errors and won't be uploaded. Select one to see why.",
                sums.held_back,
            ).format(number=count_in_words(sums.held_back))
        )
    unreadable = sums.unusable
    if unreadable and unreadable == sums.files:
        sentences.append(_("None of these files can be uploaded."))
    elif unreadable:
        sentences.append(
            ngettext(
                "{number} file can't be uploaded.",
                "{number} files can't be uploaded.",
                unreadable,
            ).format(number=count_in_words(unreadable))
        )
    if left_out:
        sentences.append(_left_out_in_words(left_out))
    return " ".join(sentences)


def nothing_in_words(left_out: int, pattern: str) -> str:
    """Why the table is empty."""
    if pattern:
        return _("No file names match “{pattern}”. Clear the field to see all files.").format(
            pattern=one_line(pattern)
        )
    sentence = _("Nothing to upload. Choose other files, or drop them on the window.")
    return f"{sentence}\n{_left_out_in_words(left_out)}" if left_out else sentence


def _left_out_in_words(number: int) -> str:
    return ngettext(
        "{number} file skipped (hidden, a link, or over the limit).",
        "{number} files skipped (hidden, links, or over the limit).",
        number,
    ).format(number=count_in_words(number))
