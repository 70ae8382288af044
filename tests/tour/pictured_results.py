"""The files of the batch in the pictures: 2,000 requests, 1,936 results and 64 errors."""

import json

NUMBER = 1_936
_REQUESTS = 2_000
_QUESTIONS = (
    "When will parcel NP-48210 be delivered?",
    "Are parcels insured?",
    "I'd like my money back for a parcel that came too late.",
    "Which carrier brings parcels to the islands?",
    "What may a parcel weigh at most?",
    "Do you come again if nobody is at home?",
    "Why does tracking show nothing yet?",
    "May I return a parcel, or exchange what is in it?",
    "My parcel has not been seen for a week.",
    "Is Saturday a working day?",
)
_TEXTS = 48_210
_TITLES = (
    "Northwind Parcel, annual report",
    "Dear shareholders, the year began well",
    "Table 1: parcels by country",
    "Depots opened in Leipzig and Graz",
    "Risks: fuel, weather, strikes",
    "Notes to the accounts, part two",
    "Glossary of terms, A to F",
)
_ANSWERS = (
    '{"label": "delivery_time", "confidence": 0.97}',
    "Yes. Every parcel is insured up to €500 without extra charge.",
    '{"label": "refund", "confidence": 0.93}',
    "The extract does not say. Please ask the carrier.",
    "A parcel shop takes parcels of up to 20 kg.",
    "No. A second attempt is made on the next working day.",
    "Tracking starts with the first scan, not with the label.",
    "Neither option fits on its own. Tell the shop first, within 14 days.",
    '{"label": "lost_parcel", "confidence": 0.79}',
    "Saturdays count as working days; Sundays don't.",
)


def results(size: int) -> bytes:
    """A batch output file of that many bytes."""
    lines = [_line(number, "") for number in range(NUMBER)]
    missing, rest = divmod(size - sum(map(len, lines)), NUMBER)
    return b"".join(_line(number, "x" * (missing + (number < rest))) for number in range(NUMBER))


def requests(size: int) -> bytes:
    """The batch input file, of that many bytes."""
    lines = [_request(number, "") for number in range(_REQUESTS)]
    missing, rest = divmod(size - sum(map(len, lines)), _REQUESTS)
    return b"".join(
        _request(number, "x" * (missing + (number < rest))) for number in range(_REQUESTS)
    )


def errors() -> bytes:
    """The batch error file."""
    return b"".join(map(_error, range(NUMBER, _REQUESTS)))


def texts_to_embed(size: int) -> bytes:
    """The input file of a batch of embeddings, of that many bytes."""
    lines = [_embedding(number, "") for number in range(_TEXTS)]
    missing, rest = divmod(size - sum(map(len, lines)), _TEXTS)
    return b"".join(
        _embedding(number, "x" * (missing + (number < rest))) for number in range(_TEXTS)
    )


def _embedding(number: int, padding: str) -> bytes:
    text = f"{_TITLES[number % len(_TITLES)]}. {padding}"
    body = {"model": "text-embedding-3-large", "input": text}
    line = {"custom_id": f"doc-{number + 1:06}", "method": "POST", "url": "/v1/embeddings"}
    return _json_line(line | {"body": body})


def _custom_id(number: int) -> str:
    return f"q-{number * 1_187 % _REQUESTS:04}"


def _json_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _request(number: int, padding: str) -> bytes:
    question = _QUESTIONS[number * 7 % len(_QUESTIONS)]
    body = {
        "model": "gpt-4.1-mini",
        "messages": [
            {"role": "system", "content": "You answer questions about parcels, briefly."},
            {"role": "user", "content": question},
        ],
        "metadata": {"extract": padding},
    }
    line = {"custom_id": _custom_id(number), "method": "POST", "url": "/v1/chat/completions"}
    return _json_line(line | {"body": body})


def _error(number: int) -> bytes:
    code, message = (429, "rate_limit_exceeded") if number % 4 else (400, "invalid_prompt")
    error = {"code": message, "message": "Rate limit reached." if number % 4 else "Too long."}
    response = {"status_code": code, "request_id": f"req_{number:016x}", "body": {"error": error}}
    line = {"id": f"batch_req_{number:012x}", "custom_id": _custom_id(number)}
    return _json_line(line | {"response": response, "error": None})


def _line(number: int, logprobs: str) -> bytes:
    answer = _ANSWERS[number * 7 % len(_ANSWERS)]
    body = {
        "model": "gpt-4.1-mini-2025-04-14",
        "choices": [{"message": {"role": "assistant", "content": answer}, "logprobs": logprobs}],
        "usage": {"prompt_tokens": 2_148 - number % 60, "completion_tokens": 160 + number % 63},
    }
    response = {"status_code": 200, "request_id": f"req_{number:016x}", "body": body}
    result = {
        "id": f"batch_req_{number:012x}",
        "custom_id": _custom_id(number),
        "response": response,
        "error": None,
    }
    return _json_line(result)
