"""The forms in which servers and proxies may echo a key."""

import base64
import html
import json
import re
from urllib.parse import quote


def echoes_of(secret: str) -> dict[str, str]:
    """Each form by its name; only the first contains the secret as it is."""
    encoded = secret.encode()
    percent = "".join(f"%{byte:02X}" for byte in encoded)
    escaped = "".join(f"\\u00{byte:02x}" for byte in encoded)
    forms = {
        "plain": secret,
        "upper case": secret.upper(),
        "wrapped": "\n".join(_parts(secret, 16)),
        "wrapped and indented": "\r\n\t    ".join(_parts(secret, 7)),
        "wrapped, escaped": "\\n".join(_parts(secret, 16)),
        "wrapped, escaped twice": "\\\\r\\\\n".join(_parts(secret, 16)),
        "wrapped, URL-safe": "%0D%0A".join(_parts(secret, 16)),
        "spaced": " ".join(secret),
        "zero width": "\u200b".join(secret),
        "escaped": escaped,
        "escaped twice": escaped.replace("\\", "\\\\"),
        "escaped three times": escaped.replace("\\", "\\\\\\\\"),
        "partly escaped": secret[:5] + escaped[30:],
        "escaped for Python": "".join(f"\\x{byte:02x}" for byte in encoded),
        "percent": percent,
        "percent twice": quote(percent),
        "percent three times": quote(quote(percent)),
        "partly percent-encoded": quote(secret, safe="").replace("-", "%2d"),
        "escaped, then percent": quote(escaped, safe=""),
        "entities": "".join(f"&#{byte};" for byte in encoded),
        "entities in hex": "".join(f"&#x{byte:X};" for byte in encoded),
        "entities twice": html.escape("".join(f"&#{byte};" for byte in encoded)),
        "hex": encoded.hex(),
        "hex in upper case": encoded.hex().upper(),
        "hex with colons": encoded.hex(":"),
        "hex with hyphens": encoded.hex("-"),
        "hex in long groups": encoded.hex("-", 8),
        "hex bytes without spaces": "".join(f"0x{byte:02x}" for byte in encoded),
        "hex dump": " ".join(f"{byte:02x}" for byte in encoded),
        "hex bytes": ", ".join(f"0x{byte:02x}" for byte in encoded),
        "JSON in JSON": json.dumps(json.dumps({"key": secret})),
        "half of UTF-16": secret.encode("utf-16-le").decode("latin-1"),
    }
    for before in range(3):
        text = b"u:p"[:before] + encoded
        for after in ("", "!", "!!"):
            coded = base64.b64encode(text + after.encode()).decode()
            name = f"base64, {before} before and {len(after)} after"
            forms[name] = coded
            forms[f"{name}, URL-safe"] = base64.urlsafe_b64encode(text).decode().rstrip("=")
            forms[f"{name}, wrapped"] = "\r\n".join(_parts(coded, 20))
            forms[f"{name}, percent"] = quote(coded, safe="")
    return forms


def readable_parts(secret: str, text: str) -> list[str]:
    """The parts of a secret, of ten characters or more, that a text reveals in some encoding."""
    found = []
    squeezed = "".join(text.lower().split())
    digits = re.sub("[:,-]|0x", "", squeezed)
    for start in range(len(secret) - 9):
        part = secret[start : start + 10]
        digits_of_part = part.encode().hex()
        if digits_of_part in digits:
            found.append(digits_of_part)
        forms = [part.lower()]
        for skipped in range(3):
            whole = base64.b64encode(part[skipped:].encode()).decode().rstrip("=")
            forms.append(whole[: len(part[skipped:]) * 8 // 6].lower())
        found += [form for form in forms if form in squeezed]
    return found


def _parts(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
