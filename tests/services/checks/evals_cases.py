"""Files of eval items, valid and invalid."""

from tests.services.checks.case import Case, Expected, error, in_line, jsonl, warning

ITEM = {"item": {"question": "2 + 2?", "answer": "4"}}
SAMPLED = ITEM | {"sample": {"output_text": "4"}}


def _bad(title: str, value: object, *expected: Expected, base: object = ITEM) -> Case:
    """A file of three lines with `value` as the second."""
    return Case(title, "evals", "items.jsonl", in_line(2, value, [base] * 3), expected)


EVALS_CASES = (
    Case(
        "items",
        "evals",
        "items.jsonl",
        jsonl(*[ITEM] * 3),
        facts=("3 items", "keys: “answer”, “question”"),
    ),
    Case(
        "one item",
        "evals",
        "items.jsonl",
        jsonl(ITEM),
        facts=("1 item", "keys: “answer”, “question”"),
    ),
    Case("items with samples", "evals", "items.jsonl", jsonl(*[SAMPLED] * 2)),
    Case(
        "items without keys",
        "evals",
        "items.jsonl",
        jsonl({"item": {}}, {"item": {}}),
        facts=("2 items",),
    ),
    Case(
        "items with keys in a different order",
        "evals",
        "items.jsonl",
        jsonl(ITEM, {"item": {"answer": 4, "question": None}}),
    ),
    _bad("no item", {"question": "?", "answer": "!"}, error("item.missing", 2)),
    Case(
        "lines without items",
        "evals",
        "items.jsonl",
        jsonl({"question": "?"}, {"question": "!"}),
        expected=(error("item.missing", 1),),
        facts=(),
    ),
    _bad("an item under an uppercase key", {"Item": {}}, error("key.uppercase", 2)),
    _bad(
        "a chat example among items",
        {"messages": []},
        error("evals.other_purpose", 2),
    ),
    _bad("an item that is a string", {"item": "2 + 2?"}, error("item.missing", 2)),
    _bad("an item that is null", {"item": None}, error("item.missing", 2)),
    _bad("an item with a missing key", {"item": {"question": "?"}}, warning("item.missing_key", 2)),
    _bad(
        "an item with an extra key",
        {"item": {"question": "?", "answer": "", "id": 1}},
        warning("item.extra_key", 2),
    ),
    _bad(
        "an item with different keys",
        {"item": {"q": "?"}},
        warning("item.missing_key", 2),
        warning("item.extra_key", 2),
    ),
    Case(
        "an unknown key next to every item",
        "evals",
        "items.jsonl",
        jsonl(*[ITEM | {"id": 1}] * 3),
        (warning("key.unknown", 1),),
    ),
    _bad("an unknown key next to one item", ITEM | {"id": 1}, warning("key.unknown", 2)),
    _bad(
        "a sample that is a string",
        SAMPLED | {"sample": "4"},
        error("sample.kind", 2),
        base=SAMPLED,
    ),
    _bad("a line without a sample", ITEM, warning("sample.inconsistent", 2), base=SAMPLED),
    _bad("a line with a sample", SAMPLED, warning("sample.inconsistent", 2)),
    _bad("a line that is a list", [1, 2], error("line.not_object", 2)),
)
