"""`filewharf check`: checks local files, without an account and without a network."""

from collections.abc import Sequence
from pathlib import Path

from services.checks.checking import checked_file
from services.checks.events import CheckedFile
from services.checks.gathering import MAX_FILES, gather
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.output import Output, printable
from ui.terminal.terminal_look import Color


def check(output: Output, paths: Sequence[Path], purpose: str, provider_id: str) -> ExitCode:
    """Check files, and folders with what is in them, against the limits of a provider.

    Prints each finding as `file:line:column: error: what is wrong`. Raises Failure if there is
    nothing to check.
    """
    token = CancelToken()
    files = gathered(output, paths)
    if not files:
        raise Failure(_("There is nothing to check."))
    limits = provider_named(provider_id).limits
    errors = 0
    for file in files:
        wanted = purpose or file.suggested_purpose
        if file.problem is None:
            checked = checked_file(file, wanted, limits, token, progress=ignore_progress)
        else:
            checked = CheckedFile(file, wanted, None, file.problem)
        errors += print_findings(output, checked)
    output.end()
    return ExitCode.FAILED if errors else ExitCode.DONE


def gathered(output: Output, paths: Sequence[Path]) -> Sequence[LocalFile]:
    """The files at these paths and in these folders; says how many were skipped there.

    Raises Failure if there are too many: a script would not notice that some were left out.
    """
    found = gather(paths, CancelToken())
    if found.over_limit:
        words = _("These are more than {number} files. Choose fewer at once.")
        raise Failure(words.format(number=whole(MAX_FILES)))
    if found.skipped:
        words = ngettext(
            "{number} file skipped (hidden, a link, or over the limit).",
            "{number} files skipped (hidden, links, or over the limit).",
            found.skipped,
        )
        output.note(words.format(number=whole(found.skipped)))
    return found.files


def print_findings(output: Output, checked: CheckedFile, path: str = "") -> int:
    """Print what was found in a file; return how many errors there are.

    `path` is printed instead of that of the file.
    """
    path = printable(path or str(checked.file.path))
    if checked.report is None:
        if checked.problem is not None:
            output.problem(checked.problem, path)
        return 1
    for finding in checked.report.findings:
        place = ":".join(str(one) for one in (finding.line, finding.column) if one is not None)
        where = f"{path}:{place}" if place else path
        is_error = finding.severity is Severity.ERROR
        kind = _("error") if is_error else _("warning")
        color = Color.ERROR if is_error else Color.WARNING
        value = {
            "path": str(checked.file.path),
            "purpose": checked.purpose,
            "line": finding.line,
            "column": finding.column,
            "severity": finding.severity.name.lower(),
            "rule": finding.rule,
            "text": finding.text,
        }
        output.finding(where, kind, printable(finding.text), color, value)
    return checked.report.errors


def ignore_progress(_done: int) -> None:
    """Progress isn't shown."""
