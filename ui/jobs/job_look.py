"""How a kind of jobs is shown: the columns of its list, and the words around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.jobs.job_kind import JobKind
from ui.jobs.job_cell import Cell


@dataclass(frozen=True, slots=True)
class JobColumn:
    """A column of a list."""

    title: str
    """Translated when it is shown."""
    cell: Callable[[Any, float], Cell]
    """What it shows of a job at a time in seconds since 1970."""
    sort_key: Callable[[Any], Any]
    """What jobs are sorted by: values that can be compared with each other."""
    width: int
    """Its width at first, as a number of letters."""
    least: int
    """The least width; with less room for all columns, the last ones are hidden."""
    newest_first: bool = False
    """Whether the first click sorts it descending."""


@dataclass(frozen=True, slots=True)
class JobLook:
    """A kind of jobs. All texts are translated when they are shown."""

    kind: JobKind
    icon: str
    name: str
    """The name of the list, as “Batches”."""
    columns: tuple[JobColumn, ...]
    newest_column: int
    """The column that the list is sorted by at first, descending."""
    search_text: Callable[[Any], str]
    """What the search looks for in a job."""
    search_hint: str
    back: str
    """“Back to the batches”."""
    esc: str
    """“Esc goes back to the batches”."""
    count_in_words: Callable[[int], str]
    """“4,318 batches”."""
    loading: str
    empty: str
    how_to_start: str
    """What to do if there are none."""
    not_offered: str
    """The server has no such list."""
    no_match: str
    gone: str
    """A job to be shown isn't in the list."""
