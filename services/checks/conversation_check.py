"""What the messages of a training example must be like: roles, content, weights, tool calls.

Sources: the API reference (FineTuneChatRequestInput and the messages of Chat Completions) and the
checker in the official cookbook for chat data.
"""

from collections.abc import Collection, Mapping

from services.checks.line_report import LineReport
from services.checks.message_content import ContentCheck, Images, Path
from services.checks.other_case import key_in_capitals, why_small
from services.checks.shown import shown
from services.checks.tools_check import ToolsCheck
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import _

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
REINFORCEMENT_ROLES = ("developer", "user", "assistant", "tool")
_MEANT = {
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
_INSTEAD = ("tool_calls", "function_call", "refusal")
"""What an answer may have instead of content."""


class ConversationCheck:
    """Looks at lists of messages."""

    def __init__(self, report: LineReport, limits: Limits) -> None:
        self._report = report
        self._limits = limits
        self._content = ContentCheck(report, limits)
        self._tools = ToolsCheck(report, limits)

    def look_at(
        self, holder: Mapping[str, object], path: Path, roles: Collection[str] = ROLES
    ) -> Images | None:
        """Tell what is wrong with an object that holds messages and tools; the images in it.

        None when there are no messages that could be looked at.
        """
        self._tools.offered(holder, path)
        messages = holder.get("messages")
        path = (*path, "messages")
        if not isinstance(messages, list):
            self._report.error(
                "messages.kind",
                _("“messages” is {found}. It must be a list of messages.").format(
                    found=shown(messages)
                ),
                *path,
            )
            return None
        if not messages:
            self._report.error(
                "messages.empty", _("There are no messages. An example needs at least one."), *path
            )
            return None
        images = Images()
        called: set[str] = set()
        for place, message in enumerate(messages):
            self.message(message, (*path, place), images, roles, called)
        return images

    def message(
        self,
        message: object,
        path: Path,
        images: Images,
        roles: Collection[str] = ROLES,
        called: set[str] | None = None,
    ) -> None:
        """Tell what is wrong with one message; `called` are the tool calls before it."""
        if not isinstance(message, dict):
            self._report.error(
                "message.kind",
                _("A message is {found}. It must be an object with role and content.").format(
                    found=shown(message)
                ),
                *path,
            )
            return
        if key := key_in_capitals(message, ("role", "content")):
            self._report.tell(
                self._limits.severity, "key.capitals", why_small(key), (*path, key), at_key=True
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
            self._report.tell(
                self._limits.severity,
                "role.unknown",
                _why_not_role(role, roles),
                (*path, "role"),
            )
        if unknown := message.keys() - _KEYS:
            self._report.tell_once(
                Severity.WARNING,
                "message.key",
                _("A message has an unknown key: {found}.").format(found=shown(min(unknown))),
                (*path, min(unknown)),
                at_key=True,
            )
        self._name(message, path)
        self._weight(message, role, path)
        self._tools.calls(message, role, path, called)
        content = message.get("content")
        instead = role == "assistant" and any(message.get(key) for key in _INSTEAD)
        if content is not None and not (instead and content == ""):
            self._content.look_at(content, role, (*path, "content"), images)
        elif not (instead or (role == "function" and "content" in message)):
            self._report.error("content.missing", _("A message has no content."), *path)

    def _name(self, message: Mapping[str, object], path: Path) -> None:
        if "name" in message and not isinstance(message["name"], str):
            self._report.error(
                "message.name",
                _("A message's name is {found}. It must be a string.").format(
                    found=shown(message["name"])
                ),
                *path,
                "name",
            )
        refusal = message.get("refusal")
        if refusal is not None and not isinstance(refusal, str):
            self._report.error(
                "message.refusal",
                _("A refusal is {found}. It must be a string.").format(found=shown(refusal)),
                *path,
                "refusal",
            )

    def _weight(self, message: Mapping[str, object], role: str, path: Path) -> None:
        if "weight" not in message:
            return
        weight = message["weight"]
        if isinstance(weight, bool) or weight not in (0, 1):
            self._report.tell(
                self._limits.severity,
                "weight.value",
                _("`weight` is null. Remove it, or make it 0 or 1.")
                if weight is None
                else _(
                    "`weight` is {found}. It must be 0 (ignored) or 1 (used for training)."
                ).format(found=shown(weight)),
                (*path, "weight"),
            )
        elif role != "assistant":
            self._report.warning(
                "weight.role",
                _(
                    "Only assistant messages can have a weight. This one has the role {role}."
                ).format(role=shown(role)),
                *path,
                "weight",
            )


def _why_not_role(role: str, roles: Collection[str]) -> str:
    small = role.strip().lower()
    meant = _MEANT.get(small, small)
    if meant in roles:
        told = _("A message has the role {found}. Use {meant}.")
        return told.format(found=shown(role), meant=meant)
    told = _("A message has the role {found}. Use one of {roles}.")
    return told.format(found=shown(role), roles=", ".join(roles))
