"""Texts of the findings view. No Qt."""

from collections.abc import Collection, Sequence

from services.checks.finding import CheckReport, RepairKind
from services.problems.severity import Severity
from services.system.language import _, ngettext
from ui.uploads.review_rows import FileRow, Sums
from ui.uploads.review_words import check_in_words, check_of
from ui.uploads.row_check import finding_in_words
from ui.wording import count_in_words, one_line


def severity_in_words(severity: Severity) -> str:
    """“Error” or “Warning”, for screen readers."""
    return _("Error") if severity is Severity.ERROR else _("Warning")


def state_in_words(row: FileRow) -> str:
    """The status of one file, shown next to its findings."""
    report = row.report
    if report is None or not report.findings:
        advice = check_of(row).advice
        known = row.existing_upload is not None
        words = check_in_words(row)
        return words if known or not advice else f"{words}. {one_line(advice)}"
    parts = [_counts_in_words(report)]
    if row.existing_upload is not None:
        parts.append(_("already uploaded as {id}").format(id=one_line(row.existing_upload.file_id)))
    return " · ".join(parts)


def several_in_words(rows: Sequence[FileRow], listed: int) -> str:
    """The status of several files, `listed` of which are in the list."""
    sums = Sums()
    for row in rows:
        sums.add_file(row)
    parts = []
    if sums.errors:
        number = count_in_words(sums.errors)
        parts.append(_("{number} with errors").format(number=number))
    if sums.warnings:
        parts.append(_("{number} with warnings").format(number=count_in_words(sums.warnings)))
    if known := sums.duplicates + sums.skipped:
        parts.append(_("{number} already uploaded").format(number=count_in_words(known)))
    if sums.with_findings > listed:
        parts.append(_("showing the first {number}").format(number=count_in_words(listed)))
    return " · ".join(parts)


def purposes_advised(rows: Sequence[FileRow]) -> list[tuple[FileRow, str]]:
    """Files whose findings suggest another purpose, each with that purpose."""
    advised = []
    for row in rows:
        found = row.report.findings if row.report is not None else ()
        purpose = next((one.purpose for one in found if one.purpose), "")
        if purpose and purpose != row.purpose:
            advised.append((row, purpose))
    return advised


def change_purpose_in_words(purposes: Collection[str]) -> str:
    """The label of the button that applies the suggested purposes."""
    if len(purposes) == 1:
        return _("Change the purpose to {purpose}").format(purpose=next(iter(purposes)))
    return _("Change the purposes")


def repairs_in_words(kinds: Sequence[RepairKind]) -> str:
    """What fixing a copy would change."""
    words = {
        RepairKind.BYTE_ORDER_MARK: _("Removes the byte order mark"),
        RepairKind.CARRIAGE_RETURNS: _("Changes line endings from CR LF to LF"),
        RepairKind.BLANK_LINES: _("Removes blank lines"),
        RepairKind.OBJECT_LINES: _("Puts each object on its own line"),
        RepairKind.EXTENSION: _("Changes the extension to lowercase"),
    }
    done = "\n".join(words[kind] for kind in kinds)
    if set(kinds) == {RepairKind.EXTENSION}:
        return done
    return _("Saves a fixed copy next to the file, which stays as it is:") + "\n" + done


def report_in_words(rows: Sequence[FileRow]) -> str:
    """All findings of some files as text, to copy or save."""
    parts = []
    for row in rows:
        if row.report is not None:
            lines = [one_line(str(row.file.path)), _counts_in_words(row.report), ""]
            lines += [finding_in_words(finding) for finding in row.report.findings]
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _counts_in_words(report: CheckReport) -> str:
    parts = []
    if report.errors:
        words = ngettext("{number} error", "{number} errors", report.errors)
        parts.append(words.format(number=count_in_words(report.errors)))
    if report.warnings:
        words = ngettext("{number} warning", "{number} warnings", report.warnings)
        parts.append(words.format(number=count_in_words(report.warnings)))
    if report.errors + report.warnings > len(report.findings):
        number = count_in_words(len(report.findings))
        parts.append(_("showing the first {number}").format(number=number))
    return " · ".join(parts)
