import pytest

from services.checks import json_reader
from services.checks.json_nesting import MAX_DEPTH
from services.checks.json_reader import LONG_LINE_BYTES, MAX_VALUES, JsonReader
from services.problems.severity import Severity

PAD = b" " * (LONG_LINE_BYTES + 1)


def faults(raw: bytes) -> list[tuple[str, int | None]]:
    _value, found = JsonReader().read(raw)
    return [(fault.rule, fault.column) for fault in found]


def test_valid_json_has_a_value_and_no_faults() -> None:
    raw = '{"a": [1, -2.5e3, true, null, "é\\ud83d\\ude00"]}'.encode()
    assert JsonReader().read(raw) == ({"a": [1, -2500.0, True, None, "é😀"]}, ())


@pytest.mark.parametrize(
    ("raw", "rule", "column"),
    [
        (b"{'a': 1}", "json.quotation_mark", 2),
        ("{“a”: 1}".encode(), "json.quotation_mark", 2),
        (b'{"a": 1} {}', "json.trailing_data", 10),
        (b'{"a": tru}', "json.invalid", 7),
        (b'{"a" 1}', "json.invalid", 6),
        (b'{"a": 01}', "json.invalid", 8),
        (b'{"a": [1 2]}', "json.invalid", 10),
        (b'{"a": 1', "json.unclosed", 7),
        (b'{"a": ', "json.unclosed", 5),
        (b'{"a": "b', "json.unclosed", 7),
        (b'{"a": "b\tc"}', "json.control_character", 9),
        (b'{"a": "b\x00c"}', "line.null_byte", 9),
        (b'{\x00"a": 1}', "line.null_byte", 2),
        (b'{"a": "\\d"}', "json.escape", 8),
        (b'{"a": "\\u12g4"}', "json.escape", 8),
        (b'{"a": NaN}', "json.constant", 7),
        (b'{"a": "NaN", "b": -Infinity}', "json.constant", 19),
        (b'{"a": "1e999", "b": 1e999}', "json.number_range", 21),
        (b'{"a": ' + b"9" * 5000 + b"}", "json.number_range", 7),
        (b'{"a": 18446744073709551616}', "json.number_range", 7),
        (b'{"a": "\\ud83d"}', "json.lone_surrogate", 8),
        (b'{"a": "\\ud83dx\\ude00"}', "json.lone_surrogate", 8),
        (b'{"a": "\\ude00"}', "json.lone_surrogate", 8),
        ('{"é": "é", "a": 1,}'.encode(), "json.comma", 19),
        (b'{"a": {"b": 1, "b": 2}}', "json.repeated_key", None),
        (b'{"a": [1,]}', "json.comma", 10),
        (b'{"a": 1,\t}', "json.comma", 10),
        (b"[" * (MAX_DEPTH + 1), "json.too_deep", None),
        (b"[" * 5000, "json.too_deep", None),
        (b"[" * 100_000 + b"]" * 100_000, "json.too_deep", None),
    ],
)
def test_a_fault_is_found_with_its_column(raw: bytes, rule: str, column: int | None) -> None:
    assert faults(raw) == [(rule, column)]


@pytest.mark.parametrize(
    ("raw", "rule", "column"),
    [
        (b"{'a': 1}", "json.quotation_mark", 2),
        (b'{"a": 1} {}', "json.trailing_data", 10),
        (b'{"a": [1 2]}', "json.invalid", 10),
        (b'{"a": "b\x00c"}', "line.null_byte", 9),
        (b'{"a": "b\tc"}', "json.control_character", 9),
        (b'{"a": 1,}', "json.comma", 9),
        (b'{"a": "\\ud83d"}', "json.lone_surrogate", 8),
        (b'{"a": 1e999}', "json.number_range", None),
        (b"[" * 5000, "json.too_deep", None),
    ],
)
def test_a_fault_in_long_text_is_found_too(raw: bytes, rule: str, column: int | None) -> None:
    assert faults(raw + PAD) == [(rule, column)]


@pytest.mark.parametrize("padding", [b"", PAD])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"]":', b"}]")])
def test_both_parsers_have_the_same_nesting_limit(
    padding: bytes, opens: bytes, closes: bytes
) -> None:
    times = MAX_DEPTH // sum(map(opens.count, (b"[", b"{")))
    assert faults(opens * times + b"1" + closes * times + padding) == []
    deeper = b"[" + opens * times + b"1" + closes * times + b"]"
    assert faults(deeper + padding) == [("json.too_deep", None)]


def test_brackets_in_strings_and_next_to_each_other_are_not_nesting() -> None:
    assert faults(b'["' + b"[{" * MAX_DEPTH + b'", "\\"' + b"[" * MAX_DEPTH + b'"]') == []
    assert faults(b"[" + b"[]," * 2 * MAX_DEPTH + b"[]]") == []


def test_nesting_is_counted_through_a_long_text() -> None:
    words = b'["' + b"[{" * 50 + rb"\\" * 21 + b'", [], {}], '
    within = b"[" + words * 2  # as deep as two lists
    deepest = MAX_DEPTH - 2
    assert faults(within * deepest + b"0" + b"]" * deepest) == []
    assert faults(within * (deepest + 1) + b"0" + b"]" * (deepest + 1)) == [("json.too_deep", None)]


def test_only_the_first_of_many_constants_is_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[str] = []
    position_of = json_reader._position_of

    def recorded(literal: str, text: str) -> int | None:
        searched.append(literal)
        return position_of(literal, text)

    monkeypatch.setattr(json_reader, "_position_of", recorded)
    assert faults(b"[" + b"NaN, 1e999, " * 100 + b"1]") == [
        ("json.constant", 2),
        ("json.number_range", 7),
    ]
    assert searched == ["NaN", "1e999"]


def test_a_constant_in_long_text_is_reported() -> None:
    assert faults(b'{"a": "NaN", "b": [NaN]}' + PAD) == [("json.constant", 20)]


def test_long_text_that_is_incomplete_is_reported() -> None:
    assert faults(b'{"a": "' + b"x" * LONG_LINE_BYTES) == [("json.unclosed", 7)]
    assert faults(b'{"a": ' + PAD) == [("json.unclosed", 5)]


def test_a_long_line_with_too_many_values_is_not_parsed() -> None:
    raw = b"[" + b"12345," * MAX_VALUES + b"1]"
    value, [fault] = JsonReader().read(raw)
    assert value is None
    assert (fault.rule, fault.severity) == ("json.too_many_values", Severity.WARNING)


def test_the_last_value_of_a_repeated_key_counts() -> None:
    value, [fault] = JsonReader().read(b'{"a": 1, "a": 2}')
    assert value == {"a": 2}
    assert fault.severity is Severity.WARNING
    assert "“a”" in fault.text


def test_a_reader_can_be_reused() -> None:
    reader = JsonReader()
    assert reader.read(b'{"a": 1e999}')[1]
    assert reader.read(b'{"a": 1}') == ({"a": 1}, ())


@pytest.mark.parametrize(
    ("raw", "sign"),
    [
        ('{"a": 1 "b": 2}', "A quotation mark"),
        ('{"a", 1}', "A comma"),
        ('{"a": : 1}', "A colon"),
        ('{"a": {"b": 1]}', "A closing square bracket"),
        ('{"a": [1}', "A closing curly bracket"),
        ('{"a" [2]}', "An opening square bracket"),
        ('{{"a": 1}}', "An opening curly bracket"),
        ('{\\"a\\": 1}', "A backslash"),
        ('{"a":\u00a01}', "A no-break space"),
        ('{"a": undefined}', "“u”"),
    ],
)
@pytest.mark.parametrize("is_long", [False, True])
def test_an_unexpected_character_is_named(raw: str, sign: str, is_long: bool) -> None:
    _value, (fault,) = JsonReader().read(raw.encode() + (PAD if is_long else b""))
    assert fault.text.startswith(f"{sign} isn't allowed here. ")
