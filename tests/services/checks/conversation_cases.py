"""Chat examples: roles, content, answers and tools."""

from tests.services.checks.case import Case, error, in_line, later, warning
from tests.services.checks.example_lines import (
    ANSWER,
    CALL,
    CALLED,
    CALLING,
    CHAT,
    PICTURE,
    PREFERENCE,
    USER,
    bad,
    calling,
    large_picture,
    messages,
    picture,
    pictures,
    tool,
    user,
    with_,
)

E, W = error, warning

CONVERSATIONS = (
    bad("an example of unknown shape", {"text": "…"}, E("example.unknown", 3)),
    bad("only a prompt", {"prompt": "…"}, E("example.unknown", 3)),
    bad("uppercase keys", {"Prompt": "…", "Completion": "…"}, E("key.uppercase", 3)),
    bad("an uppercase key", {"Messages": []}, E("key.uppercase", 3)),
    bad(
        "a message with an uppercase name key",
        messages({"role": "user", "content": "…", "Name": "a"}, ANSWER),
        W("message.key", 3),
    ),
    bad(
        "a message with uppercase keys",
        messages({"Role": "assistant", "Content": "…"}, {"role": "assistant", "content": "…"}),
        E("key.uppercase", 3),
    ),
    bad("messages that aren't a list", {"messages": "hi"}, E("messages.kind", 3)),
    bad("messages null", {"messages": None}, E("messages.kind", 3)),
    bad("no messages", messages(), E("messages.empty", 3)),
    bad("a message that is a string", messages("hi", ANSWER), E("message.kind", 3)),
    bad("no role", messages({"content": "hi"}, ANSWER), E("role.missing", 3)),
    bad(
        "a role that is a number",
        messages({"role": 1, "content": "hi"}, ANSWER),
        E("role.missing", 3),
    ),
    bad(
        "an unknown role",
        messages({"role": "robot", "content": "hi"}, ANSWER),
        E("role.unknown", 3),
    ),
    bad(
        "a capitalized role",
        messages({"role": "User", "content": "hi"}, ANSWER),
        E("role.unknown", 3),
    ),
    bad("no content", messages({"role": "user"}, ANSWER), E("content.missing", 3)),
    bad("null content", user(None), E("content.missing", 3)),
    bad(
        "an answer without content", messages(USER, {"role": "assistant"}), E("content.missing", 3)
    ),
    bad("empty content", user(""), W("content.empty", 3)),
    bad("no content parts", user([]), E("content.empty_list", 3)),
    bad("content that is a number", user(7), E("content.kind", 3)),
    bad("content that is an object", user({"text": "hi"}), E("content.kind", 3)),
    bad("a part that is a string", user(["hi"]), E("part.kind", 3)),
    bad("an audio part", user([{"type": "input_audio", "input_audio": {}}]), E("part.type", 3)),
    bad("a file part", user([{"type": "file", "file": {}}]), E("part.type", 3)),
    bad("a part without a type", user([{"text": "hi"}]), E("part.type", 3)),
    bad("a part without text", user([{"type": "text"}]), E("part.text", 3)),
    bad(
        "an image from the assistant",
        messages(USER, {"role": "assistant", "content": [PICTURE]}),
        E("image.role", 3),
    ),
    bad("an image without a URL", picture({}), E("image.url", 3)),
    bad("an image that is just a URL", picture("https://x.example/a.png"), E("image.url", 3)),
    bad("an image with a file URL", picture({"url": "file:///a.png"}), E("image.bad_url", 3)),
    bad(
        "an image of an unsupported type",
        picture({"url": "data:image/gif;base64,R0lG"}),
        E("image.type", 3),
    ),
    bad(
        "an image that isn't in Base64",
        picture({"url": "data:image/png,abc"}),
        E("image.bad_url", 3),
    ),
    bad(
        "an unknown detail",
        picture({"url": "http://x.example/", "detail": "fine"}),
        W("image.detail", 3),
    ),
    Case(
        "an image over 10 MB",
        "fine-tune",
        "examples.jsonl",
        later(lambda: in_line(3, large_picture(), [CHAT] * 10)),
        (E("image.too_large", 3),),
    ),
    bad("ten images", pictures(10)),
    bad("eleven images", pictures(11), E("images.too_many", 3)),
    bad("no answer", messages(USER), E("answer.missing", 3)),
    bad(
        "an answer that isn't the last message",
        messages(USER, ANSWER, USER),
        W("answer.not_last", 3),
    ),
    bad("a weight of 2", messages(USER, with_(ANSWER, weight=2)), E("weight.value", 3)),
    bad("a weight of 0.5", messages(USER, with_(ANSWER, weight=0.5)), E("weight.value", 3)),
    bad("a weight that is true", messages(USER, with_(ANSWER, weight=True)), E("weight.value", 3)),
    bad("a weight on a user message", messages(with_(USER, weight=1), ANSWER), W("weight.role", 3)),
    bad("a name that is a number", messages(with_(USER, name=5), ANSWER), E("message.name", 3)),
    bad(
        "a refusal that is true",
        messages(USER, with_(ANSWER, refusal=True)),
        E("message.refusal", 3),
    ),
    bad(
        "an unknown key in a message",
        messages(with_(USER, mood="calm"), ANSWER),
        W("message.key", 3),
    ),
    bad("an unknown key next to messages", with_(CHAT, id=7), E("key.unknown", 3)),
    bad("a null weight", messages(USER, ANSWER | {"weight": None}), E("weight.value", 3)),
)

TOOLS = (
    bad("tools that aren't a list", with_(CHAT, tools={}), E("tools.kind", 3)),
    bad("a tool of another type", with_(CHAT, tools=[{"type": "browser"}]), E("tool.type", 3)),
    bad("a tool that is a string", with_(CHAT, tools=["clock"]), E("tool.type", 3)),
    bad("a function without a name", tool({}), E("tool.name_missing", 3)),
    bad("no function", tool(None), E("tool.name_missing", 3)),
    bad("a function name with a space", tool({"name": "opening hours"}), E("tool.name", 3)),
    bad("a function name of 65 letters", tool({"name": "a" * 65}), E("tool.name", 3)),
    bad("a function name of 64 letters", tool({"name": "a" * 64})),
    bad(
        "parameters that are a list",
        tool({"name": "a", "parameters": []}),
        E("tool.parameters", 3),
    ),
    bad(
        "parallel_tool_calls that is a string",
        with_(CHAT, parallel_tool_calls="yes"),
        E("parallel_tool_calls.kind", 3),
    ),
    bad(
        "tool calls that are an object",
        messages(USER, {"role": "assistant", "tool_calls": {}}),
        E("content.missing", 3),
        E("tool_calls.kind", 3),
    ),
    bad("no tool calls", messages(USER, with_(ANSWER, tool_calls=[])), E("tool_calls.kind", 3)),
    bad(
        "a tool call in a user message",
        messages(with_(USER, tool_calls=[CALL]), ANSWER),
        W("tool_calls.role", 3),
    ),
    bad("a tool call of another type", calling(with_(CALL, type="custom")), E("tool_call.type", 3)),
    bad("a tool call without an ID", calling(with_(CALL, id=None)), E("tool_call.id", 3)),
    bad(
        "a tool call without a function",
        calling(with_(CALL, function=None)),
        E("tool_call.name", 3),
    ),
    bad(
        "a call of an invalid function name",
        calling(with_(CALL, function={"name": "é", "arguments": "{}"})),
        E("tool.name", 3),
    ),
    bad(
        "arguments that are an object",
        calling(with_(CALL, function={"name": "a", "arguments": {}})),
        E("tool_call.arguments", 3),
    ),
    bad(
        "arguments that aren't JSON",
        calling(with_(CALL, function={"name": "a", "arguments": "{day}"})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "arguments that are double-encoded JSON",
        calling(with_(CALL, function={"name": "a", "arguments": '"{\\"day\\": 1}"'})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "arguments that are a list",
        calling(with_(CALL, function={"name": "a", "arguments": "[1]"})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "a tool result without an ID",
        messages(USER, CALLING, {"role": "tool", "content": "closed"}, ANSWER),
        E("tool_call_id.missing", 3),
    ),
    bad(
        "a tool result without a call",
        messages(USER, CALLING, with_(CALLED, tool_call_id="x"), ANSWER),
        W("tool_call_id.unknown", 3),
    ),
)

OLD = (
    bad(
        "outdated functions",
        with_(CHAT, functions=[{"name": "a", "parameters": {}}]),
        W("old.functions", 3),
    ),
    bad(
        "empty outdated functions",
        with_(CHAT, functions=[]),
        W("old.functions", 3),
        E("functions.kind", 3),
    ),
    bad(
        "129 outdated functions",
        with_(CHAT, functions=[{"name": "a"}] * 129),
        W("old.functions", 3),
        E("functions.kind", 3),
    ),
    bad(
        "an outdated function_call next to messages",
        with_(CHAT, function_call="auto"),
        W("old.function_call", 3),
    ),
    bad(
        "an outdated function call and its result",
        messages(
            USER,
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "a", "arguments": "{}"},
            },
            {"role": "function", "name": "a", "content": None},
            ANSWER,
        ),
        W("old.function_call", 3),
        W("old.role", 3),
    ),
    bad(
        "an outdated function result without a name",
        messages(USER, {"role": "function", "content": "1"}, ANSWER),
        E("function.name_missing", 3),
        W("old.role", 3),
    ),
    bad(
        "outdated keys of preferences",
        {
            "input": {"messages": [USER]},
            "preferred_completion": [ANSWER],
            "non_preferred_completion": [ANSWER],
        },
        W("old.preferred_completion", 3),
        W("old.non_preferred_completion", 3),
        base=PREFERENCE,
    ),
)


CONVERSATION_CASES = (*CONVERSATIONS, *TOOLS, *OLD)
