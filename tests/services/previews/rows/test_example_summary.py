"""Sums of training examples."""

import json
from collections.abc import Iterable, Iterator

import pytest

from services.previews.lines.histogram import Histogram
from services.previews.rows import example_summary
from services.previews.rows.example_summary import ExampleSummary, summarize_examples
from tests.support.narrowing import not_none


def user(text: str) -> dict[str, object]:
    return {"role": "user", "content": text}


def calling(*names: str) -> dict[str, object]:
    return {
        "role": "assistant",
        "tool_calls": [{"function": {"name": name, "arguments": ""}} for name in names],
    }


def lines(*examples: list[dict[str, object]] | bytes) -> Iterator[tuple[bytes, int]]:
    for example in examples:
        given = (
            example if isinstance(example, bytes) else json.dumps({"messages": example}).encode()
        )
        yield given, len(given) + 1


def summed(given: Iterable[tuple[bytes, int]]) -> ExampleSummary:
    *_, last = summarize_examples(given)
    return not_none(last.summary)


def test_examples_are_added_up() -> None:
    summary = summed(
        lines(
            [user("four")],
            [user("eightxxx"), {"role": "assistant", "content": "four", "weight": 1}],
            [user("four"), user("four"), user("four"), user("four")],
            [user("four"), calling("find", "stop")],
            [user("four"), calling("find")],
        )
    )
    assert summary == ExampleSummary(
        examples=5,
        tokens=1 + 3 + 4 + 3 + 2,
        median_tokens=3,
        histogram=Histogram((1, 2, 3, 4, 5), (1, 1, 2, 1)),
        turns={1: 4, 4: 1},
        tools={"find": 2, "stop": 1},
        with_weights=1,
    )


def test_examples_of_other_kinds_are_added_up() -> None:
    tool = {"type": "function"}
    given: list[object] = [
        {"prompt": "four", "completion": "four"},
        {"preferred_completion": "four", "non_preferred_completion": "eightxxx"},
        {
            "input": {"messages": [user("four"), user("four")], "tools": [tool]},
            "preferred_output": [{"role": "assistant", "content": "four"}],
            "non_preferred_output": [calling("find")],
        },
        {"input": "four", "preferred_output": 7, "non_preferred_output": None},
    ]
    summary = summed((json.dumps(one).encode(), 1) for one in given)
    third = -(-(4 * len("four") + len(json.dumps([tool]))) // 4)
    assert (summary.examples, summary.tokens) == (4, 2 + 3 + third + 1)
    assert summary.tools == {"find": 1}


def test_lines_that_are_no_examples_do_not_count() -> None:
    good = json.dumps({"messages": [user("four")]}).encode()
    odd = [b"", b"broken", b"[]", b"{}", b'{"messages": 7}', b"\xff", b'{"messages": "\\ud800"}']
    summary = summed(lines(*odd, b"\xef\xbb\xbf" + good))
    assert (summary.examples, summary.tokens) == (1, 1)
    assert summed(lines()) == ExampleSummary()


def test_tools_sizes_and_turns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example_summary, "MAX_TOOLS", 2)
    monkeypatch.setattr(example_summary, "MAX_EXAMPLES_COMPARED", 3)
    monkeypatch.setattr(example_summary, "MAX_TURNS_TOLD_APART", 1)
    summary = summed(
        lines(*[[user("four"), calling("x" * 999, "b", "c")]] * 5, [user("a"), user("b")])
    )
    assert summary.tools == {"x" * 200: 5, "b": 5}
    assert summary.turns == {1: 5}
    assert sum(not_none(summary.histogram).counts) == 3
    assert summary.examples == 6


def test_adding_up_reports_every_so_often() -> None:
    steps = list(summarize_examples(lines(*[[user("a")]] * 4_500)))
    assert [step.examples for step in steps] == [2_000, 4_000, 4_500]
    assert [step.summary is None for step in steps] == [True, True, False]
    assert steps[-1].read == sum(length for _line, length in lines(*[[user("a")]] * 4_500))
