"""Batch input files, valid and invalid."""

from services.providers.limits import OFFICIAL, Limits
from services.providers.providers import provider_named
from tests.services.checks.case import Case, Expected, error, in_line, jsonl, later, warning

Json = dict[str, object]

E, W = error, warning
NO_LIMITS = Limits()
AZURE = provider_named("azure").limits
MODEL = "gpt-4o-mini"


def request(number: int, url: str = "/v1/chat/completions", **body: object) -> Json:
    """A valid request, like the ones in the API reference."""
    if url.endswith("/chat/completions"):
        body = {"messages": [HI]} | body
    return {
        "custom_id": f"request-{number}",
        "method": "POST",
        "url": url,
        "body": {"model": MODEL, **body},
    }


def with_body(number: int, url: str = "/v1/chat/completions", **body: object) -> Json:
    """A request with exactly this body."""
    return request(number, url) | {"body": body}


MIXED, LEFT = error("model.mixed", 3), warning("model.placeholder", 3)
HI = {"role": "user", "content": "Hi"}
GOOD_LINES = [request(number) for number in range(4)]
EMBEDDING = request(0, "/v1/embeddings", input="text")
MODERATION = request(0, "/v1/moderations", input="text")


def _bad(title: str, value: object, *expected: Expected) -> Case:
    """A file of four lines with `value` as the third."""
    return Case(title, "batch", "requests.jsonl", in_line(3, value, GOOD_LINES), expected)


def _of(
    title: str,
    *values: object,
    expected: tuple[Expected, ...] = (),
    facts: tuple[str, ...] | None = None,
    limits: Limits = OFFICIAL,
) -> Case:
    return Case(title, "batch", "requests.jsonl", jsonl(*values), expected, facts, limits)


def _many(title: str, count: int, *expected: Expected, limits: Limits = OFFICIAL) -> Case:
    content = later(lambda: jsonl(*map(request, range(count))))
    return Case(title, "batch", "requests.jsonl", content, expected, limits=limits, slow=True)


def _many_inputs(title: str, inputs: int, count: int, *expected: Expected) -> Case:
    lines = [request(number, "/v1/embeddings", input=["a"] * inputs) for number in range(count)]
    return Case(title, "batch", "requests.jsonl", later(lambda: jsonl(*lines)), expected)


def _good(url: str, **body: object) -> Case:
    lines = [request(number, url, **body) for number in range(2)]
    facts = (f"2 requests to {url}", MODEL)
    return Case(f"requests to {url}", "batch", "requests.jsonl", jsonl(*lines), facts=facts)


def _without(key: str) -> Json:
    return {name: value for name, value in request(9).items() if name != key}


GOOD = (
    Case(
        "requests",
        "batch",
        "requests.jsonl",
        jsonl(*GOOD_LINES),
        facts=("4 requests to /v1/chat/completions", MODEL),
    ),
    _good("/v1/responses", input="Hi"),
    _good("/v1/embeddings", input=["one", "two"]),
    _good("/v1/completions", prompt="Hi"),
    _good("/v1/moderations", input="Hi"),
    _good("/v1/images/generations", prompt="A crane"),
    _good("/v1/images/edits", prompt="A crane"),
    _good("/v1/videos", prompt="A crane"),
    _of("a request with stream false", request(1, stream=False)),
    _of(
        "responses with a stored prompt that specifies the model",
        *[with_body(n, "/v1/responses", prompt={"id": "pmpt_1"}) for n in range(3)],
    ),
    _of(
        "responses that continue others",
        request(1, "/v1/responses", previous_response_id="resp_1"),
        request(2, "/v1/responses", conversation="conv_1"),
    ),
    _of("embeddings of tokens", request(1, "/v1/embeddings", input=[[1, 2], [3]])),
    _of("an Azure url", request(1, "/chat/completions"), limits=AZURE),
)

KEYS = (
    _bad("a request that is a list", [1], E("line.not_object", 3)),
    _bad("a request that is null", None, E("line.not_object", 3)),
    _bad("a request that is a string", "hi", E("line.not_object", 3)),
    _bad("no custom_id", _without("custom_id"), E("custom_id.missing", 3)),
    _bad(
        "a custom_id that is a number", request(9) | {"custom_id": 9}, E("custom_id.not_string", 3)
    ),
    _bad(
        "a custom_id that is null", request(9) | {"custom_id": None}, E("custom_id.not_string", 3)
    ),
    _bad("a repeated custom_id", request(0), E("custom_id.repeated", 3)),
    _bad("no method", _without("method"), E("method.missing", 3)),
    _bad("the method GET", request(9) | {"method": "GET"}, E("method.not_post", 3)),
    _bad("a lowercase method", request(9) | {"method": "post"}, E("method.not_post", 3)),
    _bad("no url", _without("url"), E("url.missing", 3)),
    _bad("a url that is a number", request(9) | {"url": 1}, E("url.not_string", 3)),
    _bad("no body", _without("body"), E("body.missing", 3)),
    _bad("a body that is a string", request(9) | {"body": "{}"}, E("body.not_object", 3)),
    _bad("no model", request(9) | {"body": {"messages": [HI]}}, E("model.missing", 3)),
    _bad("a model that is a number", request(9, model=4), E("model.not_string", 3)),
    _bad("a different model", request(9, model="gpt-4o"), E("model.mixed", 3)),
    _bad("a request with stream true", request(9, stream=True), E("stream.on", 3)),
    _bad("no messages", with_body(9, model=MODEL), E("body.key_missing", 3)),
    _bad("messages null", request(9, messages=None), E("body.key_missing", 3)),
    _bad("empty messages", request(9, messages=[]), E("body.key_empty", 3)),
    _bad(
        "a batch answer",
        {"id": "a", "custom_id": "b", "response": {}, "error": None},
        E("batch.answer", 3),
    ),
    _bad(
        "a request in another service's batch format",
        {"custom_id": "b", "params": {"model": MODEL, "messages": [HI]}},
        E("batch.other_service", 3),
    ),
    *[
        _bad(f"a request in the batch format with “{key}”", line, E("batch.other_service", 3))
        for key, line in (
            ("request", {"key": "b", "request": {"contents": [{"parts": [{"text": "Hi"}]}]}}),
            ("request alone", {"request": {"contents": []}}),
            ("modelInput", {"recordId": "b", "modelInput": {"messages": [HI]}}),
            ("params alone", {"params": {"model": MODEL, "messages": [HI]}}),
        )
    ],
    *[
        _bad(f"a line of other data: {title}", line, E("batch.unknown", 3))
        for title, line in (
            ("an ID and an input", {"id": 7, "input": "Hi"}),
            ("an RPC call", {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {}}),
            ("a log entry", {"time": 7, "request": {"path": "/"}, "response": {"status": 200}}),
            ("a question and its response", {"query": "1 + 1?", "response": "2"}),
            ("a web page", {"url": "https://example.org/", "title": "Cranes"}),
            ("an article", {"title": "Cranes", "body": "They fly."}),
        )
    ],
    _bad(
        "a request with uppercase keys",
        {key.upper(): held for key, held in request(9).items()},
        E("key.uppercase", 3),
    ),
    _bad(
        "only a body",
        {"body": {"model": MODEL, "messages": [HI]}},
        E("custom_id.missing", 3),
        E("method.missing", 3),
        E("url.missing", 3),
    ),
    _bad("a placeholder model in one request", request(9, model="{{model}}"), LEFT, MIXED),
    _bad(
        "a fine-tuning example among requests",
        {"messages": [HI]},
        E("batch.other_purpose", 3),
    ),
    _bad("an eval item among requests", {"item": {}}, E("batch.other_purpose", 3)),
    _bad("a different url", request(9, "/v1/responses", input="Hi"), E("url.mixed", 3)),
)

FILES = (
    _of(
        "lines that aren't requests",
        *[{"question": f"{number} + 1?", "answer": number + 1} for number in range(3)],
        expected=(E("batch.unknown", 1),),
        facts=(),
    ),
    _of(
        "lines that aren't requests for another server",
        {"question": "1 + 1?"},
        expected=(E("batch.unknown", 1),),
        limits=NO_LIMITS,
    ),
    *[
        _of(
            f"a template with the model {model}",
            *[request(number, model=model) for number in range(2)],
            expected=(W("model.placeholder", 1),),
            limits=limits,
        )
        for model, limits in (
            ("<deployment>", AZURE),
            ("${MODEL}", OFFICIAL),
            ("REPLACE-WITH-DEPLOYMENT-NAME", AZURE),
            ("your_model_name", NO_LIMITS),
        )
    ],
    _of("a fine-tuned model", request(1, model="ft:gpt-4o-mini:yourself::a1")),
    *[
        _of(
            f"empty requests to {url}",
            request(1, url, **{key: "a"}),
            request(2, url),
            expected=(E("body.key_missing", 2),),
        )
        for url, key in (
            ("/v1/responses", "input"),
            ("/v1/completions", "prompt"),
            ("/v1/images/generations", "prompt"),
        )
    ],
    *[
        _of(f"url written {url}", request(1, url), expected=(E("url.unknown", 1),))
        for url in ("v1/chat/completions", "/chat/completions", "/v1/chat/completions/")
    ],
    _of(
        "a stored prompt null",
        with_body(1, "/v1/responses", prompt=None),
        expected=(W("model.missing", 1), E("body.key_missing", 1)),
    ),
    _of(
        "no messages for another server",
        request(1, messages=[]),
        expected=(E("body.key_empty", 1),),
        limits=NO_LIMITS,
    ),
    _of(
        "a request with stream true for another server",
        request(1, stream=True),
        expected=(W("stream.on", 1),),
        limits=NO_LIMITS,
    ),
    _of(
        "an unknown url",
        *[request(n, "/v1/chat/completion") for n in (1, 2)],
        expected=(E("url.unknown", 1),),
    ),
    _of(
        "a full URL",
        request(1, "https://api.openai.com/v1/responses", input="Hi"),
        expected=(E("url.unknown", 1),),
    ),
    _of(
        "a url that another server may know",
        request(1, "/v1/rerank"),
        expected=(W("url.unknown", 1),),
        limits=NO_LIMITS,
    ),
    _of(
        "requests to a server that needs no url",
        {"custom_id": "1", "body": {"model": "m", "messages": [HI]}},
        expected=(W("method.missing", 1), W("url.missing", 1)),
        limits=NO_LIMITS,
    ),
    _of(
        "two models for another server",
        request(1),
        request(2, model="m"),
        expected=(W("model.mixed", 2),),
        limits=NO_LIMITS,
    ),
    _many("50,000 requests", 50_000),
    _many("50,001 requests", 50_001, E("batch.too_many_requests")),
    _many("50,001 requests for Azure", 50_001, limits=AZURE),
    _many_inputs("50,000 embedding inputs", 25_000, 2),
    _many_inputs("50,001 embedding inputs", 16_667, 3, E("batch.too_many_inputs")),
    _of(
        "embeddings without input",
        EMBEDDING,
        request(1, "/v1/embeddings"),
        expected=(E("body.key_missing", 2),),
    ),
    _of(
        "embeddings with empty input",
        EMBEDDING,
        request(1, "/v1/embeddings", input=[]),
        expected=(E("body.key_empty", 2),),
    ),
    _of(
        "moderations without input",
        MODERATION,
        request(1, "/v1/moderations"),
        expected=(E("body.key_missing", 2),),
    ),
    _of(
        "moderations with stream true",
        MODERATION,
        request(1, "/v1/moderations", input="a", stream=True),
        expected=(E("stream.on", 2),),
    ),
)

BATCH_CASES = (*GOOD, *KEYS, *FILES)
