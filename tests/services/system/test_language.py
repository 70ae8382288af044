import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.browse.filter_fields import FIELDS
from services.checks.json_reader import JsonReader
from services.problems.errors import unexpected
from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES
from services.providers.self_hosted import OTHER
from services.system import language
from services.system.language import (
    N_,
    Translations,
    _,
    find_translations,
    languages_in,
    ngettext,
    pgettext,
    use_translations,
)
from services.system.sizes import format_size
from tests.support.marked_texts import MARK, MarkedTexts

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def marked() -> Iterator[None]:
    use_translations(MarkedTexts())
    yield
    use_translations(Translations())


def compiled(texts: dict[str, str]) -> bytes:
    """Translations in gettext's binary format."""
    named = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    encoded = [(one.encode(), other.encode()) for one, other in named]
    start = 28
    at = start + 16 * len(encoded)
    tables: tuple[list[bytes], list[bytes]] = ([], [])
    strings = b""
    for side in (0, 1):
        for pair in encoded:
            tables[side].append(struct.pack("<II", len(pair[side]), at + len(strings)))
            strings += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(encoded), start, start + 8 * len(encoded), 0, 0)
    return head + b"".join((*tables[0], *tables[1])) + strings


def install(folder: Path, name: str, texts: dict[str, str]) -> None:
    place = folder / name / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "filewharf.mo").write_bytes(compiled(texts))


@pytest.mark.usefixtures("marked")
def test_texts_are_translated_when_they_are_shown() -> None:
    assert _("Size") == f"{MARK}Size"
    assert ngettext("{number} file", "{number} files", 2) == f"{MARK}{{number}} files"
    assert pgettext("a column", "Size") == f"{MARK}Size"
    assert N_("Size") == "Size"
    assert _("") == ""


@pytest.mark.usefixtures("marked")
def test_texts_in_tables_are_translated_when_they_are_shown() -> None:
    fault = JsonReader().read(b"{nope}")[1][0]
    deep = JsonReader().read(b"[" * 10_000)[1][0]
    shown = [
        OTHER.name,
        OTHER.key_hint,
        unexpected(ValueError()).title,
        format_size(1),
        fault.text,
        deep.text,
        *(purpose.description for purpose in (*UPLOAD_PURPOSES, *OUTPUT_PURPOSES)),
        *(text for field in FIELDS.values() for text in (field.label, field.advice)),
    ]
    assert [text for text in shown if not text.startswith(MARK)] == []


def test_the_empty_text_does_not_return_the_metadata(tmp_path: Path) -> None:
    install(tmp_path, "de", {"Size": "Größe"})
    use_translations(find_translations(["de"], tmp_path))
    try:
        assert (_("Size"), _("")) == ("Größe", "")
    finally:
        use_translations(Translations())


@pytest.mark.parametrize(
    ("languages", "text"),
    [
        (["de"], "Größe"),
        (["de_AT.UTF-8"], "Größe"),
        (["de-AT", "de", "en"], "Größe"),
        (["fr", "de"], "Größe"),
        (["pt_BR"], "Tamanho"),
        (["pt-BR"], "Tamanho"),
        (["pt"], "Size"),
        (["fr"], "Size"),
        (["en_GB", "de"], "Size"),
        (["C.UTF-8", "de"], "Size"),
        ([], "Size"),
    ],
)
def test_the_first_available_language_is_used(
    languages: list[str], text: str, tmp_path: Path
) -> None:
    install(tmp_path, "de", {"Size": "Größe"})
    install(tmp_path, "pt_BR", {"Size": "Tamanho"})
    assert find_translations(languages, tmp_path).gettext("Size") == text


@pytest.mark.parametrize(
    ("environment", "languages"),
    [
        ({"LANG": "de_DE.UTF-8"}, ["de_DE.UTF-8"]),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "fr_FR"}, ["fr_FR"]),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR", "LANGUAGE": ""}, ["fr_FR"]),
        ({"LANG": "C", "LANGUAGE": "de:fr"}, ["de", "fr"]),
        ({"LC_NUMERIC": "de_DE.UTF-8"}, []),
        ({}, []),
    ],
)
def test_languages_are_read_from_the_environment(
    environment: dict[str, str], languages: list[str]
) -> None:
    assert languages_in(environment) == languages


def test_translations_are_in_the_resources_folder() -> None:
    assert language.LOCALE_FOLDER == ROOT / "resources" / "locale"


def test_installed_translations_are_used_from_the_start(tmp_path: Path) -> None:
    module = tmp_path / "services" / "system" / "language.py"
    module.parent.mkdir(parents=True)
    module.write_bytes((ROOT / "services" / "system" / "language.py").read_bytes())
    install(tmp_path / "resources" / "locale", "de", {"Size": "Größe"})
    script = "from services.system.language import _; print(ascii(_('Size')))"
    environment = {"LANG": "de_DE.UTF-8", "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == ascii("Größe")
