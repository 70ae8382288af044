"""A problem in the message bar, with the files it affects."""

from dataclasses import dataclass, field

from PySide6.QtGui import (
    QAction,
)

from services.problems.errors import Problem
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from ui.wording import count_in_words, one_line

_MAX_LISTED = 200
_MAX_NAME_LENGTH = 80
"""Characters of a file name in a title."""


@dataclass(slots=True)
class ReportedProblem:
    """A problem, how often it was reported, and for which files."""

    problem: Problem
    count: int = 0
    subjects: dict[str, str] = field(default_factory=dict)
    """File names by ID, or by name without one, in the order reported."""
    action: QAction | None = None

    def same_as(self, problem: Problem) -> bool:
        """Whether `problem` is the same problem, perhaps with another file."""
        return (self.problem.kind, self.problem.title) == (problem.kind, problem.title)

    def add(self, subject: str, subject_id: str, action: QAction | None) -> None:
        """Count one more report, perhaps for a file; `action` helps to solve the problem."""
        self.count += 1
        if subject:
            self.subjects[subject_id or subject] = one_line(subject)
        if action is not None:
            self.action = action

    @property
    def title(self) -> str:
        """“run.jsonl: The connection was lost”, “The connection was lost (500 files)”."""
        title = one_line(self.problem.title)
        number = len(self.subjects)
        if number == 1:
            (name,) = self.subjects.values()
            return _("{file}: {title}").format(
                file=without_middle(name, _MAX_NAME_LENGTH), title=title
            )
        if number:
            words = ngettext("{number} file", "{number} files", number)
        elif self.count > 1:
            number = self.count
            words = ngettext("{number} time", "{number} times", number)
        else:
            return title
        return f"{title} ({words.format(number=count_in_words(number))})"

    @property
    def details(self) -> str:
        """The problem's details, then the files, one per line."""
        lines = [one_line(line) for line in self.problem.detail.splitlines()]
        if len(self.subjects) > 1:
            names = list(self.subjects.values())
            lines += names[:_MAX_LISTED]
            more = len(names) - _MAX_LISTED
            if more > 0:
                lines.append(
                    ngettext("and {number} more", "and {number} more", more).format(
                        number=count_in_words(more)
                    )
                )
        return "\n".join(lines)

    @property
    def report(self) -> str:
        """Everything, as text to copy."""
        return "\n".join([self.problem.report, *self.subjects.values()])
