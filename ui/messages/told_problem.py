"""A problem as it was told: once, or of several files."""

from dataclasses import dataclass, field

from PySide6.QtGui import (
    QAction,
)

from services.problems.errors import Problem
from services.system.language import _, ngettext
from services.system.safe_text import without_middle
from ui.wording import count_in_words, one_line

_MOST_SUBJECTS_LISTED = 200
_LONGEST_NAME = 80
"""Letters of the one file that a title names."""


@dataclass(slots=True)
class ToldProblem:
    """A problem that was told, how often, and of which files."""

    problem: Problem
    times: int = 0
    subjects: dict[str, str] = field(default_factory=dict)
    """The name of each by what tells it apart, in the order they came."""
    action: QAction | None = None

    def same_as(self, problem: Problem) -> bool:
        """Whether it is this one again, whatever file it happened to."""
        return (self.problem.kind, self.problem.title) == (problem.kind, problem.title)

    def add(self, subject: str, subject_id: str, action: QAction | None) -> None:
        """Count it once more, for a file if there is one; `action` is what can be done about it."""
        self.times += 1
        if subject:
            self.subjects[subject_id or subject] = one_line(subject)
        if action is not None:
            self.action = action

    @property
    def title(self) -> str:
        """“run.jsonl: The connection was lost”, “The connection was lost (500 files)”."""
        title = one_line(self.problem.title)
        files = len(self.subjects)
        if files == 1:
            (name,) = self.subjects.values()
            return _("{file}: {title}").format(
                file=without_middle(name, _LONGEST_NAME), title=title
            )
        if files:
            count = ngettext("{number} file", "{number} files", files)
        elif self.times > 1:
            files, count = self.times, ngettext("{number} time", "{number} times", self.times)
        else:
            return title
        return f"{title} ({count.format(number=count_in_words(files))})"

    @property
    def details(self) -> str:
        """What the server said, and the files, one per line."""
        lines = [one_line(line) for line in self.problem.detail.splitlines()]
        if len(self.subjects) > 1:
            names = list(self.subjects.values())
            lines += names[:_MOST_SUBJECTS_LISTED]
            more = len(names) - _MOST_SUBJECTS_LISTED
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
