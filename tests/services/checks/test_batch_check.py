"""What the table of cases does not show: places in the line, texts, and that quick is thorough."""

import json
from typing import Any

import pytest

from services.checks import batch_check, seen_ids
from services.checks.batch_check import BatchCheck
from services.checks.batch_endpoints import intended_url
from services.checks.finding import Finding
from services.checks.json_reader import LONG_LINE_BYTES
from services.checks.lines import Line
from services.providers.limits import OFFICIAL, Limits
from tests.services.checks.batch_cases import request, with_body


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the second line on, since these files are small."""
    monkeypatch.setattr(batch_check, "THOROUGH_BYTES", 1)


class Checked:
    """Requests, what was found in them, and which lines had to be looked at closer."""

    def __init__(self, *requests: object, limits: Limits = OFFICIAL) -> None:
        self.found: list[Finding] = []
        self.closer: list[int] = []
        check = BatchCheck(self.found.append, limits)
        for number, value in enumerate(requests, 1):
            raw = value if isinstance(value, bytes) else json.dumps(value).encode()
            if not check.accept(raw + b"\n", number):
                self.closer.append(number)
                line = Line(number, raw)
                line.report_faults(self.found.append)
                check.check_line(line)
        check.finish()
        self.facts = check.facts

    @property
    def places(self) -> list[tuple[str, int | None, int | None]]:
        return [(found.rule, found.line, found.column) for found in self.found]


def test_good_requests_are_looked_at_closer_only_once() -> None:
    checked = Checked(*map(request, range(100)))
    assert (checked.found, checked.closer) == ([], [1])
    assert checked.facts == ("100 requests to /v1/chat/completions", "gpt-4o-mini")


@pytest.mark.parametrize("given", ["text", ["one"], [1, 2], [[1], [2]]])
def test_inputs_of_embeddings_are_counted_quickly(given: object) -> None:
    count = 2 if given == [[1], [2]] else 1
    limits = Limits(batch_inputs=3 * count - 1)
    requests = [request(number, "/v1/embeddings", input=given) for number in range(3)]
    checked = Checked(*requests, limits=limits)
    assert checked.closer == [1]
    [found] = checked.found
    assert found.rule == "batch.too_many_inputs"
    assert found.text.startswith(f"{3 * count} embedding inputs")


def test_the_place_of_a_wrong_value_is_told() -> None:
    wrong = b'{"custom_id": "b", "method": "GET", "url": "/v1/chat/completions", '
    wrong += b'"body": {"model": "gpt-4o-mini", "messages": [{}]}}'
    assert Checked(request(1), wrong).places == [("method.not_post", 2, 30)]


def test_a_repeated_id_names_the_line_where_it_was_first() -> None:
    checked = Checked(request(1), request(2), request(1), request(2))
    assert [found.rule for found in checked.found] == ["custom_id.repeated"] * 2
    assert "“request-1” is already used in line 1." in checked.found[0].text
    assert "“request-2” is already used in line 2." in checked.found[1].text


def test_several_faults_of_a_line_are_all_told() -> None:
    checked = Checked({"custom_id": 1, "method": "get", "body": {"stream": True}})
    assert [found.rule for found in checked.found] == [
        "custom_id.not_text",
        "method.not_post",
        "url.missing",
        "model.missing",
        "stream.on",
    ]


def test_the_id_of_a_wrong_request_counts_too() -> None:
    wrong = request(1) | {"method": "GET"}
    assert [found.rule for found in Checked(wrong, request(1)).found] == [
        "method.not_post",
        "custom_id.repeated",
    ]


def test_inputs_are_not_counted_twice_when_a_line_is_looked_at_again() -> None:
    limits = Limits(batch_inputs=4)
    ones = [request(1, "/v1/embeddings", input=["a", "b"]) for _number in range(2)]
    assert [found.rule for found in Checked(*ones, limits=limits).found] == ["custom_id.repeated"]


def test_an_unknown_url_is_told_once_and_a_known_one_in_it_is_named() -> None:
    url = "https://api.openai.com/v1/responses"
    checked = Checked(*[request(number, url, input="Hi") for number in range(3)])
    assert [found.rule for found in checked.found] == ["url.unknown"]
    assert "/v1/responses." in checked.found[0].text


@pytest.mark.parametrize(
    ("url", "meant"),
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
def test_the_known_url_is_named_that_somebody_meant(url: str, meant: str | None) -> None:
    assert intended_url(url, OFFICIAL.batch_urls) == meant


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
def test_good_requests_to_any_endpoint_are_looked_at_closer_only_once(
    url: str, body: dict[str, object]
) -> None:
    checked = Checked(*[request(number, url, **body) for number in range(5)])
    assert checked.closer == [1]


@pytest.mark.parametrize("given", [None, [], "absent"])
def test_a_request_that_asks_nothing_is_not_passed_by_quickly(given: object) -> None:
    body: dict[str, Any] = {} if given == "absent" else {"messages": given}
    empty = with_body(2, model="gpt-4o-mini", **body)
    spaced = json.dumps(empty).replace("[]", "[  ]").encode()
    for wrong in (empty, spaced):
        checked = Checked(request(1), wrong)
        assert [found.line for found in checked.found] == [2]
        assert {found.rule for found in checked.found} <= {"body.key_missing", "body.key_empty"}


def test_a_request_that_belongs_elsewhere_names_the_purpose() -> None:
    checked = Checked({"messages": []}, {"item": {}}, {"custom_id": "1", "params": {}})
    assert [(found.rule, found.purpose) for found in checked.found] == [
        ("batch.other_purpose", "fine-tune"),
        ("batch.other_purpose", "evals"),
        ("batch.other_service", ""),
    ]


def test_facts_name_no_url_and_no_model_when_they_are_mixed() -> None:
    checked = Checked(request(1), request(2, "/v1/responses", input="", model="m"))
    assert checked.facts == ("2 requests",)


@pytest.mark.slow
def test_a_long_request_is_read_and_an_endless_list_in_it_is_left_alone() -> None:
    long = request(2, messages=[{"role": "user", "content": "x" * LONG_LINE_BYTES}])
    many = request(3, messages=[1] * 600_000)
    checked = Checked(request(1), long, many)
    assert checked.closer == [1, 3]
    assert [found.rule for found in checked.found] == ["json.too_involved"]
    assert checked.facts[0].startswith("3 requests")


def test_ids_past_those_that_are_compared_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_ids, "MAX_IDS", 2)
    monkeypatch.setattr(batch_check, "MAX_IDS", 2)
    checked = Checked(*map(request, range(3)))
    assert checked.places == [("batch.ids_not_compared", None, None)]


def test_of_a_repeated_id_key_the_last_counts_also_quickly() -> None:
    twice = b'{"custom_id": "x", ' + json.dumps(request(2)).encode()[1:]
    checked = Checked(request(1), twice, request(2))
    assert [found.rule for found in checked.found] == ["custom_id.repeated"]
