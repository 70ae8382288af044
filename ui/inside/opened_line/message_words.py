"""The head of a message in words: who does what, and what it's good for in training."""

from services.previews.conversations.message import Act, Message, Role
from services.system.language import _
from services.system.locale_format import decimal, whole
from services.system.safe_text import one_line, shortened

_MAX_NAME = 60


def heading_of(message: Message) -> str:
    """Who speaks and what they do, in capitals."""
    acts = {
        Act.THINKS: _("REASONING"),
        Act.EMBEDS: _("EMBEDDING"),
        Act.DRAWS: _("IMAGE"),
        Act.JUDGES: _("MODERATION"),
        Act.FAILS: _("ERROR"),
    }
    if message.act in acts:
        return acts[message.act]
    if message.act is Act.ANSWERS:
        return _("FUNCTION ANSWERS") if message.role is Role.FUNCTION else _("TOOL ANSWERS")
    role = _role_of(message)
    if message.act is Act.CALLS:
        # Translators: the head of a message, as in “ASSISTANT CALLS A TOOL”.
        return _("{role} CALLS A TOOL").format(role=role)
    if message.act is Act.REFUSES:
        # Translators: the head of a message, as in “ASSISTANT REFUSES”.
        return _("{role} REFUSES").format(role=role)
    return role


def _role_of(message: Message) -> str:
    roles = {
        Role.SYSTEM: _("SYSTEM"),
        Role.DEVELOPER: _("DEVELOPER"),
        Role.USER: _("USER"),
        Role.ASSISTANT: _("ASSISTANT"),
        Role.TOOL: _("TOOL"),
        Role.FUNCTION: _("FUNCTION"),
    }
    name = shortened(one_line(message.role_name), _MAX_NAME).upper()
    return roles.get(message.role) or name or _("UNKNOWN ROLE")


def note_of(message: Message, source: str) -> str:
    """What stands at the right of the head: the weight, or what is known of where it's from."""
    if message.weight is not None:
        return weight_in_words(message.weight)
    named = "" if message.act is Act.CALLS else message.name
    notes = (shortened(one_line(note), _MAX_NAME) for note in (named, message.call_id, source))
    return " · ".join(filter(None, notes))


def weight_in_words(weight: float) -> str:
    """What a weight means: “weight 0 · not learned”."""
    shown = whole(int(weight)) if weight == int(weight) else decimal(weight, 2)
    if weight:
        return _("weight {weight} · learned").format(weight=shown)
    return _("weight {weight} · not learned").format(weight=shown)
