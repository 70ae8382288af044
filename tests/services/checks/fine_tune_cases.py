"""Files of fine-tuning examples, valid and invalid."""

from services.providers.limits import Limits
from tests.services.checks.case import Case, error, jsonl, later, warning
from tests.services.checks.conversation_cases import CONVERSATION_CASES
from tests.services.checks.example_lines import (
    ANSWER,
    CALLED,
    CALLING,
    CHAT,
    COMPLETION,
    GRADED,
    PICTURE,
    PREFERENCE,
    REFUSING,
    TOOL,
    USER,
    WITH_EMPTY_CONTENT,
    WITH_PICTURE,
    WITH_TOOLS,
    bad,
    good,
    messages,
    pictures,
    with_,
)

E, W = error, warning
NO_LIMITS = Limits()

GOOD = (
    good("chat examples", CHAT, "10 conversations"),
    good("chat examples with tools", WITH_TOOLS, "10 conversations"),
    good("chat examples with images", WITH_PICTURE, "10 conversations"),
    good("chat examples with tool calls and no text", WITH_EMPTY_CONTENT, "10 conversations"),
    good("chat examples with refusals and weights", REFUSING, "10 conversations"),
    good("preferences", PREFERENCE, "10 preferences"),
    good("reinforcement examples", GRADED, "10 reinforcement examples"),
    good(
        "reinforcement examples with tools",
        with_(GRADED, tools=[TOOL], messages=[{"role": "developer", "content": "…"}, USER]),
        "10 reinforcement examples",
    ),
    good("prompts with completions", COMPLETION, "10 prompts and completions"),
    Case(
        "few examples for another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT] * 3),
        limits=NO_LIMITS,
    ),
    Case(
        "ten images for another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[pictures(64)] * 10),
        limits=NO_LIMITS,
    ),
)

FILES = (
    Case(
        "nine examples",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT] * 9),
        (W("examples.too_few"),),
        ("9 conversations",),
    ),
    Case(
        "chat examples without any answer",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[messages(USER)] * 12),
        (W("answers.none"),),
        ("12 conversations",),
    ),
    Case(
        "answers with another service's role",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[messages(USER, {"role": "model", "content": "!"})] * 10),
        (E("role.unknown", 1),),
        ("10 conversations",),
    ),
    Case(
        "one message per line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[USER, ANSWER] * 5),
        (E("example.single_message", 1),),
    ),
    Case(
        "one message per line for another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(USER, ANSWER),
        (W("example.single_message", 1),),
        limits=NO_LIMITS,
    ),
    Case(
        "chat examples without an answer before others with one",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages(USER), messages(USER), *[CHAT] * 8, messages(USER)),
        (E("answer.missing", 1), E("answer.missing", 2), E("answer.missing", 11)),
    ),
    Case(
        "an example without grader fields before others with them",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages(USER), *[GRADED] * 9),
        (),
        ("10 reinforcement examples",),
    ),
    Case(
        "unknown keys next to messages for another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT | {"weight": 1, "id": 1}] * 10),
        (W("key.unknown", 1), W("key.unknown", 1)),
        limits=NO_LIMITS,
    ),
    Case(
        "50,001 examples with an image",
        "fine-tune",
        "examples.jsonl",
        later(lambda: jsonl(pictures(1)) * 50_001),
        (E("examples.images"),),
        ("50,001 conversations",),
        slow=True,
    ),
    Case(
        "50,000 examples with an image",
        "fine-tune",
        "examples.jsonl",
        later(lambda: jsonl(pictures(1)) * 50_000),
        slow=True,
    ),
    Case(
        "outdated and unknown keys on every line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT | {"functions": [{"name": "a"}], "id": number} for number in range(10)]),
        (W("old.functions", 1), E("key.unknown", 1)),
    ),
    Case(
        "mixed shapes",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT] * 8, PREFERENCE, COMPLETION, GRADED),
        (E("example.mixed", 9), E("example.mixed", 10), E("example.mixed", 11)),
    ),
    Case(
        "a batch request among examples",
        "fine-tune",
        "examples.jsonl",
        jsonl(
            *[CHAT] * 10, {"custom_id": "1", "method": "POST", "url": "/v1/responses", "body": {}}
        ),
        (E("example.unknown", 11),),
    ),
    Case(
        "another server's shape",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[{"text": "all in one"}] * 2),
        (W("example.unknown", 1),),
        (),
        limits=NO_LIMITS,
    ),
    Case(
        "another server's role",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages({"role": "ipython", "content": "1"}, ANSWER)),
        (W("role.unknown", 1),),
        limits=NO_LIMITS,
    ),
    Case(
        "missing grader fields on one line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[GRADED] * 10, messages(USER), with_(GRADED, more=1)),
        (W("reinforcement.fields", 11),),
        ("12 reinforcement examples",),
    ),
    Case(
        "eval items for fine-tuning",
        "fine-tune",
        "items.jsonl",
        jsonl(*[{"item": {"a": 1}}] * 10),
        (E("example.unknown", 1),),
    ),
)

OTHER_SHAPES = (
    bad(
        "no input",
        {key: PREFERENCE[key] for key in ("preferred_output", "non_preferred_output")},
        E("input.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "input that is a string", with_(PREFERENCE, input="hi"), E("input.kind", 3), base=PREFERENCE
    ),
    bad(
        "input without messages",
        with_(PREFERENCE, input={}),
        E("messages.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "an unknown key in the input",
        with_(PREFERENCE, input={"messages": [USER], "id": 1}),
        W("key.unknown", 3),
        base=PREFERENCE,
    ),
    bad(
        "an unknown key next to the outputs",
        with_(PREFERENCE, id=1),
        W("key.unknown", 3),
        base=PREFERENCE,
    ),
    bad(
        "no preferred output",
        with_(PREFERENCE, preferred_output=[]),
        E("output.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "only one output",
        {"input": {"messages": [USER]}, "preferred_output": [ANSWER]},
        E("output.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "an output that is a string",
        with_(PREFERENCE, preferred_output="No."),
        E("output.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "two preferred outputs",
        with_(PREFERENCE, preferred_output=[ANSWER] * 2),
        E("output.too_many", 3),
        base=PREFERENCE,
    ),
    bad(
        "an output from the user",
        with_(PREFERENCE, preferred_output=[USER]),
        E("output.role", 3),
        base=PREFERENCE,
    ),
    bad(
        "a preference about an image",
        with_(PREFERENCE, input={"messages": [{"role": "user", "content": [PICTURE]}]}),
        W("preference.image", 3),
        base=PREFERENCE,
    ),
    bad(
        "a system message for reinforcement",
        with_(GRADED, messages=[{"role": "system", "content": "…"}, USER]),
        E("role.unknown", 3),
        base=GRADED,
    ),
    bad(
        "a reinforcement example that doesn't end with the user",
        with_(GRADED, messages=[USER, CALLING, CALLED]),
        W("reinforcement.last", 3),
        base=GRADED,
    ),
    bad(
        "a prompt that is a list",
        with_(COMPLETION, prompt=["a"]),
        E("completion.kind", 3),
        base=COMPLETION,
    ),
    bad(
        "an empty completion",
        with_(COMPLETION, completion=""),
        W("completion.empty", 3),
        base=COMPLETION,
    ),
    good("empty prompts", with_(COMPLETION, prompt=""), "10 prompts and completions"),
    bad(
        "a null completion",
        with_(COMPLETION, completion=None),
        E("completion.kind", 3),
        base=COMPLETION,
    ),
    bad(
        "an unknown key next to the completion",
        with_(COMPLETION, id=1),
        W("key.unknown", 3),
        base=COMPLETION,
    ),
)


FINE_TUNE_CASES = (*GOOD, *FILES, *CONVERSATION_CASES, *OTHER_SHAPES)
