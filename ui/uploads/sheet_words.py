"""What the review sheet says beside its table, in words. No Qt."""

from services.language import _, ngettext
from ui.uploads.review_rows import Sums
from ui.wording import count_in_words, files_in_words, one_line


def found_in_words(files: int, folders: int) -> str:
    """“320 files in 12 folders”."""
    words = ngettext("{files} in {number} folder", "{files} in {number} folders", folders)
    return words.format(files=files_in_words(files), number=count_in_words(folders))


def passed_in_words(standing: Sums) -> str:
    """How far the checks are, before an upload that begins by itself."""
    return _("{number} of {files}. The upload begins when all have passed.").format(
        number=count_in_words(standing.files - standing.checking),
        files=files_in_words(standing.files),
    )


def upload_in_words(number: int) -> str:
    """“Upload 3 files”."""
    if not number:
        return _("Upload files")
    return _("Upload {files}").format(files=files_in_words(number))


def duplicates_in_words(standing: Sums) -> str:
    """What can be done about files that the server has: leave them out, or send them again."""
    if standing.duplicates:
        return ngettext(
            "Leave out {number} duplicate", "Leave out {number} duplicates", standing.duplicates
        ).format(number=count_in_words(standing.duplicates))
    return ngettext(
        "Send {number} duplicate after all",
        "Send {number} duplicates after all",
        standing.skipped,
    ).format(number=count_in_words(standing.skipped))


def notice_in_words(standing: Sums, left_out: int, *, when_checked: bool) -> str:
    """How the files stand; `left_out` is how many were passed over in folders."""
    if not standing.files:
        return ""
    sentences = []
    if standing.checking:
        sentences.append(
            ngettext(
                "Checking {number} file…", "Checking {number} files…", standing.checking
            ).format(number=count_in_words(standing.checking))
        )
        if when_checked:
            sentences.append(_("The upload begins when all have passed."))
    if standing.held_back:
        sentences.append(
            ngettext(
                "{number} file would be refused and is held back; choose it to see why.",
                "{number} files would be refused and are held back; choose one to see why.",
                standing.held_back,
            ).format(number=count_in_words(standing.held_back))
        )
    unreadable = standing.left_out
    if unreadable and unreadable == standing.files:
        sentences.append(_("None of these files can be uploaded."))
    elif unreadable:
        sentences.append(
            ngettext(
                "{number} file can't be uploaded and is left out.",
                "{number} files can't be uploaded and are left out.",
                unreadable,
            ).format(number=count_in_words(unreadable))
        )
    if left_out:
        sentences.append(_left_out_in_words(left_out))
    return " ".join(sentences)


def nothing_in_words(left_out: int, pattern: str) -> str:
    """Why there are no rows."""
    if pattern:
        return _("No name matches “{pattern}”. Other files come back when you change it.").format(
            pattern=one_line(pattern)
        )
    sentence = _("There is nothing to upload. Choose other files, or drop them on the window.")
    return f"{sentence}\n{_left_out_in_words(left_out)}" if left_out else sentence


def _left_out_in_words(number: int) -> str:
    return ngettext(
        "{number} more file was passed over: hidden, a symbolic link, or past the limit.",
        "{number} more files were passed over: hidden, symbolic links, or past the limit.",
        number,
    ).format(number=count_in_words(number))
