"""Servers that people run themselves, and any other."""

from dataclasses import replace

from services.providers import limits
from services.providers.features import Feature
from services.providers.paging import GUESSED
from services.providers.provider import Provider
from services.providers.purposes import ASSISTANTS, BATCH
from services.providers.upload_form import Expiry, UploadForm
from services.system.language import N_

_AS_REQUIRED = N_("as required by the server")

# https://docs.litellm.ai/docs/files_endpoints
LITELLM = Provider(
    "litellm",
    "LiteLLM",
    "http://localhost:4000/v1",
    key_variable="LITELLM_API_KEY",
    rewrites_files=True,
    paging=GUESSED,
)

# https://github.com/mudler/LocalAI, core/http/endpoints/openai/files.go
LOCALAI = Provider(
    "localai",
    "LocalAI",
    "http://localhost:8080/v1",
    english_key_hint=_AS_REQUIRED,
    key_variable="LOCALAI_API_KEY",
    paging=GUESSED,
    form=UploadForm(expiry=Expiry.NONE),
)

# https://github.com/ogx-ai/ogx, src/ogx_api/files
OGX = Provider(
    "ogx",
    "OGX",
    "http://localhost:8321/v1",
    also_known_as="Llama Stack",
    english_key_hint=_AS_REQUIRED,
    key_variable="OGX_API_KEY",
    form=UploadForm(expiry=Expiry.NONE),
    purposes=(ASSISTANTS, BATCH),
    limits=limits.OGX,
    lacks=frozenset({Feature.FINE_TUNING}),
)
LLAMA_STACK = replace(
    OGX,
    id="llama-stack",
    english_name="Llama Stack",
    base_url="http://localhost:8321/v1/openai/v1",
    also_known_as="OGX",
    key_variable="LLAMA_STACK_API_KEY",
)

OTHER = Provider(
    "other",
    N_("Another server"),
    "https://HOST/v1",
    named_by_host=True,
    english_key_hint=_AS_REQUIRED,
    paging=GUESSED,
)

SELF_HOSTED = (LITELLM, LLAMA_STACK, LOCALAI, OGX)
