"""The servers that the account dialog offers, and what is known of each.

What differs from one kind of server to another stands here as data; no other place asks which kind
it is.
"""

from dataclasses import dataclass, replace

from services.providers.limits import AZURE, GROQ, OFFICIAL, UNKNOWN, Limits
from services.system.language import N_, _
from services.system.sizes import TB


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of server."""

    id: str
    english_name: str
    base_url: str
    """What the dialog fills in; capital words are to be replaced by the person."""
    key_header: str = "Authorization"
    """Where the key goes: `Authorization: Bearer KEY`, or a header that holds the key alone."""
    english_key_hint: str = "sk-…"
    key_variable: str = "FILES_API_KEY"
    """The environment variable that scripts take the key from. The keys of different services have
    different ones, so that no script sends the key of one to another."""
    limits: Limits = UNKNOWN
    """What its servers take."""
    largest_page: int = 10_000
    """How many files to ask for at once; a server that refuses so many is asked for fewer."""
    uploads_a_minute: int | None = None
    """The most that may begin within a minute; None where no such limit is known."""
    storage: int | None = None
    """Bytes that a project can hold; None where no limit is known."""
    content_refused: frozenset[str] = frozenset()
    """The purposes whose files were seen not to be given out again."""

    @property
    def name(self) -> str:
        """What people call it."""
        return _(self.english_name)

    @property
    def key_hint(self) -> str:
        """What the field for the key shows while it is empty."""
        return _(self.english_key_hint)


def _official(provider_id: str, name: str, base_url: str) -> Provider:
    """The official service, whose limits are those of its API reference.

    What its content endpoint refuses is not documented, and was seen at the running service.
    """
    return Provider(
        provider_id,
        name,
        base_url,
        key_variable="OPENAI_API_KEY",
        limits=OFFICIAL,
        uploads_a_minute=1000,
        storage=5 * TB // 2,
        content_refused=frozenset({"assistants", "user_data"}),
    )


OPENAI = _official("openai", "OpenAI", "https://api.openai.com/v1")
OTHER = Provider(
    "other", N_("Another server"), "https://HOST/v1", english_key_hint=N_("as the server expects")
)
SANDBOX = replace(
    _official("sandbox", N_("Sandbox"), "http://127.0.0.1/v1"), key_variable="FILES_API_KEY"
)

PROVIDERS: tuple[Provider, ...] = (
    OPENAI,
    _official("openai-us", "OpenAI (US)", "https://us.api.openai.com/v1"),
    _official("openai-eu", "OpenAI (EU)", "https://eu.api.openai.com/v1"),
    _official("openai-ae", "OpenAI (UAE)", "https://ae.api.openai.com/v1"),
    Provider(
        "azure",
        "Azure OpenAI (v1)",
        "https://RESOURCE.openai.azure.com/openai/v1",
        key_header="api-key",
        english_key_hint=N_("a key for the resource"),
        key_variable="AZURE_OPENAI_API_KEY",
        limits=AZURE,
    ),
    Provider(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        english_key_hint="gsk_…",
        key_variable="GROQ_API_KEY",
        limits=GROQ,
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
