"""The servers that the account dialog offers, and how each expects the key."""

from dataclasses import dataclass

from services.system.language import _


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of server."""

    id: str
    name: str
    base_url: str
    """What the dialog fills in; capital words are to be replaced by the person."""
    key_header: str = "Authorization"
    """Where the key goes: `Authorization: Bearer KEY`, or a header that holds the key alone."""
    key_hint: str = "sk-…"
    official: bool = False
    """Whether the limits of the official service are known to hold."""
    key_variable: str = "FILES_API_KEY"
    """The environment variable that scripts take the key from. The keys of different services have
    different ones, so that no script sends the key of one to another."""


_OPENAI_KEY = "OPENAI_API_KEY"
OPENAI = Provider(
    "openai", "OpenAI", "https://api.openai.com/v1", official=True, key_variable=_OPENAI_KEY
)
OTHER = Provider(
    "other", _("Another server"), "https://HOST/v1", key_hint=_("as the server expects")
)
SANDBOX = Provider("sandbox", _("Sandbox"), "http://127.0.0.1/v1", official=True)

PROVIDERS: tuple[Provider, ...] = (
    OPENAI,
    Provider(
        "openai-us",
        "OpenAI (US)",
        "https://us.api.openai.com/v1",
        official=True,
        key_variable=_OPENAI_KEY,
    ),
    Provider(
        "openai-eu",
        "OpenAI (EU)",
        "https://eu.api.openai.com/v1",
        official=True,
        key_variable=_OPENAI_KEY,
    ),
    Provider(
        "openai-ae",
        "OpenAI (UAE)",
        "https://ae.api.openai.com/v1",
        official=True,
        key_variable=_OPENAI_KEY,
    ),
    Provider(
        "azure",
        "Azure OpenAI (v1)",
        "https://RESOURCE.openai.azure.com/openai/v1",
        key_header="api-key",
        key_hint=_("a key for the resource"),
        key_variable="AZURE_OPENAI_API_KEY",
    ),
    Provider(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        key_hint="gsk_…",
        key_variable="GROQ_API_KEY",
    ),
    Provider("litellm", "LiteLLM", "http://localhost:4000/v1", key_variable="LITELLM_API_KEY"),
    OTHER,
)

_BY_ID = {provider.id: provider for provider in (*PROVIDERS, SANDBOX)}


def provider_named(provider_id: str) -> Provider:
    """The provider of that id; for one that is no longer known, any other server."""
    return _BY_ID.get(provider_id, OTHER)


def provider_for(base_url: str) -> Provider:
    """The provider whose address this is, or any other server."""
    wanted = base_url.rstrip("/")
    return next((known for known in PROVIDERS if known.base_url == wanted), OTHER)
