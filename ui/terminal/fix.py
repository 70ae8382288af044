"""`filewharf fix`: fixes what can be fixed safely in local files, offline."""

from collections.abc import Sequence
from pathlib import Path

from services.checks.checking import checked_file
from services.checks.events import CheckedFile
from services.checks.finding import RepairKind
from services.checks.gathering import inspect_file
from services.checks.repair import Fix, repair, repair_in_place
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError
from services.providers.limits import Limits
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken
from services.system.language import _
from ui.terminal.check import gathered, ignore_progress, print_findings
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.output import Form, Output, printable


def fix(
    output: Output,
    paths: Sequence[Path],
    purpose: str,
    provider_id: str,
    folder: Path | None,
    *,
    in_place: bool,
) -> ExitCode:
    """Fix files, in copies next to them or in a folder, or in place; print what was fixed.

    What is left to correct is printed as by `check`. Raises Failure if there is nothing to fix.
    """
    files = gathered(output, paths)
    if not files:
        raise Failure(_("There is nothing to fix."))
    output.findings_are_results = output.form is not Form.IDS
    limits = provider_named(provider_id).limits
    errors = 0
    for file in files:
        checked = _checked(file, purpose or file.suggested_purpose, limits)
        kinds = [] if checked.report is None else list(checked.report.repairs)
        # Only the name in the upload would be another one.
        if set(kinds) - {RepairKind.EXTENSION}:
            try:
                checked = _fixed(output, checked, kinds, limits, folder, in_place=in_place)
            except FilesError as error:
                output.problem(error.problem, printable(str(file.path)))
                errors += 1
                continue
        errors += print_findings(output, checked)
    output.end()
    return ExitCode.FAILED if errors else ExitCode.DONE


def _fixed(
    output: Output,
    checked: CheckedFile,
    kinds: Sequence[RepairKind],
    limits: Limits,
    folder: Path | None,
    *,
    in_place: bool,
) -> CheckedFile:
    """Fix a file, print what was fixed, and check the fixed one. Raises FilesError."""
    path = checked.file.path
    if in_place:
        fixes, target = repair_in_place(checked.file, kinds, token=CancelToken()), path
    else:
        repaired = repair(checked.file, kinds, token=CancelToken(), folder=folder)
        fixes, target = repaired.fixes, repaired.path
    _print(output, checked, fixes, target)
    return _checked(inspect_file(target), checked.purpose, limits)


def _print(output: Output, checked: CheckedFile, fixes: Sequence[Fix], target: Path) -> None:
    if output.form is Form.IDS:
        output.result("", str(target), {})
        return
    path = checked.file.path
    for one in fixes:
        row = f"{printable(str(path))}:{one.line}:1: {_('fixed')}: {printable(one.text)}"
        value = {
            "path": str(path),
            "purpose": checked.purpose,
            "line": one.line,
            "column": 1,
            "severity": "fixed",
            "text": one.text,
            "fixed_path": str(target),
        }
        output.result(row, "", value)
    if target != path:
        output.note(_("Saved as {name}.").format(name=printable(str(target))))


def _checked(file: LocalFile, purpose: str, limits: Limits) -> CheckedFile:
    if file.problem is not None:
        return CheckedFile(file, purpose, None, file.problem)
    return checked_file(file, purpose, limits, CancelToken(), progress=ignore_progress)
