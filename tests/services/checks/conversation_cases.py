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
    bad("an example of no shape", {"text": "…"}, E("example.unknown", 3)),
    bad("a prompt alone", {"prompt": "…"}, E("example.unknown", 3)),
    bad("keys in capitals", {"Prompt": "…", "Completion": "…"}, E("key.capitals", 3)),
    bad("a key in capitals", {"Messages": []}, E("key.capitals", 3)),
    bad(
        "a message with a name in capitals",
        messages({"role": "user", "content": "…", "Name": "a"}, ANSWER),
        W("message.key", 3),
    ),
    bad(
        "a message with keys in capitals",
        messages({"Role": "assistant", "Content": "…"}, {"role": "assistant", "content": "…"}),
        E("key.capitals", 3),
    ),
    bad("messages that are no list", {"messages": "hi"}, E("messages.kind", 3)),
    bad("messages that are null", {"messages": None}, E("messages.kind", 3)),
    bad("no message", messages(), E("messages.empty", 3)),
    bad("a message that is text", messages("hi", ANSWER), E("message.kind", 3)),
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
        "a role in capitals",
        messages({"role": "User", "content": "hi"}, ANSWER),
        E("role.unknown", 3),
    ),
    bad("no content", messages({"role": "user"}, ANSWER), E("content.missing", 3)),
    bad("content that is null", user(None), E("content.missing", 3)),
    bad(
        "an answer without content", messages(USER, {"role": "assistant"}), E("content.missing", 3)
    ),
    bad("empty content", user(""), W("content.empty", 3)),
    bad("no part", user([]), E("content.empty_list", 3)),
    bad("content that is a number", user(7), E("content.kind", 3)),
    bad("content that is an object", user({"text": "hi"}), E("content.kind", 3)),
    bad("a part that is text", user(["hi"]), E("part.kind", 3)),
    bad("a part of sound", user([{"type": "input_audio", "input_audio": {}}]), E("part.type", 3)),
    bad("a part that is a file", user([{"type": "file", "file": {}}]), E("part.type", 3)),
    bad("a part without type", user([{"text": "hi"}]), E("part.type", 3)),
    bad("a part without text", user([{"type": "text"}]), E("part.text", 3)),
    bad(
        "an image of the assistant",
        messages(USER, {"role": "assistant", "content": [PICTURE]}),
        E("image.role", 3),
    ),
    bad("an image without address", picture({}), E("image.url", 3)),
    bad("an image that is only an address", picture("https://x.example/a.png"), E("image.url", 3)),
    bad("an image on a disk", picture({"url": "file:///a.png"}), E("image.address", 3)),
    bad(
        "an image of a type that is not learned from",
        picture({"url": "data:image/gif;base64,R0lG"}),
        E("image.type", 3),
    ),
    bad(
        "an image that is not in Base64",
        picture({"url": "data:image/png,abc"}),
        E("image.address", 3),
    ),
    bad(
        "an unknown detail",
        picture({"url": "http://x.example/", "detail": "fine"}),
        W("image.detail", 3),
    ),
    Case(
        "an image of more than 10 MB",
        "fine-tune",
        "examples.jsonl",
        later(lambda: in_line(3, large_picture(), [CHAT] * 10)),
        (E("image.large", 3),),
    ),
    bad("ten images", pictures(10)),
    bad("eleven images", pictures(11), E("images.many", 3)),
    bad("no answer", messages(USER), E("answer.missing", 3)),
    bad("an answer that is not the last", messages(USER, ANSWER, USER), W("answer.not_last", 3)),
    bad("a weight of 2", messages(USER, with_(ANSWER, weight=2)), E("weight.value", 3)),
    bad("a weight of a half", messages(USER, with_(ANSWER, weight=0.5)), E("weight.value", 3)),
    bad("a weight that is true", messages(USER, with_(ANSWER, weight=True)), E("weight.value", 3)),
    bad("a weight of the user", messages(with_(USER, weight=1), ANSWER), W("weight.role", 3)),
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
    bad("an unknown key beside an answer", with_(CHAT, id=7), E("key.unknown", 3)),
    bad("a weight that is null", messages(USER, ANSWER | {"weight": None}), E("weight.value", 3)),
)

TOOLS = (
    bad("tools that are no list", with_(CHAT, tools={}), E("tools.kind", 3)),
    bad("a tool of another type", with_(CHAT, tools=[{"type": "browser"}]), E("tool.type", 3)),
    bad("a tool that is text", with_(CHAT, tools=["clock"]), E("tool.type", 3)),
    bad("a function without name", tool({}), E("tool.name_missing", 3)),
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
        "parallel_tool_calls that is text",
        with_(CHAT, parallel_tool_calls="yes"),
        E("parallel_tool_calls.kind", 3),
    ),
    bad(
        "tool calls that are an object",
        messages(USER, {"role": "assistant", "tool_calls": {}}),
        E("content.missing", 3),
        E("tool_calls.kind", 3),
    ),
    bad("no tool call", messages(USER, with_(ANSWER, tool_calls=[])), E("tool_calls.kind", 3)),
    bad(
        "a tool call of the user",
        messages(with_(USER, tool_calls=[CALL]), ANSWER),
        W("tool_calls.role", 3),
    ),
    bad("a tool call of another type", calling(with_(CALL, type="custom")), E("tool_call.type", 3)),
    bad("a tool call without id", calling(with_(CALL, id=None)), E("tool_call.id", 3)),
    bad(
        "a tool call without function", calling(with_(CALL, function=None)), E("tool_call.name", 3)
    ),
    bad(
        "a call of a name that does not fit",
        calling(with_(CALL, function={"name": "é", "arguments": "{}"})),
        E("tool.name", 3),
    ),
    bad(
        "arguments that are an object",
        calling(with_(CALL, function={"name": "a", "arguments": {}})),
        E("tool_call.arguments", 3),
    ),
    bad(
        "arguments that are no JSON",
        calling(with_(CALL, function={"name": "a", "arguments": "{day}"})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "arguments that are JSON in a text once more",
        calling(with_(CALL, function={"name": "a", "arguments": '"{\\"day\\": 1}"'})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "arguments that are a list",
        calling(with_(CALL, function={"name": "a", "arguments": "[1]"})),
        W("tool_call.arguments_json", 3),
    ),
    bad(
        "a tool's answer without id",
        messages(USER, CALLING, {"role": "tool", "content": "closed"}, ANSWER),
        E("tool_call_id.missing", 3),
    ),
    bad(
        "a tool's answer to no call",
        messages(USER, CALLING, with_(CALLED, tool_call_id="x"), ANSWER),
        W("tool_call_id.unknown", 3),
    ),
)

OLD = (
    bad(
        "old functions",
        with_(CHAT, functions=[{"name": "a", "parameters": {}}]),
        W("old.functions", 3),
    ),
    bad(
        "no old function", with_(CHAT, functions=[]), W("old.functions", 3), E("functions.kind", 3)
    ),
    bad(
        "129 old functions",
        with_(CHAT, functions=[{"name": "a"}] * 129),
        W("old.functions", 3),
        E("functions.kind", 3),
    ),
    bad(
        "an old call beside the messages",
        with_(CHAT, function_call="auto"),
        W("old.function_call", 3),
    ),
    bad(
        "an old call and its answer",
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
        "an old answer without name",
        messages(USER, {"role": "function", "content": "1"}, ANSWER),
        E("function.name_missing", 3),
        W("old.role", 3),
    ),
    bad(
        "old keys of preferences",
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
