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
    good("conversations", CHAT, "10 conversations"),
    good("conversations with tools", WITH_TOOLS, "10 conversations"),
    good("conversations with images", WITH_PICTURE, "10 conversations"),
    good("conversations with calls and no text", WITH_EMPTY_CONTENT, "10 conversations"),
    good("conversations with refusals and weights", REFUSING, "10 conversations"),
    good("preferences", PREFERENCE, "10 preferences"),
    good("examples for reinforcement", GRADED, "10 reinforcement examples"),
    good(
        "examples for reinforcement with tools",
        with_(GRADED, tools=[TOOL], messages=[{"role": "developer", "content": "…"}, USER]),
        "10 reinforcement examples",
    ),
    good("prompts with completion", COMPLETION, "10 prompts and completions"),
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
        (W("examples.few"),),
        ("9 conversations",),
    ),
    Case(
        "conversations without any answer",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[messages(USER)] * 12),
        (W("answers.none"),),
        ("12 conversations",),
    ),
    Case(
        "conversations whose answers have the role of another service",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[messages(USER, {"role": "model", "content": "!"})] * 10),
        (E("role.unknown", 1),),
        ("10 conversations",),
    ),
    Case(
        "a message on each line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[USER, ANSWER] * 5),
        (E("example.one_message", 1),),
    ),
    Case(
        "a message on each line for another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(USER, ANSWER),
        (W("example.one_message", 1),),
        limits=NO_LIMITS,
    ),
    Case(
        "conversations without an answer before those that have one",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages(USER), messages(USER), *[CHAT] * 8, messages(USER)),
        (E("answer.missing", 1), E("answer.missing", 2), E("answer.missing", 11)),
    ),
    Case(
        "a question without fields before those for the grader",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages(USER), *[GRADED] * 9),
        (),
        ("10 reinforcement examples",),
    ),
    Case(
        "keys beside the messages for another server",
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
        "the same old and unknown keys in every line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT | {"functions": [{"name": "a"}], "id": number} for number in range(10)]),
        (W("old.functions", 1), E("key.unknown", 1)),
    ),
    Case(
        "shapes mixed",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[CHAT] * 8, PREFERENCE, COMPLETION, GRADED),
        (E("example.mixed", 9), E("example.mixed", 10), E("example.mixed", 11)),
    ),
    Case(
        "requests of a batch among the examples",
        "fine-tune",
        "examples.jsonl",
        jsonl(
            *[CHAT] * 10, {"custom_id": "1", "method": "POST", "url": "/v1/responses", "body": {}}
        ),
        (E("example.unknown", 11),),
    ),
    Case(
        "shapes of another server",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[{"text": "all in one"}] * 2),
        (W("example.unknown", 1),),
        (),
        limits=NO_LIMITS,
    ),
    Case(
        "a role that another server may know",
        "fine-tune",
        "examples.jsonl",
        jsonl(messages({"role": "ipython", "content": "1"}, ANSWER)),
        (W("role.unknown", 1),),
        limits=NO_LIMITS,
    ),
    Case(
        "fields for the grader that are missing in one line",
        "fine-tune",
        "examples.jsonl",
        jsonl(*[GRADED] * 10, messages(USER), with_(GRADED, more=1)),
        (W("reinforcement.fields", 11),),
        ("12 reinforcement examples",),
    ),
    Case(
        "an evals file sent for fine-tuning",
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
    bad("input that is text", with_(PREFERENCE, input="hi"), E("input.kind", 3), base=PREFERENCE),
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
        "an unknown key beside the outputs",
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
        "one output only",
        {"input": {"messages": [USER]}, "preferred_output": [ANSWER]},
        E("output.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "an output that is text",
        with_(PREFERENCE, preferred_output="No."),
        E("output.kind", 3),
        base=PREFERENCE,
    ),
    bad(
        "two preferred outputs",
        with_(PREFERENCE, preferred_output=[ANSWER] * 2),
        E("output.several", 3),
        base=PREFERENCE,
    ),
    bad(
        "an output of the user",
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
        "a conversation for reinforcement that does not end with the user",
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
        "a completion that is null",
        with_(COMPLETION, completion=None),
        E("completion.kind", 3),
        base=COMPLETION,
    ),
    bad(
        "an unknown key beside the completion",
        with_(COMPLETION, id=1),
        W("key.unknown", 3),
        base=COMPLETION,
    ),
)


FINE_TUNE_CASES = (*GOOD, *FILES, *CONVERSATION_CASES, *OTHER_SHAPES)
