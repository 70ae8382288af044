"""Checks the messages of a training example: roles, content, weights and tool calls.

Sources: the API reference (FineTuneChatRequestInput and the messages of Chat Completions) and the
script for checking chat data in the official cookbook.
"""

from collections.abc import Collection, Mapping

from services.checks.json_column import JsonPath
from services.checks.line_report import LineReport
from services.checks.message_content import ContentCheck, ImageCount
from services.checks.miscased_keys import lowercase_advice, miscased_key
from services.checks.short_repr import short_repr
from services.checks.tools_check import ToolsCheck
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import _

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
REINFORCEMENT_ROLES = ("developer", "user", "assistant", "tool")
_ROLE_ALIASES = {
    "model": "assistant",
    "bot": "assistant",
    "ai": "assistant",
    "gpt": "assistant",
    "human": "user",
}
"""What other services and formats call the roles."""
_KEYS = frozenset(
    {
        "role",
        "content",
        "name",
        "weight",
        "tool_calls",
        "tool_call_id",
        "function_call",
        "refusal",
        "audio",
    }
)
_CONTENT_ALTERNATIVES = ("tool_calls", "function_call", "refusal")
"""What an answer can have instead of content."""


class ConversationCheck:
    """Checks lists of messages."""

    def __init__(self, report: LineReport, limits: Limits) -> None:
        self._report = report
        self._limits = limits
        self._content = ContentCheck(report, limits)
        self._tools = ToolsCheck(report, limits)

    def check(
        self, example: Mapping[str, object], path: JsonPath, roles: Collection[str] = ROLES
    ) -> ImageCount | None:
        """Report what is wrong with messages and tools. Return the number of images.

        Return None if there are no messages that could be checked.
        """
        self._tools.check_definitions(example, path)
        messages = example.get("messages")
        path = (*path, "messages")
        if not isinstance(messages, list):
            self._report.error(
                "messages.kind",
                _("“messages” is {found}. It must be a list of messages.").format(
                    found=short_repr(messages)
                ),
                *path,
            )
            return None
        if not messages:
            self._report.error(
                "messages.empty", _("There are no messages. An example needs at least one."), *path
            )
            return None
        images = ImageCount()
        called: set[str] = set()
        for index, message in enumerate(messages):
            self.check_message(message, (*path, index), images, roles, called)
        return images

    def check_message(
        self,
        message: object,
        path: JsonPath,
        images: ImageCount,
        roles: Collection[str] = ROLES,
        called: set[str] | None = None,
    ) -> None:
        """Report what is wrong with a message. `called` has the IDs of earlier tool calls."""
        if not isinstance(message, dict):
            self._report.error(
                "message.kind",
                _("A message is {found}. It must be an object with role and content.").format(
                    found=short_repr(message)
                ),
                *path,
            )
            return
        if key := miscased_key(message, ("role", "content")):
            self._report.add(
                self._limits.severity,
                "key.uppercase",
                lowercase_advice(key),
                (*path, key),
                at_key=True,
            )
            return
        role = message.get("role")
        if not isinstance(role, str):
            self._report.error(
                "role.missing",
                _("A message has no role. Use one of {roles}.").format(roles=", ".join(roles)),
                *path,
            )
            role = ""
        elif role not in roles:
            self._report.add(
                self._limits.severity,
                "role.unknown",
                _unknown_role_text(role, roles),
                (*path, "role"),
            )
        if unknown := message.keys() - _KEYS:
            self._report.add_once(
                Severity.WARNING,
                "message.key",
                _("A message has an unknown key: {found}.").format(found=short_repr(min(unknown))),
                (*path, min(unknown)),
                at_key=True,
            )
        self._check_name(message, path)
        self._check_weight(message, role, path)
        self._tools.check_message(message, role, path, called)
        content = message.get("content")
        has_alternative = role == "assistant" and any(
            message.get(key) for key in _CONTENT_ALTERNATIVES
        )
        if content is not None and not (has_alternative and content == ""):
            self._content.check(content, role, (*path, "content"), images)
        elif not (has_alternative or (role == "function" and "content" in message)):
            self._report.error("content.missing", _("A message has no content."), *path)

    def _check_name(self, message: Mapping[str, object], path: JsonPath) -> None:
        if "name" in message and not isinstance(message["name"], str):
            self._report.error(
                "message.name",
                _("A message's name is {found}. It must be a string.").format(
                    found=short_repr(message["name"])
                ),
                *path,
                "name",
            )
        refusal = message.get("refusal")
        if refusal is not None and not isinstance(refusal, str):
            self._report.error(
                "message.refusal",
                _("A refusal is {found}. It must be a string.").format(found=short_repr(refusal)),
                *path,
                "refusal",
            )

    def _check_weight(self, message: Mapping[str, object], role: str, path: JsonPath) -> None:
        if "weight" not in message:
            return
        weight = message["weight"]
        if isinstance(weight, bool) or weight not in (0, 1):
            self._report.add(
                self._limits.severity,
                "weight.value",
                _("`weight` is null. Remove it, or make it 0 or 1.")
                if weight is None
                else _(
                    "`weight` is {found}. It must be 0 (ignored) or 1 (used for training)."
                ).format(found=short_repr(weight)),
                (*path, "weight"),
            )
        elif role != "assistant":
            self._report.warning(
                "weight.role",
                _(
                    "Only assistant messages can have a weight. This one has the role {role}."
                ).format(role=short_repr(role)),
                *path,
                "weight",
            )


def _unknown_role_text(role: str, roles: Collection[str]) -> str:
    lowercase = role.strip().lower()
    intended = _ROLE_ALIASES.get(lowercase, lowercase)
    if intended in roles:
        text = _("A message has the role {found}. Use {intended}.")
        return text.format(found=short_repr(role), intended=intended)
    text = _("A message has the role {found}. Use one of {roles}.")
    return text.format(found=short_repr(role), roles=", ".join(roles))
