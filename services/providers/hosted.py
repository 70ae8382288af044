"""Services that resemble the official one. Each row names the source of what it says.

What isn't known is left out: it's then as in the OpenAI API, and the client forgives differences.
"""

from dataclasses import replace

from services.providers import limits
from services.providers.answer_names import AnswerNames
from services.providers.features import Feature
from services.providers.paging import LAST_ID, ONE_PAGE, Cursor, Paging
from services.providers.provider import Provider
from services.providers.purposes import (
    AGENT,
    ASSISTANTS,
    BATCH,
    BATCH_API,
    CODE_INTERPRETER,
    EVAL,
    EVALS,
    FILE_EXTRACT,
    FINE_TUNE,
    IMAGE,
    OCR,
    VIDEO,
    VOICE_CLONE_INPUT,
)
from services.providers.upload_form import Expiry, UploadForm
from services.system.language import N_
from services.system.sizes import GB

_AS_REQUIRED = N_("as required by the server")
_NO_EXPIRY = UploadForm(expiry=Expiry.NONE)
_ONLY_BATCHES = frozenset({Feature.FINE_TUNING, Feature.VECTOR_STORES})

# https://learn.microsoft.com/azure/foundry/reference/rest/files-list-files
AZURE = Provider(
    "azure",
    "Azure OpenAI (v1)",
    "https://RESOURCE.openai.azure.com/openai/v1",
    also_known_as="Microsoft Foundry",
    key_header="api-key",
    english_key_hint=N_("a key for the resource"),
    key_variable="AZURE_OPENAI_API_KEY",
    purposes=(BATCH, FINE_TUNE, ASSISTANTS, EVALS),
    limits=limits.AZURE,
)

# https://github.com/Azure/azure-rest-api-specs, AzureOpenAI/authoring/stable/2024-10-21
AZURE_DATED = replace(
    AZURE,
    id="azure-dated",
    english_name="Azure OpenAI (2024-10-21)",
    base_url="https://RESOURCE.openai.azure.com/openai",
    query=(("api-version", "2024-10-21"),),
    paging=replace(ONE_PAGE, purpose_parameter="purpose"),
    form=_NO_EXPIRY,
    purposes=(BATCH, FINE_TUNE, ASSISTANTS),
)

# https://inference-docs.cerebras.ai/api-reference/file
CEREBRAS = Provider(
    "cerebras",
    "Cerebras",
    "https://api.cerebras.ai/v1",
    english_key_hint="csk-…",
    key_variable="CEREBRAS_API_KEY",
    paging=replace(LAST_ID, newest_first=(), purpose_parameter=""),
    largest_page=100,
    form=_NO_EXPIRY,
    purposes=(BATCH,),
    limits=limits.CEREBRAS,
    lacks=_ONLY_BATCHES,
)

# https://help.aliyun.com/document_detail/2793366.html
DASHSCOPE = Provider(
    "dashscope",
    "DashScope",
    "https://dashscope.aliyuncs.com/compatible-mode/v1",
    also_known_as="Qwen Alibaba Model Studio 百炼",
    key_variable="DASHSCOPE_API_KEY",
    form=_NO_EXPIRY,
    purposes=(BATCH, FILE_EXTRACT),
    limits=limits.DASHSCOPE,
    storage=100 * GB,
    lacks=_ONLY_BATCHES,
)
DASHSCOPE_INTL = replace(
    DASHSCOPE,
    id="dashscope-intl",
    english_name=N_("DashScope (international)"),
    base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
)

# https://docs.deepinfra.com/batch/file-endpoints
DEEPINFRA = Provider(
    "deepinfra",
    "DeepInfra",
    "https://api.deepinfra.com/v1/openai",
    english_key_hint=_AS_REQUIRED,
    key_variable="DEEPINFRA_API_KEY",
    form=_NO_EXPIRY,
    purposes=(BATCH,),
    limits=limits.DEEPINFRA,
    lacks=_ONLY_BATCHES,
    english_reasons={Feature.EXPIRY: N_("On {server}, every file expires after 30 days at most.")},
)

# https://docs.fireworks.ai/api-reference/list-datasets
FIREWORKS = Provider(
    "fireworks",
    "Fireworks",
    "https://api.fireworks.ai/v1/accounts/ACCOUNT",
    english_key_hint="fw_…",
    key_variable="FIREWORKS_API_KEY",
    files_path="/datasets",
    paging=Paging(
        Cursor.TOKEN,
        "pageToken",
        "pageSize",
        token_field="nextPageToken",
        newest_first=(("orderBy", "createTime desc"),),
        purpose_parameter="",
    ),
    largest_page=200,
    names=AnswerNames(
        items="datasets",
        id="name",
        filename="displayName",
        created_at="createTime",
        status="state",
    ),
    form=_NO_EXPIRY,
    purposes=(FINE_TUNE,),
    lacks=frozenset(Feature) - {Feature.DELETE},
    english_reasons={
        Feature.UPLOAD: N_(
            "{server} has datasets instead of files. Create them with its own tools."
        ),
        Feature.DOWNLOAD: N_(
            "{server} has datasets instead of files. Download them with its own tools."
        ),
    },
)

# https://github.com/groq/groq-typescript, src/resources/files.ts
GROQ = Provider(
    "groq",
    "Groq",
    "https://api.groq.com/openai/v1",
    english_key_hint="gsk_…",
    key_variable="GROQ_API_KEY",
    paging=ONE_PAGE,
    form=_NO_EXPIRY,
    purposes=(BATCH,),
    limits=limits.GROQ,
    lacks=_ONLY_BATCHES,
)

# https://docs.mistral.ai/api/endpoint/files
MISTRAL = Provider(
    "mistral",
    "Mistral",
    "https://api.mistral.ai/v1",
    english_key_hint=_AS_REQUIRED,
    key_variable="MISTRAL_API_KEY",
    paging=Paging(Cursor.NUMBER, "page", "page_size", newest_first=()),
    largest_page=100,
    form=_NO_EXPIRY,
    purposes=(BATCH, FINE_TUNE, OCR),
    limits=limits.MISTRAL,
    lacks=frozenset({Feature.BATCHES, Feature.VECTOR_STORES}),
)

# https://platform.moonshot.ai/docs/api/files
MOONSHOT = Provider(
    "moonshot",
    "Moonshot",
    "https://api.moonshot.ai/v1",
    also_known_as="Kimi 月之暗面",
    key_variable="MOONSHOT_API_KEY",
    paging=ONE_PAGE,
    form=_NO_EXPIRY,
    purposes=(FILE_EXTRACT, IMAGE, VIDEO, BATCH),
    limits=limits.MOONSHOT,
    storage=10 * GB,
    not_downloadable=frozenset({"file-extract"}),
    english_content_reason=N_("{server} returns the text that it extracted, not the file."),
    lacks=_ONLY_BATCHES,
)
MOONSHOT_CN = replace(
    MOONSHOT,
    id="moonshot-cn",
    english_name=N_("Moonshot (China)"),
    base_url="https://api.moonshot.cn/v1",
)

# https://docs.tokenfactory.nebius.com/api-reference
NEBIUS = Provider(
    "nebius",
    "Nebius",
    "https://api.tokenfactory.nebius.com/v1",
    also_known_as="Token Factory AI Studio",
    english_key_hint=_AS_REQUIRED,
    key_variable="NEBIUS_API_KEY",
    paging=Paging(Cursor.NONE, parameter="", newest_first=()),
    form=_NO_EXPIRY,
    purposes=(BATCH, FINE_TUNE),
    lacks=frozenset({Feature.VECTOR_STORES}),
)

# https://docs.siliconflow.cn/cn/api-reference/batch/get-file-list
SILICONFLOW = Provider(
    "siliconflow",
    "SiliconFlow",
    "https://api.siliconflow.cn/v1",
    also_known_as="硅基流动",
    key_variable="SILICONFLOW_API_KEY",
    paging=Paging(
        Cursor.NONE,
        parameter="",
        newest_first=(),
        purpose_parameter="",
        always=(("purpose", "batch"),),
    ),
    names=AnswerNames(created_at="createdAt"),
    form=_NO_EXPIRY,
    purposes=(BATCH,),
    lacks=_ONLY_BATCHES,
)

# https://docs.together.ai/reference/upload-file
TOGETHER = Provider(
    "together",
    "Together",
    "https://api.together.xyz/v1",
    english_key_hint=_AS_REQUIRED,
    key_variable="TOGETHER_API_KEY",
    paging=ONE_PAGE,
    form=UploadForm("/files/upload", Expiry.NONE, name_field="file_name", type_field="file_type"),
    purposes=(BATCH_API, FINE_TUNE, EVAL),
    lacks=frozenset({Feature.FINE_TUNING, Feature.VECTOR_STORES}),
)

# https://docs.x.ai/developers/rest-api-reference/files
XAI = Provider(
    "xai",
    "xAI",
    "https://api.x.ai/v1",
    also_known_as="Grok",
    english_key_hint="xai-…",
    key_variable="XAI_API_KEY",
    paging=Paging(
        Cursor.TOKEN,
        "pagination_token",
        token_field="pagination_token",
        newest_first=(("order", "desc"), ("sort_by", "created_at")),
        purpose_parameter="",
    ),
    form=UploadForm(expiry=Expiry.SECONDS),
    purposes=(ASSISTANTS,),
    limits=limits.XAI,
    lacks=frozenset({Feature.PURPOSE, Feature.FINE_TUNING, Feature.VECTOR_STORES}),
)

# https://docs.bigmodel.cn/api-reference
ZHIPU = Provider(
    "zhipu",
    "Zhipu",
    "https://open.bigmodel.cn/api/paas/v4",
    also_known_as="BigModel GLM Z.ai 智谱",
    english_key_hint=_AS_REQUIRED,
    key_variable="ZHIPUAI_API_KEY",
    paging=replace(LAST_ID, newest_first=(("order", "created_at"),)),
    largest_page=100,
    form=_NO_EXPIRY,
    purposes=(BATCH, FILE_EXTRACT, CODE_INTERPRETER, AGENT, VOICE_CLONE_INPUT),
    limits=limits.ZHIPU,
    lacks=_ONLY_BATCHES,
)

HOSTED = (
    AZURE,
    AZURE_DATED,
    CEREBRAS,
    DASHSCOPE,
    DASHSCOPE_INTL,
    DEEPINFRA,
    FIREWORKS,
    GROQ,
    MISTRAL,
    MOONSHOT,
    MOONSHOT_CN,
    NEBIUS,
    SILICONFLOW,
    TOGETHER,
    XAI,
    ZHIPU,
)
