"""Generates the sandbox's sample files: `python packaging/make_samples.py [FOLDER]`.

All content is generated here from a fixed seed, so every run writes the same files (images and
archives are identical only with the same version of zlib). The default FOLDER is
`resources/samples/`.
"""

import csv
import io
import json
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sample_documents import (
    bar_chart,
    contracts,
    falling_curves,
    floor_plan,
    handbook,
    invoice_scan,
    offer,
)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # to find the program

from services.sandbox.fine_tuning.step_metrics import step_metrics_table  # noqa: E402
from services.sandbox.sample_jobs import JOB_SEED  # noqa: E402

HOUR = 3600
DAY = 24 * HOUR
_REGIONS = ("North", "South", "East", "West")

_QUESTIONS = (
    ("What is the capital of France?", "Paris."),
    ("Which city lies where the Rhône meets the Saône?", "Lyon."),
    ("How far is the airport from the city center?", "About 42 km to the north."),
    ("Can I return shoes that I have worn once?", "Yes, within 14 days, if the soles are clean."),
    ("Which plan includes priority support?", "The Team plan and all higher plans."),
    ("How do I export my invoices?", "Open Billing, choose a month and click Export."),
    ("Is the warehouse open on Sundays?", "No, it is open Monday to Saturday, 8 a.m. to 6 p.m."),
    ("Does the warranty cover water damage?", "No; see section 4 of the warranty."),
    ("Can two people share one license?", "Yes, but not at the same time."),
    (
        "Why was my card charged twice?",
        "The first charge is a hold, which disappears within three days.",
    ),
)
_FEELINGS = ("calm", "hurried", "puzzled", "annoyed", "grateful")


def main(arguments: Sequence[str]) -> int:
    """Write all samples and `samples.json`."""
    default = ROOT / "resources" / "samples"
    folder = Path(arguments[0]) if arguments else default
    folder.mkdir(parents=True, exist_ok=True)
    listed, total = [], 0
    for name, purpose, age, expires_in, shown_as, make in _SAMPLES:
        content = make(random.Random(name))
        (folder / name).write_bytes(content)
        total += len(content)
        entry = {"file": name, "purpose": purpose, "age": age}
        if expires_in is not None:
            entry["expires_in"] = expires_in
        if shown_as is not None:
            entry["filename"] = shown_as
        listed.append(entry)
    text = ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in listed)
    (folder / "samples.json").write_text(f"[\n{text}\n]\n", encoding="utf-8", newline="\n")
    print(f"{len(listed)} files, {total} bytes in {folder}")
    return 0


# JSON Lines.


def _lines(values: Iterable[object]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _chat_requests(prefix: str, count: int) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        return _lines(
            {
                "custom_id": f"{prefix}-{number:04}",
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {
                    "model": "gpt-4o-mini",
                    "messages": [
                        _message("system", "Answer in one sentence."),
                        _message("user", rng.choice(_QUESTIONS)[0]),
                    ],
                    "max_tokens": 120,
                },
            }
            for number in range(1, count + 1)
        )

    return make


def _error_status(number: int) -> int | None:
    """The HTTP status of a request in the chat batch if it failed."""
    if number % 17 == 0:
        return 429
    return 400 if number % 19 == 0 else None


def _answer_line(rng: random.Random, custom_id: str, status: int, body: object) -> object:
    return {
        "id": f"batch_req_{rng.getrandbits(96):024x}",
        "custom_id": custom_id,
        "response": {
            "status_code": status,
            "request_id": f"{rng.getrandbits(128):032x}",
            "body": body,
        },
        "error": None,
    }


def _chat_answers(prefix: str, count: int) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        lines = []
        for number in range(1, count + 1):
            if _error_status(number):
                continue
            answer = rng.choice(_QUESTIONS)[1]
            tokens = len(answer) // 4
            body = {
                "id": f"chatcmpl-{rng.getrandbits(96):024x}",
                "object": "chat.completion",
                "created": 1_790_000_000 + number,
                "model": "gpt-4o-mini-2024-07-18",
                "choices": [
                    {
                        "index": 0,
                        "message": _message("assistant", answer),
                        "finish_reason": "stop",
                    }
                ],
                "usage": {
                    "prompt_tokens": 27,
                    "completion_tokens": tokens,
                    "total_tokens": 27 + tokens,
                },
            }
            lines.append(_answer_line(rng, f"{prefix}-{number:04}", 200, body))
        rng.shuffle(lines)  # a batch's results come in any order
        return _lines(lines)

    return make


def _chat_errors(prefix: str, count: int) -> Callable[[random.Random], bytes]:
    errors = {
        429: ("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
        400: (
            "This request is longer than the model's context.",
            "invalid_request_error",
            "context_length_exceeded",
        ),
    }

    def make(rng: random.Random) -> bytes:
        lines = []
        for number in range(1, count + 1):
            status = _error_status(number)
            if status is None:
                continue
            message, kind, code = errors[status]
            body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
            lines.append(_answer_line(rng, f"{prefix}-{number:04}", status, body))
        return _lines(lines)

    return make


def _embedding_requests(count: int) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        return _lines(
            {
                "custom_id": f"doc-{number:04}",
                "method": "POST",
                "url": "/v1/embeddings",
                "body": {
                    "model": "text-embedding-3-small",
                    "input": " ".join(rng.choice(_QUESTIONS)),
                    "dimensions": 16,
                },
            }
            for number in range(1, count + 1)
        )

    return make


def _embedding_answers(count: int) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        lines = []
        for number in range(1, count + 1):
            numbers = [round(rng.uniform(-0.4, 0.4), 6) for _ in range(16)]
            body = {
                "object": "list",
                "data": [{"object": "embedding", "index": 0, "embedding": numbers}],
                "model": "text-embedding-3-small",
                "usage": {"prompt_tokens": 19, "total_tokens": 19},
            }
            lines.append(_answer_line(rng, f"doc-{number:04}", 200, body))
        return _lines(lines)

    return make


def _moderation_requests(rng: random.Random) -> bytes:
    return _lines(
        {
            "custom_id": f"comment-{number}",
            "method": "POST",
            "url": "/v1/moderations",
            "body": {"model": "omni-moderation-latest", "input": rng.choice(_QUESTIONS)[0]},
        }
        for number in range(1, 26)
    )


def _support_chats(count: int) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        chats = []
        for _number in range(count):
            question, answer = rng.choice(_QUESTIONS)
            chats.append(
                {
                    "messages": [
                        _message("system", "You help the customers of a small online store."),
                        _message("user", f"({rng.choice(_FEELINGS)}) {question}"),
                        _message("assistant", answer),
                    ]
                }
            )
        return _lines(chats)

    return make


def _preferences(rng: random.Random) -> bytes:
    return _lines(
        {
            "input": {"messages": [_message("user", question)]},
            "preferred_output": [_message("assistant", answer)],
            "non_preferred_output": [_message("assistant", f"Well… {answer.lower()} I think?")],
        }
        for question, answer in rng.sample(_QUESTIONS * 2, 16)
    )


def _grader_items(rng: random.Random) -> bytes:
    return _lines(
        {
            "item": {"question": question, "reference_answer": answer, "weight": weight},
            "sample": {"output_text": answer if weight else "I can't say."},
        }
        for question, answer in _QUESTIONS * 3
        for weight in (rng.randint(0, 1),)
    )


def _refund_cases(rng: random.Random) -> bytes:
    return _lines(
        {"item": {"days": days, "opened": opened, "label": "refund" if days <= 14 else "refuse"}}
        for days, opened in ((rng.randint(1, 40), rng.random() < 0.3) for _ in range(40))
    )


# CSV and text files.


def _table(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _step_metrics(steps: int, seed: int) -> Callable[[random.Random], bytes]:
    """The same numbers as in the events that the sandbox tells of a job with this seed."""
    return lambda _rng: step_metrics_table(steps, has_validation=True, seed=seed)


def _customers(rng: random.Random) -> bytes:
    rows: list[Sequence[object]] = [("customer", "region", "orders", "revenue")]
    rows.extend(
        (f"C-{number:04}", rng.choice(_REGIONS), rng.randint(1, 60), f"{rng.uniform(20, 4000):.2f}")
        for number in range(1, 181)
    )
    return _table(rows)


def _revenue(rng: random.Random) -> bytes:
    rows: list[Sequence[object]] = [("month", *_REGIONS)]
    rows.extend(
        (f"2026-{month:02}", *(rng.randint(8_000, 30_000) for _ in _REGIONS))
        for month in range(1, 11)
    )
    return _table(rows)


def _faq(_rng: random.Random) -> bytes:
    answers = "\n".join(f"## {question}\n\n{answer}\n" for question, answer in _QUESTIONS)
    return f"# Frequently asked questions\n\n{answers}".encode()


def _release_notes(_rng: random.Random) -> bytes:
    versions = "\n".join(
        f"## 4.{minor}\n\n- Exporting invoices is {minor + 2} times as fast.\n"
        f"- Fixed: a search for “{feeling}” found nothing.\n"
        for minor, feeling in reversed(list(enumerate(_FEELINGS)))
    )
    return f"# Release notes\n\n{versions}".encode()


def _error_codes(_rng: random.Random) -> bytes:
    codes = {"E100": "No connection", "E204": "Nothing to export", "E310": "License expired"}
    return (json.dumps(codes, indent=2) + "\n").encode()


def _minutes(_rng: random.Random) -> bytes:
    lines = ["Minutes of 12 November", ""]
    lines += [f"{number}. {question}" for number, (question, _a) in enumerate(_QUESTIONS, 1)]
    return ("\n".join(lines) + "\n").encode()


def _costs(rng: random.Random) -> bytes:
    names = ("Miete", "Löhne", "Büromöbel", "Strom", "Porto")
    return "".join(f"{name:<12}{rng.randint(90, 9000):>8} €\n" for name in names).encode()


# File, purpose, age and remaining lifetime in seconds, displayed name if different, generator.
_SAMPLES: tuple[
    tuple[str, str, int, int | None, str | None, Callable[[random.Random], bytes]], ...
] = (
    ("eval-sweep-0412.jsonl", "batch", 5 * HOUR, 30 * DAY - 5 * HOUR, None, _chat_requests("q", 90)),
    ("batch_67f1_output.jsonl", "batch_output", 4 * HOUR, 30 * DAY - 4 * HOUR, None, _chat_answers("q", 90)),
    ("batch_67f1_error.jsonl", "batch_output", 4 * HOUR, 30 * DAY - 4 * HOUR, None, _chat_errors("q", 90)),
    ("moderation-queue.jsonl", "batch", 40 * 60, 2 * DAY, None, _moderation_requests),
    ("nightly-embeddings-1109.jsonl", "batch", 11 * DAY, 19 * DAY, None, _embedding_requests(80)),
    ("batch_67c9_output.jsonl", "batch_output", 11 * DAY - HOUR, 19 * DAY, None, _embedding_answers(80)),
    ("support-chat-train-v7.jsonl", "fine-tune", DAY + 3 * HOUR, None, None, _support_chats(120)),
    ("support-chat-valid-v7.jsonl", "fine-tune", DAY + 3 * HOUR, None, None, _support_chats(24)),
    ("support-chat-train-v6.jsonl", "fine-tune", 16 * DAY, None, None, _support_chats(96)),
    ("tone-preferences.jsonl", "fine-tune", 8 * DAY, None, None, _preferences),
    ("step_metrics-v7.csv", "fine-tune-results", DAY, None, "step_metrics.csv", _step_metrics(240, JOB_SEED)),
    ("step_metrics-v6.csv", "fine-tune-results", 15 * DAY, None, "step_metrics.csv", _step_metrics(180, JOB_SEED - 1)),
    ("product-faq.md", "assistants", 8 * DAY + 5 * HOUR, None, None, _faq),
    ("release-notes.md", "assistants", 13 * DAY, None, None, _release_notes),
    ("error-codes.json", "assistants", 13 * DAY, None, None, _error_codes),
    ("chart.png", "assistants_output", 8 * DAY, None, None, bar_chart),
    ("learning-curve.png", "assistants_output", 20 * HOUR, None, None, falling_curves),
    ("revenue-by-region.csv", "assistants_output", 8 * DAY, None, None, _revenue),
    ("invoice-scan-0031.png", "vision", 4 * DAY, 3 * DAY, None, invoice_scan),
    ("invoice-scan-0032.png", "vision", 4 * DAY, 3 * DAY, None, invoice_scan),
    ("invoice-scan-0033.png", "vision", 4 * DAY, 3 * DAY, None, invoice_scan),
    ("floor-plan.png", "vision", 18 * DAY, None, None, floor_plan),
    ("handbook-2026.pdf", "user_data", 3 * DAY, None, None, handbook),
    ("offer-2291.pdf", "user_data", 6 * DAY, 6 * DAY, None, offer),
    ("customers-2026-q3.csv", "user_data", 10 * DAY, None, None, _customers),
    ("contract-archive.zip", "user_data", 18 * DAY + 2 * HOUR, None, None, contracts),
    ("minutes-1112.txt", "user_data", 8 * DAY + HOUR, None, "Minutes 12 November.txt", _minutes),
    ("costs-2026.txt", "user_data", 21 * DAY, None, "Kostenübersicht 2026.txt", _costs),
    ("grader-items.jsonl", "evals", 11 * DAY + 6 * HOUR, None, None, _grader_items),
    ("refund-cases.jsonl", "evals", 2 * DAY, None, None, _refund_cases),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
