"""Adds up the training examples of a file, line by line, in constant memory."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from services.previews.conversations.training_example import TrainingExample
from services.previews.lines.histogram import Histogram, histogram_of
from services.previews.rows.example_rows import read_example

MAX_EXAMPLES_COMPARED = 1_000_000
"""The histogram and the median are those of the first examples. Each needs 4 bytes of memory."""
MAX_TOOLS = 100
"""Tools beyond this number aren't named."""
MAX_TURNS_TOLD_APART = 1_000
_MAX_NAME = 200
_LINES_PER_STEP = 2_000
_MOST_TOKENS = 2**32 - 1


class ExampleSummary(msgspec.Struct, frozen=True):
    """The training examples of a file in numbers. Tokens are estimated; see `TrainingExample`."""

    examples: int = 0
    tokens: int = 0
    """Of all together."""
    median_tokens: int = 0
    """Half of the examples have fewer tokens than this."""
    histogram: Histogram | None = None
    """How many examples have how many tokens."""
    turns: dict[int, int] = {}
    """How many examples have how many turns, by the number of turns. The commonest come first."""
    tools: dict[str, int] = {}
    """In how many examples each tool is called, by its name. The commonest come first."""
    with_weights: int = 0
    """How many examples say with weights what is learned."""


class ExamplesProgress(msgspec.Struct, frozen=True):
    """How far adding up has come; the last one has the summary."""

    read: int
    """In bytes."""
    examples: int
    summary: ExampleSummary | None = None


class _Totals:
    def __init__(self) -> None:
        self.examples = 0
        self._tokens = 0
        self._sizes = array("I")
        self._turns: Counter[int] = Counter()
        self._tools: Counter[str] = Counter()
        self._with_weights = 0

    def add(self, example: TrainingExample) -> None:
        self.examples += 1
        self._tokens += example.tokens
        if len(self._sizes) < MAX_EXAMPLES_COMPARED:
            self._sizes.append(min(example.tokens, _MOST_TOKENS))
        if example.turns in self._turns or len(self._turns) < MAX_TURNS_TOLD_APART:
            self._turns[example.turns] += 1
        for name in example.tool_names:
            short = name[:_MAX_NAME]
            if short in self._tools or len(self._tools) < MAX_TOOLS:
                self._tools[short] += 1
        self._with_weights += example.has_weights

    def summary(self) -> ExampleSummary:
        ordered = sorted(self._sizes)
        return ExampleSummary(
            self.examples,
            self._tokens,
            ordered[len(ordered) // 2] if ordered else 0,
            histogram_of(ordered),
            dict(self._turns.most_common()),
            dict(self._tools.most_common()),
            self._with_weights,
        )


def summarize_examples(lines: Iterable[tuple[bytes, int]]) -> Iterator[ExamplesProgress]:
    """Add up lines, each with its length in the file, and report every 2,000 lines.

    Lines that are no examples don't count.
    """
    totals = _Totals()
    read = 0
    for number, (line, length) in enumerate(lines, 1):
        read += length
        example = read_example(line)
        if example is not None:
            totals.add(example)
        if not number % _LINES_PER_STEP:
            yield ExamplesProgress(read, totals.examples)
    yield ExamplesProgress(read, totals.examples, totals.summary())
