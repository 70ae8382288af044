"""How the servers that people use behave, as far as their documents and source code say.

What isn't mentioned is as the official service does it.
"""

from collections.abc import Mapping
from dataclasses import replace

from tests.support.look_alike import Fields, HasMore, LookAlike, Pages, in_words, text_reply
from tests.support.served_files import ServedFile

_DAY = 86_400
NO_PARAMETERS: frozenset[str] = frozenset()
_ALL = frozenset({"batches", "fine_tuning", "vector_stores"})
_BATCHES = frozenset({"batches"})


def _anchored(fields: Mapping[str, str]) -> int | None:
    seconds = fields.get("expires_after[seconds]")
    return int(seconds) if seconds and fields.get("expires_after[anchor]") == "created_at" else None


def _in_seconds(fields: Mapping[str, str]) -> int | None:
    return int(fields["expires_after"]) if "expires_after" in fields else None


def _siliconflow(answer: Fields) -> Fields:
    return {"code": 20000, "message": "Ok", "status": True, "data": answer}


def _whole_file(_file: ServedFile, described: Fields) -> Fields:
    return described


_NO_LIST_PARAMETERS = LookAlike(
    pages=Pages.ONE,
    cursor="",
    limit="",
    has_more=HasMore.MISSING,
    has_ids=False,
    list_parameters=NO_PARAMETERS,
)
_EXPIRY_FIELDS = frozenset({"expires_after[anchor]", "expires_after[seconds]"})

OFFICIAL = LookAlike(
    lists=_ALL,
    purposes=frozenset({"assistants", "batch", "fine-tune", "vision", "user_data", "evals"}),
    optional_fields=_EXPIRY_FIELDS,
    expires=_anchored,
)
_AZURE = LookAlike(
    lists=_ALL,
    base_path="/openai/v1",
    key_header="api-key",
    purposes=frozenset({"assistants", "batch", "fine-tune", "evals"}),
    optional_fields=_EXPIRY_FIELDS,
    expires=_anchored,
    more={"status": "pending"},
)
_AZURE_DATED = replace(
    _NO_LIST_PARAMETERS,
    lists=_BATCHES,
    base_path="/openai",
    key_header="api-key",
    query={"api-version": "2024-10-21"},
    list_parameters=frozenset({"purpose"}),
    upload_status=201,
    purposes=frozenset({"assistants", "batch", "fine-tune"}),
    unknown=lambda _id: text_reply(404, '{"error": {"code": "notFound", "message": "Not found"}}'),
)
_DASHSCOPE = LookAlike(
    lists=_BATCHES,
    base_path="/compatible-mode/v1",
    purposes=frozenset({"batch", "file-extract"}),
    has_ids=False,
)
_MOONSHOT = replace(
    _NO_LIST_PARAMETERS,
    lists=_BATCHES,
    purposes=frozenset({"file-extract", "image", "video", "batch"}),
    more={"status": "ok", "status_details": ""},
)
_OGX = LookAlike(
    lists=frozenset({"batches", "vector_stores"}),
    purposes=frozenset({"assistants", "batch"}),
    expires=lambda _fields: 30 * _DAY,
    more={"status": "processed", "status_details": ""},
    unknown=lambda file_id: text_reply(400, f'{{"detail": "No such file: {file_id}"}}'),
)

LOOK_ALIKES: Mapping[str, LookAlike] = {
    **dict.fromkeys(
        ("openai", "openai-us", "openai-eu", "openai-ae", "openai-au", "openai-in", "openai-jp"),
        OFFICIAL,
    ),
    "azure": _AZURE,
    "azure-dated": _AZURE_DATED,
    "cerebras": LookAlike(
        lists=_BATCHES,
        page_size=20,
        largest=100,
        list_parameters=NO_PARAMETERS,
        has_ids=False,
        purposes=frozenset({"batch"}),
        expires=lambda _fields: 7 * _DAY,
        names={"status": "", "status_details": ""},
    ),
    "dashscope": _DASHSCOPE,
    "dashscope-intl": _DASHSCOPE,
    "deepinfra": LookAlike(
        lists=_BATCHES,
        base_path="/v1/openai",
        purposes=frozenset({"batch"}),
        expires=lambda _fields: 30 * _DAY,
        names={"status": "", "status_details": ""},
    ),
    "fireworks": LookAlike(
        base_path="/v1/accounts/acme",
        files_path="/datasets",
        pages=Pages.TOKEN,
        cursor="pageToken",
        limit="pageSize",
        page_size=50,
        largest=200,
        clamps=True,
        has_more=HasMore.MISSING,
        has_ids=False,
        list_parameters=frozenset({"orderBy"}),
        items="datasets",
        token="nextPageToken",
        around={"totalSize": 450},
        names={
            "id": "name",
            "filename": "displayName",
            "created_at": "createTime",
            "status": "",
            "status_details": "",
            "object": "",
            "purpose": "",
            "bytes": "",
        },
        more={
            "state": "READY",
            "status": {"code": "OK", "message": ""},
            "exampleCount": "12",
            "format": "CHAT",
        },
        time=in_words,
        path_of_id="accounts/acme/datasets/",
        deleted=lambda _file, _described: {},
        lacks=frozenset({"upload", "download"}),
    ),
    "groq": replace(
        _NO_LIST_PARAMETERS,
        lists=_BATCHES,
        base_path="/openai/v1",
        purposes=frozenset({"batch"}),
        names={"status": "", "status_details": ""},
    ),
    "litellm": LookAlike(
        lists=_ALL,
        # Until August 2026: `limit` and `after` are ignored, and there is always more.
        pages=Pages.ONE,
        cursor="",
        limit="",
        list_parameters=frozenset({"purpose", "after", "limit", "order"}),
        has_more=HasMore.ALWAYS,
        optional_fields=_EXPIRY_FIELDS,
        expires=_anchored,
        deleted=_whole_file,
    ),
    "llama-stack": replace(_OGX, base_path="/v1/openai/v1"),
    "localai": replace(
        _NO_LIST_PARAMETERS,
        list_parameters=frozenset({"purpose", "after", "limit", "order"}),
        items="Data",
        around={"Object": "list"},
        names={"status": "", "status_details": ""},
        time=in_words,
        unique_names=True,
        deleted=lambda file, _described: {"Id": file.id, "Object": "file", "Deleted": True},
        unknown=lambda file_id: text_reply(500, f"unable to find file id {file_id}"),
    ),
    "mistral": LookAlike(
        lists=frozenset({"fine_tuning"}),
        pages=Pages.NUMBER,
        cursor="page",
        limit="page_size",
        page_size=100,
        largest=100,
        clamps=True,
        has_more=HasMore.MISSING,
        counts=True,
        has_ids=False,
        list_parameters=frozenset({"purpose", "search", "sample_type", "source"}),
        purposes=frozenset({"batch", "fine-tune", "ocr"}),
        names={"status": "", "status_details": ""},
        more={"sample_type": "batch_request", "source": "upload", "num_lines": 3},
    ),
    "moonshot": _MOONSHOT,
    "moonshot-cn": _MOONSHOT,
    "nebius": LookAlike(
        lists=frozenset({"batches", "fine_tuning"}),
        pages=Pages.ONE,
        cursor="",
        page_size=10,
        has_more=HasMore.MISSING,
        has_ids=False,
        list_parameters=frozenset({"purpose", "ai_project_id"}),
        purposes=frozenset({"batch", "fine-tune"}),
        more={"status": None},
    ),
    "ogx": _OGX,
    "siliconflow": LookAlike(
        lists=_BATCHES,
        pages=Pages.ONE,
        cursor="",
        page_size=10,
        has_more=HasMore.MISSING,
        has_ids=False,
        list_parameters=NO_PARAMETERS,
        needed={"purpose": "batch"},
        purposes=frozenset({"batch"}),
        names={"created_at": "createdAt", "status": "", "status_details": ""},
        envelope=_siliconflow,
        unknown=lambda _id: text_reply(
            404, '{"code": 20404, "message": "File not found", "data": null}'
        ),
    ),
    "together": replace(
        _NO_LIST_PARAMETERS,
        lists=_BATCHES,
        upload_path="/files/upload",
        fields=frozenset({"purpose", "file_name"}),
        optional_fields=frozenset({"file_type"}),
        purposes=frozenset({"batch-api", "fine-tune", "eval"}),
        names={"status": "", "status_details": ""},
        more={"Processed": True, "FileType": "jsonl", "LineCount": 0},
    ),
    "xai": LookAlike(
        pages=Pages.TOKEN,
        cursor="pagination_token",
        page_size=100,
        largest=1000,
        clamps=True,
        has_more=HasMore.MISSING,
        has_ids=False,
        list_parameters=frozenset({"order", "sort_by", "after"}),
        token="pagination_token",
        around={},
        optional_fields=frozenset({"expires_after"}),
        expires=_in_seconds,
        names={"status": "", "status_details": ""},
        more={"purpose": ""},
    ),
    "zhipu": LookAlike(
        lists=_BATCHES,
        base_path="/api/paas/v4",
        page_size=20,
        largest=100,
        order=frozenset({"created_at"}),
        has_ids=False,
        purposes=frozenset(
            {"batch", "file-extract", "code-interpreter", "agent", "voice-clone-input"}
        ),
        names={"status": "", "status_details": ""},
    ),
    "other": OFFICIAL,
}
"""By the provider's ID."""

UNLISTED: Mapping[str, LookAlike] = {
    "anthropic": LookAlike(
        names={
            "object": "type",
            "bytes": "size_bytes",
            "purpose": "",
            "status": "",
            "status_details": "",
        },
        around={},
        time=in_words,
        more={"mime_type": "application/jsonl", "downloadable": True},
        deleted=lambda file, _described: {"id": file.id, "type": "file_deleted"},
    ),
    "ark": LookAlike(
        expires=lambda _fields: 7 * _DAY,
        names={"expires_at": "expire_at"},
        more={"status": "processing", "mime_type": "application/pdf", "preprocess_configs": {}},
        largest=100,
    ),
    "novita": replace(
        _NO_LIST_PARAMETERS,
        around={"code": "200", "message": "ok"},
        more={"metadata": {"total_requests": 3}},
    ),
    "openrouter": LookAlike(
        pages=Pages.TOKEN,
        cursor="cursor",
        page_size=100,
        largest=1000,
        token="cursor",
        around={},
        names={
            "object": "type",
            "bytes": "size_bytes",
            "purpose": "",
            "status": "",
            "status_details": "",
        },
        time=in_words,
        more={"mime_type": "application/jsonl", "downloadable": True},
    ),
    "perplexity": LookAlike(page_size=20, largest=100, expires=lambda _fields: 30 * _DAY),
    "qiniu": LookAlike(
        names={"filename": "file_name", "bytes": "file_size", "status_details": ""},
        more={"status": "ready", "synced_at": 1_700_000_000, "content_type": "text/plain"},
    ),
    "stepfun": replace(_NO_LIST_PARAMETERS, more={"status": "success"}),
    "numbered from 1": LookAlike(
        pages=Pages.NUMBER_FROM_1,
        cursor="page",
        limit="page_size",
        page_size=100,
        has_more=HasMore.MISSING,
        counts=True,
        has_ids=False,
        list_parameters=NO_PARAMETERS,
    ),
}
"""Servers that no row describes; *Another server* gets along with them."""
