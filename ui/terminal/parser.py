"""The commands, their options, and what their values may be."""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from services.system.language import _
from ui.terminal.examples import epilog_of

_UNITS = {"h": 3600, "d": 86_400}
_SHORTEST, _LONGEST = 3_600, 2_592_000
_LONGEST_TIMEOUT = 1_000_000.0
"""Seconds. Not every system can wait for much longer."""

_SEVERAL = ("paths", "patterns", "words")
"""The arguments that there can be many of."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command; `argv` begins with its name. Exits if there is a mistake in it.

    Options may also be among the names of files, where argparse doesn't expect any.
    """
    parser = make_parser()
    options, rest = parser.parse_known_args(argv)
    several = next((one for one in _SEVERAL if isinstance(getattr(options, one, None), list)), None)
    if rest and (several is None or any(one.startswith("-") for one in rest)):
        parser.error(_("unrecognized arguments: {rest}").format(rest=" ".join(rest)))
    if several is not None:
        getattr(options, several).extend(rest)
    return options


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands and their options."""
    parser = argparse.ArgumentParser(
        prog="filewharf",
        description=_("Files of the OpenAI Files API and compatible servers, in a terminal."),
        epilog=_("“filewharf COMMAND --help” has the options of a command, and examples."),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in (
        ("ls", _("list files")),
        ("find", _("list files that a search finds")),
    ):
        one = _add(commands, name, words)
        wanted = one.add_argument(
            "search",
            nargs="+" if name == "find" else "*",
            help=_("words and filters, such as purpose:batch created:<1d size:>1MB"),
        )
        wanted.metavar = "SEARCH"
        one.add_argument(
            "--purpose", action="append", default=[], help=_("only files with this purpose")
        )
    one = _add(commands, "info", _("show all that the server says about files"))
    _add_names(one, at_least_one=True)
    one = _add(commands, "get", _("download files"))
    _add_choice(one)
    one.add_argument(
        "--to",
        default=".",
        metavar="DIR",
        help=_("the folder to save in, the archive with --zip, or - for standard output"),
    )
    one.add_argument("--zip", action="store_true", help=_("save all in one zip archive"))
    _add_when_taken(one)
    one = _add(commands, "cat", _("print the content of files"), has_forms=False)
    _add_names(one, at_least_one=True)
    one = _add(commands, "put", _("check and upload files"))
    words = _("a file, a folder with files, a pattern such as *.jsonl, or - for standard input")
    one.add_argument("paths", nargs="+", metavar="FILE", help=words)
    one.add_argument("--name", default="", help=_("upload the only file, or -, under this name"))
    one.add_argument("--purpose", default="", help=_("instead of the one that fits each file"))
    one.add_argument(
        "--expires", type=_expiry, metavar="TIME", help=_("delete them after 1h to 30d")
    )
    one.add_argument("--anyway", action="store_true", help=_("upload despite errors"))
    one.add_argument(
        "--again", action="store_true", help=_("upload also what is already on the server")
    )
    one = _add(commands, "rm", _("delete files"))
    _add_choice(one)
    one.add_argument("--dry-run", action="store_true", help=_("only list what would be deleted"))
    one.add_argument("--yes", action="store_true", help=_("don't ask"))
    _add(commands, "resume", _("go on with what was interrupted, in all accounts or one"))
    one = _add_check(commands, "check", _("check local files, without a network"))
    one = _add_check(commands, "fix", _("fix what is safe to fix in local files, in copies"))
    where = one.add_mutually_exclusive_group()
    words = _("the folder for the fixed files (next to each file)")
    where.add_argument("--to", type=_folder, metavar="DIR", help=words)
    where.add_argument("--in-place", action="store_true", help=_("replace the files themselves"))
    one = _add(commands, "batches", _("list, show, start and cancel batches, get their results"))
    words = _("nothing to list all; IDs; or create FILE_ID, cancel ID…, get ID…")
    one.add_argument("words", nargs="*", metavar="ACT_OR_ID", help=words)
    one.add_argument("--endpoint", default="", metavar="URL", help=_("such as /v1/responses"))
    one.add_argument("--window", default="24h", metavar="TIME", help=_("to be done in (24h)"))
    words = _("a label of the new batch; may be repeated")
    one.add_argument(
        "--metadata", type=_label, action="append", default=[], metavar="NAME=TEXT", help=words
    )
    one.add_argument("--to", default=".", metavar="DIR", help=_("the folder for results"))
    _add_when_taken(one)
    one = _add(commands, "accounts", _("list, add or remove accounts"), opens_account=False)
    one.add_argument(
        "act", nargs="?", choices=("add", "remove"), help=_("without it, they are listed")
    )
    one.add_argument("name", nargs="?", default="", metavar="NAME", help=_("the account's name"))
    _add_provider(one, _("who runs the server (openai)"))
    one.add_argument("--url", default="", help=_("the server's address, if not the provider's"))
    one.add_argument("--organization", default="", metavar="ID", help=_("sent with each request"))
    one.add_argument("--project", default="", metavar="ID", help=_("sent with each request"))
    one.add_argument("--yes", action="store_true", help=_("remove it without being asked"))
    words = _("print a script that completes commands in a shell")
    one = _add(commands, "completion", words, has_forms=False, opens_account=False)
    one.add_argument("shell", choices=("bash", "zsh", "fish"), help=_("for which shell"))
    words = _("add Filewharf to the menus of the desktop, or remove it from there")
    one = _add(commands, "desktop-entry", words, has_forms=False, opens_account=False)
    one.add_argument("act", choices=("install", "remove"), help=_("what to do"))
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
    *,
    has_forms: bool = True,
    opens_account: bool = True,
) -> argparse.ArgumentParser:
    one = commands.add_parser(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=epilog_of(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.set_defaults(json=False, jsonl=False, quiet=False)
    if has_forms:
        form = one.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help=_("print one JSON document"))
        form.add_argument("--jsonl", action="store_true", help=_("print a JSON object per line"))
        form.add_argument("--quiet", action="store_true", help=_("print only IDs"))
    if opens_account:
        one.add_argument("--account", default="", metavar="NAME", help=_("its name or ID"))
        one.add_argument(
            "--timeout", type=_seconds, metavar="SECONDS", help=_("give up after this time")
        )
    if name not in {"check", "fix", "completion", "desktop-entry"}:
        one.add_argument(
            "--data-dir", type=Path, metavar="DIR", help=_("where Filewharf keeps its own files")
        )
    return one


def _add_check(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str
) -> argparse.ArgumentParser:
    one = _add(commands, name, words, opens_account=False)
    words = _("a file, a folder with files, or a pattern such as *.jsonl")
    one.add_argument("paths", nargs="+", metavar="FILE", help=words)
    one.add_argument("--purpose", default="", help=_("instead of the one that fits each file"))
    _add_provider(one, _("whose limits apply (openai)"))
    return one


def _add_provider(one: argparse.ArgumentParser, words: str) -> None:
    one.add_argument("--provider", type=_provider_id, default="openai", metavar="ID", help=words)


def _add_choice(one: argparse.ArgumentParser) -> None:
    _add_names(one, at_least_one=False)
    one.add_argument(
        "--search", default="", help=_("words and filters, such as purpose:batch_output")
    )


def _add_names(one: argparse.ArgumentParser, *, at_least_one: bool) -> None:
    words = _("an ID, a name, or a pattern with * and ?")
    one.add_argument("patterns", nargs="+" if at_least_one else "*", metavar="FILE", help=words)
    words = _("if several files have a name, take them all")
    one.add_argument("--all", dest="every", action="store_true", help=words)


def _add_when_taken(one: argparse.ArgumentParser) -> None:
    from services.disk.when_taken import WhenTaken

    taken = one.add_mutually_exclusive_group()
    for option, value, words in (
        ("--replace", WhenTaken.REPLACE, _("replace files of the same name")),
        ("--skip", WhenTaken.SKIP, _("leave out files whose name is taken")),
    ):
        taken.add_argument(option, dest="when_taken", action="store_const", const=value, help=words)
    one.set_defaults(when_taken=WhenTaken.KEEP_BOTH)


def _folder(text: str) -> Path:
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(_("{path} isn't a folder").format(path=folder))
    return folder


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(_("NAME=TEXT is needed"))
    return name, value


def _provider_id(text: str) -> str:
    from services.providers.providers import PROVIDERS

    known = [provider.id for provider in PROVIDERS]
    if text not in known:
        words = _("there is no provider {id}; there are: {known}")
        raise argparse.ArgumentTypeError(words.format(id=text, known=", ".join(known)))
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(_("a number of seconds is needed"))
    return seconds


def _expiry(text: str) -> int:
    """Seconds of a time such as `7d` or `12h`."""
    found = re.fullmatch(r"(\d{1,4})([hd])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not _SHORTEST <= seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(_("a time from 1h to 30d is needed"))
    return seconds
