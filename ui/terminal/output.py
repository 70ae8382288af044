"""What a command prints: rows, IDs or JSON on the standard output, all else on standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from io import TextIOWrapper
from typing import TYPE_CHECKING

from services.problems.errors import Problem
from services.system.standard_output import give_up
from services.system.unsafe_characters import has_unsafe, with_escapes
from ui.terminal.terminal_look import Color, colored, has_colors, rewrites_lines

if TYPE_CHECKING:
    from ui.terminal.progress import ProgressLine

JsonValue = Mapping[str, object]


class Form(Enum):
    """In which form results are printed."""

    ROWS = "rows"
    """For people."""
    IDS = "ids"
    """Only the ID of each, one per line."""
    JSON = "json"
    """One document: a list."""
    JSON_LINES = "jsonl"
    """One object per line, as soon as it is known."""


class Output:
    """Prints results in one form. A pipe that was closed, as by `head`, raises BrokenPipeError."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._out = sys.stdout
        self._err = sys.stderr
        if isinstance(self._out, TextIOWrapper):
            # Not every terminal has all characters.
            self._out.reconfigure(errors="backslashreplace")
        self._count = 0
        self.findings_are_results = False
        """Whether what checks find is printed like other results."""
        self._progress: ProgressLine | None = None
        self.shows_progress = form is not Form.IDS and rewrites_lines(self._err)
        """Whether a person sees how far a command is; `progress` does nothing otherwise."""

    def result(self, row: str, identity: str, value: JsonValue) -> None:
        """Print one result: a row for people, its ID, or an object, depending on the form."""
        self.clear_progress()
        match self.form:
            case Form.ROWS:
                self._print(row)
            case Form.IDS:
                self._print(printable(identity))
            case Form.JSON_LINES:
                self._print(self._json(value))
            case Form.JSON:
                before = ",\n" if self._count else "[\n"
                self._out.write(before + self._json(value))
        self._count += 1

    def results(
        self,
        rows: Callable[[], Iterable[str]],
        identities: Callable[[], Iterable[str]],
        values: Callable[[], Iterable[JsonValue]],
    ) -> None:
        """Print many results at once, like `result`; only what the form needs is asked for.

        They aren't kept until there are more: whoever reads a pipe gets them now.
        """
        match self.form:
            case Form.ROWS:
                lines = list(rows())
            case Form.IDS:
                lines = [printable(one) for one in identities()]
            case Form.JSON_LINES:
                lines = [self._json(one) for one in values()]
            case Form.JSON:
                lines = [self._json(one) for one in values()]
        if not lines:
            return
        self.clear_progress()
        if self.form is Form.JSON:
            self._out.write(",\n" if self._count else "[\n")
            self._out.write(",\n".join(lines))
        else:
            self._print("\n".join(lines))
        self._out.flush()
        self._count += len(lines)

    def finding(self, place: str, kind: str, text: str, color: Color, value: JsonValue) -> None:
        """Print what a check has found: a result of `check`, and a note of other commands."""
        stream = self._out if self.findings_are_results else self._err
        shown_kind = colored(kind, color) if has_colors(stream) else kind
        row = f"{place}: {shown_kind}: {text}"
        if self.findings_are_results:
            self.result(row, f"{place}: {kind}: {text}", value)
        else:
            self.clear_progress()
            self._err.write(row + "\n")

    def progress(self, make_parts: Callable[[], Sequence[str]]) -> None:
        """Show how far the command is, the most important part first."""
        if not self.shows_progress:
            return
        if self._progress is None:
            from ui.terminal.progress import ProgressLine

            self._progress = ProgressLine(self._err)
        self._progress.show(make_parts)

    @property
    def progress_due_in(self) -> float | None:
        """In how many seconds to call `show_due_progress`; None if all that is known is shown."""
        return None if self._progress is None else self._progress.due_in

    def show_due_progress(self) -> None:
        """Show what `progress` was given too soon after something else."""
        if self._progress is not None:
            self._progress.show_if_due()

    def clear_progress(self) -> None:
        """Remove what `progress` shows."""
        if self._progress is not None:
            self._progress.clear()

    def end(self) -> None:
        """Print what ends the document, and make sure that all is written."""
        if self.form is Form.JSON:
            self._print("\n]" if self._count else "[]")
        self._out.flush()

    def drop(self) -> None:
        """Give up the standard output."""
        give_up(self._out)

    def note(self, words: str) -> None:
        """Tell the person something that isn't a result; left out if only IDs are wanted."""
        if self.form is not Form.IDS:
            self._tell(words)

    def problem(self, problem: Problem, about: str = "") -> None:
        """Tell a problem with its advice and the server's own sentence."""
        parts = [problem.title, problem.advice, problem.detail]
        words = ". ".join(part.rstrip(".") for part in parts if part)
        self._tell(f"{about}: {words}." if about else f"{words}.", Color.ERROR)

    def error(self, words: str) -> None:
        """Tell why something failed."""
        self._tell(words, Color.ERROR)

    def _print(self, line: str) -> None:
        self._out.write(line + "\n")

    def _json(self, value: JsonValue) -> str:
        text = json.dumps(value, ensure_ascii=False)
        if text.isascii():
            return text
        try:
            text.encode(self._out.encoding)
        except UnicodeEncodeError:
            return json.dumps(value)
        # JSON itself allows some characters that a terminal obeys.
        return json.dumps(value) if has_unsafe(text) else text

    def _tell(self, words: str, color: Color | None = None) -> None:
        self.clear_progress()
        self._out.flush()
        name = "filewharf:"
        if color is not None and has_colors(self._err):
            name = colored(name, color)
        self._err.write(f"{name} {with_escapes(words)}\n")
        self._err.flush()


def printable(name: str) -> str:
    """A name as it can be printed: quoted if it has line ends, escapes or the like."""
    return json.dumps(name) if has_unsafe(name) else name
