"""Checks the content of messages in training examples: text, and images from the user.

Sources: the API reference (FineTuneChatRequestInput: "Input messages may contain text or image
content only", the content parts of each role) and the guide on vision fine-tuning.
"""

import re
from dataclasses import dataclass

from services.checks.json_column import JsonPath
from services.checks.line_report import LineReport
from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import MB


@dataclass(slots=True)
class ImageCount:
    """The number of images in an example."""

    count: int = 0


class ContentCheck:
    """Checks the `content` of messages."""

    def __init__(self, report: LineReport, limits: Limits) -> None:
        self._report = report
        self._limits = limits

    def check(self, content: object, role: str, path: JsonPath, images: ImageCount) -> None:
        """Report what is wrong with content."""
        if isinstance(content, str):
            if not content and role not in _TOOL_ROLES:
                self._report.warning(
                    "content.empty",
                    _("The content is empty. Fill it in, or remove the message."),
                    *path,
                )
        elif isinstance(content, list):
            if not content:
                self._report.error(
                    "content.empty_list",
                    _("The content is an empty list. Add at least one part, or use a string."),
                    *path,
                )
            for index, part in enumerate(content):
                self._check_part(part, role, (*path, index), images)
        else:
            self._report.error(
                "content.kind",
                _("The content is {found}. It must be a string or a list of parts.").format(
                    found=short_repr(content)
                ),
                *path,
            )

    def _check_part(self, part: object, role: str, path: JsonPath, images: ImageCount) -> None:
        if not isinstance(part, dict):
            self._report.error(
                "part.kind",
                _("A content part is {found}. It must be an object with a type.").format(
                    found=short_repr(part)
                ),
                *path,
            )
            return
        match part.get("type"):
            case "text":
                self._check_text("text", part, path)
            case "refusal" if role == "assistant":
                self._check_text("refusal", part, path)
            case "image_url":
                images.count += 1
                self._check_image(part, role, path)
            case other:
                self._report.add(
                    self._limits.severity,
                    "part.type",
                    _(
                        "A part has the type {found}. Training supports only text and image_url."
                    ).format(found=short_repr(other)),
                    (*path, "type"),
                )

    def _check_text(self, key: str, part: dict[str, object], path: JsonPath) -> None:
        if not isinstance(part.get(key), str):
            self._report.error(
                "part.text",
                _("A part of type {type} needs a string under “{type}”.").format(type=key),
                *path,
                key,
            )

    def _check_image(self, part: dict[str, object], role: str, path: JsonPath) -> None:
        if role != "user":
            self._report.add(
                self._limits.severity,
                "image.role",
                _("Only user messages can contain images. This one has the role {role}.").format(
                    role=short_repr(role)
                ),
                path,
            )
        image = part.get("image_url")
        url = image.get("url") if isinstance(image, dict) else None
        if not isinstance(image, dict) or not isinstance(url, str):
            self._report.error(
                "image.url",
                _('An image needs its URL, as in "image_url": {"url": "https://…"}.'),
                *path,
                "image_url",
            )
            return
        self._check_url(url, (*path, "image_url", "url"))
        detail = image.get("detail", "auto")
        if detail not in _DETAILS:
            self._report.warning(
                "image.detail",
                _("An image's detail is {found}. Use auto, low or high.").format(
                    found=short_repr(detail)
                ),
                *path,
                "image_url",
                "detail",
            )

    def _check_url(self, url: str, path: JsonPath) -> None:
        if url[:8].lower().startswith(("https://", "http://")):
            return
        data = _DATA_URL.match(url, 0, 200)
        limit = self._limits.inline_image_bytes
        if data is None:
            self._report.error(
                "image.bad_url",
                _("An image's URL must be a web address or a Base64 data URL."),
                *path,
            )
        elif data[1].lower() not in _IMAGE_TYPES:
            self._report.add(
                self._limits.severity,
                "image.type",
                _("The image has the type {found}. Use JPEG, PNG or WEBP.").format(
                    found=short_repr(data[1])
                ),
                path,
            )
        elif limit is not None and (len(url) - data.end()) // 4 * 3 > limit:
            self._report.add(
                Severity.ERROR,
                "image.too_large",
                _("The image is larger than {limit} MB. Make it smaller.").format(
                    limit=whole(limit // MB)
                ),
                path,
            )


_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)(?:;[\w.=+-]+)*;base64,", re.IGNORECASE | re.ASCII)
_IMAGE_TYPES = frozenset({"image/jpeg", "image/jpg", "image/png", "image/webp"})
_TOOL_ROLES = ("tool", "function")
"""Roles whose messages can be empty, because a tool may return nothing."""
_DETAILS = ("auto", "low", "high", "original")
