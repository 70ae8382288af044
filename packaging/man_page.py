"""Writes the manual pages: `filewharf.1`, made from the parsers and examples, and its other name.

    python packaging/man_page.py FOLDER

The date is that of `SOURCE_DATE_EPOCH` (seconds since 1970); without it, the pages have none, so that
two builds of the same source are alike.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from main import window_parser  # noqa: E402
from services.system.version import __version__  # noqa: E402
from ui.terminal.examples import EXAMPLES, EXIT_CODES  # noqa: E402
from ui.terminal.parser import make_parser  # noqa: E402

_ABOUT = """\
Filewharf manages the files of the OpenAI Files API and of compatible servers. Without a command it \
opens its window; with one it works in a terminal, with the same accounts, checks, upload history and \
queue.

The account is that of the environment if a key is set there, else the one that the window opened \
last, else the only one; --account chooses another. A file is named by its ID, its name, or a pattern \
with * and ?, which is best put in quotes.

Files are checked before they are uploaded, and what is already on the server isn't sent again. An \
interrupted command leaves its transfers in a queue, with which "filewharf resume" or the window goes \
on; nothing is sent twice."""

_SEARCH = (
    ("word", "in the name or ID; several words all have to be there"),
    ('"several words"', "this phrase"),
    ("-word", "not this word; also before a filter"),
    ("purpose:batch,vision", "one of these purposes"),
    ("size:>10MB", "also <, <=, >= and 1MB..5MB; KB by 1000, KiB by 1024"),
    ("created:<7d", "less than 7 days old; h, d, w, m or y, today, or 2026-11-01..2026-11-15"),
    ("expires:<3d", "expires within 3 days; also never"),
    ("ext:jsonl", "the ending of the name"),
)
_ENVIRONMENT = (
    ("OPENAI_API_KEY", "The key of the account Environment, which is used before all others."),
    ("OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID", "Where that account is."),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "Proxies."),
    ("SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE", "Certificates to trust."),
    ("NO_COLOR", "If set, nothing is colored. Into pipes and files, nothing ever is."),
)
_FILES = (
    ("~/.config/filewharf/settings.json", "Settings and accounts, without keys."),
    ("~/.local/share/filewharf", "The upload history."),
    ("~/.local/state/filewharf", "The queue of transfers, and the log."),
    ("~/.cache/filewharf", "What can be deleted at any time."),
)


def man_page(moment: datetime | None) -> str:
    """The manual page as roff."""
    return "\n".join(_lines(moment)) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the pages to the folder that is the only argument."""
    parser = argparse.ArgumentParser(description="Writes the manual pages.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "filewharf.1").write_text(man_page(moment), encoding="utf-8")
    (folder / "filewharf-window.1").write_text(".so man1/filewharf.1\n", encoding="utf-8")
    return 0


def _lines(moment: datetime | None) -> Iterator[str]:
    day = f"{moment:%Y-%m-%d}" if moment is not None else ""
    yield f'.TH FILEWHARF 1 "{day}" "Filewharf {__version__}" "User Commands"'
    yield ".SH NAME"
    yield r"filewharf, filewharf\-window \- manage files of the OpenAI Files API"
    yield ".SH SYNOPSIS"
    yield r"\fBfilewharf\fR [\fIOPTION\fR ...] [\fIFILE\fR ...]"
    yield ".br"
    yield r"\fBfilewharf\fR \fICOMMAND\fR [\fIOPTION\fR ...] [\fIARGUMENT\fR ...]"
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate(_ABOUT.split("\n\n")):
        if number:
            yield ".PP"
        yield _text(paragraph)
    yield ".SH OPTIONS OF THE WINDOW"
    yield from _actions(window_parser())
    yield ".SH COMMANDS"
    for name, words, command in _commands(make_parser()):
        yield f".SS {_text(name)}"
        yield _text(words[:1].upper() + words[1:] + ".")
        yield from _actions(command)
        for example in EXAMPLES[name]:
            yield ".PP"
            yield _text(example.words)
            yield ".PP"
            yield ".RS 4"
            yield ".nf"
            yield _text(example.line)
            yield ".fi"
            yield ".RE"
    yield ".SS sandbox"
    yield _text("Run a Files API server on this computer; see its --help.")
    yield ".SH SEARCHES"
    yield _text("What find, ls and --search take. All parts have to fit.")
    yield from _terms(_SEARCH)
    yield ".SH EXIT STATUS"
    yield from _terms([(str(code), words) for code, words in EXIT_CODES])
    yield ".SH ENVIRONMENT"
    yield from _terms(_ENVIRONMENT)
    yield ".SH FILES"
    yield _text("With --data-dir, all of these are in that folder.")
    yield from _terms(_FILES)


def _commands(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Each command with what it does."""
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            words = {one.dest: one.help or "" for one in group._choices_actions}
            for name, command in group.choices.items():
                yield name, words[name], command


def _actions(parser: argparse.ArgumentParser) -> Iterator[str]:
    formatter = parser._get_formatter()
    yield from _terms(
        (formatter._format_action_invocation(one), formatter._expand_help(one))
        for one in parser._actions
        if "--help" not in one.option_strings
    )


def _terms(terms: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> Iterator[str]:
    for term, words in terms:
        yield ".TP"
        yield rf"\fB{_text(term, starts_line=False)}\fR"
        yield _text(words)


def _text(text: str, *, starts_line: bool = True) -> str:
    """Plain text as roff shows it unchanged."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if starts_line and escaped[:1] in {".", "'"} else escaped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
