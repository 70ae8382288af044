"""What the cases don't cover: columns, texts, and that the fast path gives the same results."""

import json
from typing import Any

import pytest

from services.checks import batch_check, seen_ids
from services.checks.batch_check import BatchCheck
from services.checks.batch_endpoints import intended_url
from services.checks.finding import Finding
from services.checks.json_reader import LONG_LINE_BYTES
from services.checks.line import Line
from services.providers.limits import OFFICIAL, Limits
from tests.services.checks.batch_cases import request, with_body


@pytest.fixture(autouse=True)
def use_fast_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the fast path from the second line on, since these files are small."""
    monkeypatch.setattr(batch_check, "THOROUGH_BYTES", 1)


class Checked:
    """Checks requests and records the findings, and which lines didn't take the fast path."""

    def __init__(self, *requests: object, limits: Limits = OFFICIAL) -> None:
        self.found: list[Finding] = []
        self.slow_lines: list[int] = []
        check = BatchCheck(self.found.append, limits)
        for number, value in enumerate(requests, 1):
            raw = value if isinstance(value, bytes) else json.dumps(value).encode()
            if not check.accept(raw + b"\n", number):
                self.slow_lines.append(number)
                line = Line(number, raw)
                line.report_faults(self.found.append)
                check.check_line(line)
        check.finish()
        self.facts = check.facts

    @property
    def positions(self) -> list[tuple[str, int | None, int | None]]:
        return [(found.rule, found.line, found.column) for found in self.found]


def test_good_requests_take_the_fast_path_after_the_first() -> None:
    checked = Checked(*map(request, range(100)))
    assert (checked.found, checked.slow_lines) == ([], [1])
    assert checked.facts == ("100 requests to /v1/chat/completions", "gpt-4o-mini")


@pytest.mark.parametrize("value", ["text", ["one"], [1, 2], [[1], [2]]])
def test_embedding_inputs_are_counted_on_the_fast_path(value: object) -> None:
    count = 2 if value == [[1], [2]] else 1
    limits = Limits(batch_inputs=3 * count - 1)
    requests = [request(number, "/v1/embeddings", input=value) for number in range(3)]
    checked = Checked(*requests, limits=limits)
    assert checked.slow_lines == [1]
    [found] = checked.found
    assert found.rule == "batch.too_many_inputs"
    assert found.text.startswith(f"{3 * count} embedding inputs")


def test_a_finding_has_the_column_of_the_wrong_value() -> None:
    invalid = b'{"custom_id": "b", "method": "GET", "url": "/v1/chat/completions", '
    invalid += b'"body": {"model": "gpt-4o-mini", "messages": [{}]}}'
    assert Checked(request(1), invalid).positions == [("method.not_post", 2, 30)]


def test_a_repeated_id_names_the_line_of_its_first_use() -> None:
    checked = Checked(request(1), request(2), request(1), request(2))
    assert [found.rule for found in checked.found] == ["custom_id.repeated"] * 2
    assert "“request-1” is already used on line 1." in checked.found[0].text
    assert "“request-2” is already used on line 2." in checked.found[1].text


def test_all_faults_of_a_line_are_reported() -> None:
    checked = Checked({"custom_id": 1, "method": "get", "body": {"stream": True}})
    assert [found.rule for found in checked.found] == [
        "custom_id.not_string",
        "method.not_post",
        "url.missing",
        "model.missing",
        "stream.on",
    ]


def test_ids_of_invalid_requests_count_too() -> None:
    invalid = request(1) | {"method": "GET"}
    assert [found.rule for found in Checked(invalid, request(1)).found] == [
        "method.not_post",
        "custom_id.repeated",
    ]


def test_inputs_are_not_counted_twice_if_a_line_leaves_the_fast_path() -> None:
    limits = Limits(batch_inputs=4)
    ones = [request(1, "/v1/embeddings", input=["a", "b"]) for _number in range(2)]
    assert [found.rule for found in Checked(*ones, limits=limits).found] == ["custom_id.repeated"]


def test_an_unknown_url_is_reported_once_with_the_intended_one() -> None:
    url = "https://api.openai.com/v1/responses"
    checked = Checked(*[request(number, url, input="Hi") for number in range(3)])
    assert [found.rule for found in checked.found] == ["url.unknown"]
    assert "/v1/responses." in checked.found[0].text


@pytest.mark.parametrize(
    ("url", "intended"),
    [
        ("v1/chat/completions", "/v1/chat/completions"),
        ("chat/completions", "/v1/chat/completions"),
        ("/v1/Responses/", "/v1/responses"),
        ("//v1//embeddings", "/v1/embeddings"),
        ("http://localhost:8000/proxy/v1/responses?x=1", "/v1/responses"),
        ("/v1/chat", None),
        ("", None),
    ],
)
def test_the_intended_url_is_found(url: str, intended: str | None) -> None:
    assert intended_url(url, OFFICIAL.batch_urls) == intended


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "?"}]}),
        ("/v1/responses", {"input": "?"}),
        ("/v1/responses", {"input": None, "prompt": {"id": "pmpt_1"}}),
        ("/v1/completions", {"prompt": "?"}),
        ("/v1/embeddings", {"input": "?"}),
        ("/v1/images/generations", {"prompt": "?"}),
        ("/v1/other", {}),
    ],
)
def test_good_requests_to_any_endpoint_take_the_fast_path_after_the_first(
    url: str, body: dict[str, object]
) -> None:
    checked = Checked(*[request(number, url, **body) for number in range(5)])
    assert checked.slow_lines == [1]


@pytest.mark.parametrize("value", [None, [], "absent"])
def test_the_fast_path_does_not_accept_empty_requests(value: object) -> None:
    body: dict[str, Any] = {} if value == "absent" else {"messages": value}
    empty = with_body(2, model="gpt-4o-mini", **body)
    spaced = json.dumps(empty).replace("[]", "[  ]").encode()
    for invalid in (empty, spaced):
        checked = Checked(request(1), invalid)
        assert [found.line for found in checked.found] == [2]
        assert {found.rule for found in checked.found} <= {"body.key_missing", "body.key_empty"}


def test_lines_for_another_purpose_name_it() -> None:
    checked = Checked({"messages": []}, {"item": {}}, {"custom_id": "1", "params": {}})
    assert [(found.rule, found.purpose) for found in checked.found] == [
        ("batch.other_purpose", "fine-tune"),
        ("batch.other_purpose", "evals"),
        ("batch.other_service", ""),
    ]


def test_facts_omit_mixed_urls_and_models() -> None:
    checked = Checked(request(1), request(2, "/v1/responses", input="", model="m"))
    assert checked.facts == ("2 requests",)


@pytest.mark.slow
def test_a_long_request_is_checked_unless_it_has_too_many_values() -> None:
    long = request(2, messages=[{"role": "user", "content": "x" * LONG_LINE_BYTES}])
    many = request(3, messages=[1] * 600_000)
    checked = Checked(request(1), long, many)
    assert checked.slow_lines == [1, 3]
    assert [found.rule for found in checked.found] == ["json.too_many_values"]
    assert checked.facts[0].startswith("3 requests")


def test_ids_over_the_limit_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_ids, "MAX_IDS", 2)
    monkeypatch.setattr(batch_check, "MAX_IDS", 2)
    checked = Checked(*map(request, range(3)))
    assert checked.positions == [("batch.ids_not_compared", None, None)]


def test_the_last_repeated_custom_id_counts_on_the_fast_path_too() -> None:
    twice = b'{"custom_id": "x", ' + json.dumps(request(2)).encode()[1:]
    checked = Checked(request(1), twice, request(2))
    assert [found.rule for found in checked.found] == ["custom_id.repeated"]
