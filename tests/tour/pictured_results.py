"""The content of the batch output in the pictures: 1,936 results, 41.7 MB with their logprobs."""

import json

NUMBER = 1_936
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


def _line(number: int, logprobs: str) -> bytes:
    answer = _ANSWERS[number * 7 % len(_ANSWERS)]
    body = {
        "model": "gpt-4.1-mini-2025-04-14",
        "choices": [{"message": {"role": "assistant", "content": answer}, "logprobs": logprobs}],
        "usage": {"prompt_tokens": 2_148 - number % 60, "completion_tokens": 160 + number % 63},
    }
    response = {"status_code": 200, "request_id": f"req_{number:016x}", "body": body}
    custom_id = f"q-{number * 1_187 % 2_000:04}"
    result = {
        "id": f"batch_req_{number:012x}",
        "custom_id": custom_id,
        "response": response,
        "error": None,
    }
    return json.dumps(result, ensure_ascii=False).encode() + b"\n"
