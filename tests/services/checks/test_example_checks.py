"""The checks of fine-tuning examples and eval items, with arbitrary lines."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.checks.evals_check import EvalsCheck
from services.checks.finding import Finding
from services.checks.fine_tune_check import FineTuneCheck
from services.checks.line import Line
from services.providers.limits import OFFICIAL, Limits
from tests.services.checks import evals_cases, example_lines
from tests.services.checks.example_lines import ANSWER, CHAT, USER

Check = type[FineTuneCheck] | type[EvalsCheck]
CHECKS: tuple[Check, ...] = (FineTuneCheck, EvalsCheck)

SEEDS = (
    CHAT,
    example_lines.WITH_TOOLS,
    example_lines.WITH_PICTURE,
    example_lines.REFUSING,
    example_lines.PREFERENCE,
    example_lines.GRADED,
    example_lines.COMPLETION,
    evals_cases.SAMPLED,
)


def check(
    check_of: Callable[[Callable[[Finding], None], Limits], FineTuneCheck | EvalsCheck],
    lines: list[bytes],
    limits: Limits = OFFICIAL,
) -> list[Finding]:
    findings: list[Finding] = []
    checker = check_of(findings.append, limits)
    for number, raw in enumerate(lines, 1):
        line = Line(number, raw)
        line.report_faults(findings.append)
        checker.check_line(line)
    checker.finish()
    assert all(isinstance(fact, str) for fact in checker.facts)
    return findings


def assert_well_formed(findings: list[Finding], lines: list[bytes]) -> None:
    """Check that each finding is a short sentence about an existing place, or about the whole file."""
    for finding in findings:
        assert finding.rule
        assert 10 < len(finding.text) < 300
        assert "\n" not in finding.text
        finding.text.encode()
        if finding.line is None:
            assert finding.column is None
            continue
        text = lines[finding.line - 1].decode("utf-8")
        assert finding.column is None or 1 <= finding.column <= len(text) + 1


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=60)
    | st.sampled_from(
        ["user", "assistant", "tool", "function", "text", "image_url", "data:image/png"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "content",
                    "type",
                    "text",
                    "image_url",
                    "url",
                    "weight",
                    "tool_calls",
                    "id",
                    "function",
                    "name",
                    "arguments",
                    "messages",
                    "item",
                    "sample",
                    "input",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@st.composite
def changed(draw: st.DrawFn) -> object:
    """A good line in which something has been changed, added or removed."""
    value = json.loads(json.dumps(draw(st.sampled_from(SEEDS))))
    for _change in range(draw(st.integers(1, 3))):
        inside: object = value
        while isinstance(inside, dict | list) and inside:
            at = draw(
                st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
            )
            inner = inside[at]
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                match draw(st.sampled_from(("set", "remove", "more"))):
                    case "set":
                        inside[at] = draw(anything)
                    case "remove":
                        del inside[at]
                    case _ if isinstance(inside, dict):
                        inside[draw(st.text(max_size=5))] = draw(anything)
                    case _:
                        inside.insert(draw(st.integers(0, len(inside))), draw(anything))
                break
            inside = inner
    return value


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKS)
@given(values=st.lists(changed(), min_size=1, max_size=4), official=st.booleans())
def test_changed_lines_never_crash_a_check(
    checker: Check, values: list[object], official: bool
) -> None:
    lines = [json.dumps(value).encode() for value in values]
    assert_well_formed(check(checker, lines, OFFICIAL if official else Limits()), lines)


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKS)
@given(st.data())
def test_changed_bytes_never_crash_a_check(checker: Check, data: st.DataObject) -> None:
    text = json.dumps(data.draw(st.sampled_from(SEEDS)))
    for _change in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(begin, min(begin + 30, len(text))))
        more = data.draw(
            st.text(max_size=8) | st.sampled_from(["{", "[", "}", '"', "\\ud800", "1e999"])
        )
        text = text[:begin] + more.replace("\n", " ") + text[end:]
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    lines = [json.dumps(CHAT).encode(), raw]
    assert_well_formed(check(checker, lines), lines)


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKS)
@given(values=st.lists(anything, max_size=5))
def test_arbitrary_values_never_crash_a_check(checker: Check, values: list[object]) -> None:
    lines = [json.dumps(value).encode() for value in values]
    assert_well_formed(check(checker, lines), lines)


@pytest.mark.parametrize(
    ("checker", "invalid", "valid", "purpose"),
    [
        (FineTuneCheck, {"custom_id": "1", "body": {}}, CHAT, "batch"),
        (FineTuneCheck, {"item": {}}, CHAT, "evals"),
        (EvalsCheck, CHAT, {"item": {"a": 1}}, "fine-tune"),
        (EvalsCheck, {"custom_id": "1", "body": {}}, {"item": {"a": 1}}, "batch"),
    ],
)
def test_another_purpose_is_suggested_unless_some_lines_fit(
    checker: Check, invalid: object, valid: object, purpose: str
) -> None:
    bad, good = json.dumps(invalid).encode(), json.dumps(valid).encode()
    alone = [found for found in check(checker, [bad] * 3) if found.line is not None]
    assert [found.purpose for found in alone] == [purpose] * 3
    assert all(purpose in found.text for found in alone)
    among = [found for found in check(checker, [good, bad]) if found.line is not None]
    assert [(found.line, found.purpose) for found in among] == [(2, "")]


# Columns


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [
        (
            {"messages": [USER, {"role": "robot", "content": "é"}, ANSWER]},
            "role.unknown",
            '"robot"',
        ),
        ({"messages": [USER, {"role": "assistant", "content": 7}]}, "content.kind", "7"),
        ({"messages": [USER, ANSWER | {"weight": 5}]}, "weight.value", "5"),
        ({"messages": [USER, "hi", ANSWER]}, "message.kind", '"hi"'),
        ({"messages": [USER, ANSWER], "extra": {"a": 1}}, "key.unknown", '"extra"'),
        (
            {"messages": [USER, ANSWER | {"reasoning": {}}]},
            "message.key",
            '"reasoning"',
        ),
        (example_lines.PREFERENCE | {"preferred_output": 3}, "output.kind", "3"),
    ],
)
def test_a_finding_points_at_the_wrong_value(value: object, rule: str, expected: str) -> None:
    raw = json.dumps(value, ensure_ascii=False)
    [column] = [
        found.column for found in check(FineTuneCheck, [raw.encode()]) if found.rule == rule
    ]
    assert column is not None
    assert raw[column - 1 :].startswith(expected)


def test_only_findings_that_can_be_shown_have_columns() -> None:
    bad = json.dumps({"messages": [USER, ANSWER | {"weight": 5}]}).encode()
    findings = check(FineTuneCheck, [bad] * 1000)
    assert len(findings) == 1000
    assert sum(finding.column is not None for finding in findings) == 100


def test_long_and_unusual_values_are_shortened_to_one_line() -> None:
    role = "a\n\u202e" + "b" * 10_000
    [finding] = check(
        FineTuneCheck,
        [json.dumps({"messages": [USER | {"role": role}, ANSWER]}).encode()],
        Limits(),
    )
    assert "“a\\n\\u202ebbb" in finding.text
    assert len(finding.text) < 200


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("model", "assistant"),
        ("Bot", "assistant"),
        ("human", "user"),
        ("User", "user"),
        ("assistant ", "assistant"),
        ("robot", "system, developer, user, assistant, tool, function"),
    ],
)
def test_the_intended_role_is_suggested(role: str, expected: str) -> None:
    line = json.dumps({"messages": [USER | {"role": role}, ANSWER]}).encode()
    [found] = [found for found in check(FineTuneCheck, [line]) if found.rule == "role.unknown"]
    assert found.text.endswith(f" {expected}.")
