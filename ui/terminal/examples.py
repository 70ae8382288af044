"""Examples of each command, for its help and the manual page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.system.language import N_, _


@dataclass(frozen=True, slots=True)
class Example:
    """A command line and what it does."""

    line: str
    words: str
    """Translate it before it's shown."""


EXAMPLES: Mapping[str, Sequence[Example]] = {
    "ls": (
        Example("filewharf ls", N_("All files, the newest first.")),
        Example("filewharf ls --purpose batch_output --quiet", N_("Only IDs of batch outputs.")),
    ),
    "find": (
        Example(
            "filewharf find 'created:<1d size:>10MB report'",
            N_("Files from the last day with over 10 MB whose name has the word “report”."),
        ),
        Example("filewharf find --jsonl expires:<3d", N_("What expires soon, for a script.")),
    ),
    "info": (Example("filewharf info file-abc123", N_("All fields of a file.")),),
    "get": (
        Example("filewharf get notes.txt", N_("Save the file with this name.")),
        Example(
            "filewharf get --to results 'batch_*_output.jsonl'",
            N_("Save all that match a pattern."),
        ),
        Example(
            "filewharf get --search 'purpose:batch_output created:<1d'",
            N_("Save what a search finds; what is already there isn't downloaded again."),
        ),
        Example("filewharf get --zip --to all.zip '*'", N_("Save all files in one archive.")),
        Example("filewharf get --to - notes.txt | less", N_("Read a file.")),
    ),
    "cat": (
        Example("filewharf cat file-abc123 | head -3", N_("The first lines of a file.")),
        Example(
            "filewharf cat --all log.txt", N_("All files with this name, one after the other.")
        ),
    ),
    "put": (
        Example(
            "filewharf put --purpose batch --expires 7d *.jsonl",
            N_("Check and upload files, to be deleted after a week."),
        ),
        Example("filewharf put documents", N_("Upload a folder, each file for what it's fit for.")),
        Example(
            "make-requests | filewharf put --name requests.jsonl -",
            N_("Upload what another program writes."),
        ),
    ),
    "rm": (
        Example("filewharf rm --dry-run --search 'expires:<1d'", N_("See what would go.")),
        Example("filewharf rm --yes file-abc123", N_("Delete a file without being asked.")),
        Example("filewharf rm --all notes.txt", N_("Delete all files with this name.")),
    ),
    "resume": (
        Example("filewharf resume", N_("Go on after Ctrl-C, a crash or a lost connection.")),
        Example("filewharf resume --account Work", N_("Go on in one account only.")),
    ),
    "check": (
        Example(
            "filewharf check --purpose batch requests.jsonl",
            N_("Find errors before the server does; it fails if there are any."),
        ),
    ),
    "fix": (Example("filewharf fix requests.jsonl", N_("Write a fixed copy next to the file.")),),
    "batches": (
        Example("filewharf batches", N_("All batches with their progress.")),
        Example("filewharf batches get --to results batch_abc123", N_("Save its results.")),
    ),
    "accounts": (
        Example("filewharf accounts", N_("All accounts.")),
        Example(
            "filewharf accounts add Work --url https://api.example.com/v1",
            N_("Add an account; the key is asked for, or read from a pipe, and never shown."),
        ),
    ),
    "completion": (
        Example("source <(filewharf completion bash)", N_("Complete commands in this shell.")),
    ),
    "desktop-entry": (
        Example("filewharf desktop-entry install", N_("Add Filewharf to the menu.")),
        Example("filewharf desktop-entry remove", N_("Remove it from the menu.")),
    ),
}

EXIT_CODES: Sequence[tuple[int, str]] = (
    (0, N_("All was done, or whoever reads the pipe has read enough.")),
    (1, N_("It failed, or a check found errors.")),
    (2, N_("There is a mistake in the command.")),
    (3, N_("Some files failed.")),
    (124, N_("It took longer than --timeout.")),
    (130, N_("Interrupted with Ctrl-C.")),
    (143, N_("Ended by SIGTERM.")),
)
"""What each exit code means; translate it before it's shown."""


def epilog_of(command: str) -> str:
    """What the help of a command ends with: its examples and the exit codes."""
    lines = [_("examples:")]
    for example in EXAMPLES.get(command, ()):
        lines += [f"  {example.line}", f"      {_(example.words)}"]
    lines += ["", _("exit codes:")]
    lines += [f"  {code:<4} {_(words)}" for code, words in EXIT_CODES]
    return "\n".join(lines)
