"""The official service in its regions, and the sandbox, which behaves like it.

Limits: https://developers.openai.com/api/reference. Regions: `_data_residency.py` in
https://github.com/openai/openai-python, and its release notes for Australia, India and Japan.
Which purposes can't be downloaded isn't documented; it was observed.
"""

from dataclasses import replace

from services.providers.limits import OFFICIAL
from services.providers.provider import Provider
from services.system.language import N_
from services.system.sizes import TB


def _official(provider_id: str, name: str, base_url: str) -> Provider:
    return Provider(
        provider_id,
        name,
        base_url,
        key_variable="OPENAI_API_KEY",
        limits=OFFICIAL,
        uploads_a_minute=1000,
        storage=5 * TB // 2,
        not_downloadable=frozenset({"assistants", "user_data"}),
    )


OPENAI = _official("openai", "OpenAI", "https://api.openai.com/v1")
REGIONS = (
    _official("openai-us", "OpenAI (US)", "https://us.api.openai.com/v1"),
    _official("openai-eu", "OpenAI (EU)", "https://eu.api.openai.com/v1"),
    _official("openai-ae", "OpenAI (UAE)", "https://ae.api.openai.com/v1"),
    _official("openai-au", "OpenAI (Australia)", "https://au.api.openai.com/v1"),
    _official("openai-in", "OpenAI (India)", "https://in.api.openai.com/v1"),
    _official("openai-jp", "OpenAI (Japan)", "https://jp.api.openai.com/v1"),
)
SANDBOX = replace(
    _official("sandbox", N_("Sandbox"), "http://127.0.0.1/v1"), key_variable="FILES_API_KEY"
)
