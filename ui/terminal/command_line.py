"""The commands for scripts and terminals: `filewharf ls`, `get`, `put` and others."""

import argparse
import logging
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.api.redaction import without_secrets
from services.problems.errors import FilesError, unexpected
from services.system.language import _
from services.system.logs import start_logging, unwritable
from services.system.paths import Paths, paths_of_system, paths_under
from ui.terminal.failure import ExitCode, Failure, Terminated
from ui.terminal.output import Form, Output

if TYPE_CHECKING:
    from ui.terminal.opened_account import OpenedAccount

_log = logging.getLogger(__name__)

COMMANDS = frozenset(
    {"ls", "find", "info", "get", "cat", "put", "rm", "check", "accounts", "completion"}
)
"""The first argument of what is run without a window."""

_UNITS = {"h": 3600, "d": 86_400}
_SHORTEST, _LONGEST = 3_600, 2_592_000
_LONGEST_TIMEOUT = 1_000_000.0
"""Seconds. Not every system can wait for much longer."""


def run(argv: Sequence[str]) -> int:
    """Run a command and return its exit code; `argv` begins with its name.

    Must run on the main thread, because it handles Ctrl-C and SIGTERM.
    """
    options = _parser().parse_args(argv)
    output = Output(_form(options))
    code = ExitCode.DONE
    try:
        try:
            code = _run(options, output)
        except Failure as failure:
            code = failure.code
            output.error(str(failure))
    except BrokenPipeError:
        output.drop()  # whoever reads has read enough
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Terminated:
        return ExitCode.TERMINATED
    except OSError as error:
        output.drop()
        output.error(_("{reason}.").format(reason=error.strerror or error))
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the log has it, and the person is told
        _log.exception("A command has failed")
        output.drop()
        output.problem(error.problem if isinstance(error, FilesError) else unexpected(error))
        return ExitCode.FAILED
    return code


def _run(options: argparse.Namespace, output: Output) -> ExitCode:
    if options.command == "check":
        from ui.terminal.check import check

        output.findings_are_results = True
        return check(output, _paths(options.paths), options.purpose, options.provider)
    if options.command == "completion":
        from ui.terminal.completion import commands_of, completion

        output.result(completion(options.shell, commands_of(_parser())), "", {})
        output.end()
        return ExitCode.DONE
    if options.command == "accounts":
        from ui.terminal.accounts import accounts

        return accounts(output, _prepared(options))
    carry_out = _command(options)
    paths = _prepared(options)
    from ui.terminal.opened_account import OpenedAccount

    with OpenedAccount(paths, output, name=options.account, timeout=options.timeout) as opened:
        return carry_out(opened)


def _prepared(options: argparse.Namespace) -> Paths:
    """The folders, in which the log is now written. Raises Failure."""
    paths = _paths_of(options)
    paths.make_private()
    try:
        start_logging(paths.log_folder, without_secrets, verbose=False)
    except OSError as error:
        raise Failure(unwritable(paths.log_folder, error)) from None
    return paths


def _command(options: argparse.Namespace) -> "Callable[[OpenedAccount], ExitCode]":
    """What to do once the account is open. Raises Failure for a mistake in the options."""
    from ui.terminal.choosing import chosen, search

    match options.command:
        case "ls" | "find":
            from ui.terminal.ls import ls

            wanted = search(" ".join(options.search), time.time(), frozenset(options.purpose))
            return lambda opened: ls(opened, wanted)
        case "info":
            from ui.terminal.info import info

            return lambda opened: info(opened, options.ids)
        case "cat":
            from ui.terminal.cat import cat

            return lambda opened: cat(opened, options.ids)
        case "put":
            from ui.terminal.put import put

            return lambda opened: put(
                opened,
                _paths(options.paths),
                options.purpose,
                options.expires,
                despite_errors=options.anyway,
                again=options.again,
            )
    if not options.patterns and not options.search:
        words = _("Which files? Give IDs, names or patterns, or --search.")
        raise Failure(words, ExitCode.USAGE)
    wanted = search(options.search, time.time())
    if options.command == "get":
        from ui.terminal.get import get

        return lambda opened: get(
            opened,
            chosen(opened, options.patterns, wanted),
            options.to,
            options.when_taken,
            as_zip=options.zip,
        )
    from ui.terminal.rm import rm

    ask = None if options.yes else _ask
    return lambda opened: rm(
        opened, chosen(opened, options.patterns, wanted), dry_run=options.dry_run, ask=ask
    )


def _ask(question: str) -> str:
    """What the person answers; empty if there is no answer. Raises Failure without a terminal."""
    if not sys.stdin.isatty():
        raise Failure(_("Use --yes to delete without being asked."), ExitCode.USAGE)
    # Not `input`, which asks on the standard output: that may be a file.
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline()


def _form(options: argparse.Namespace) -> Form:
    if options.json:
        return Form.JSON
    if options.jsonl:
        return Form.JSON_LINES
    return Form.IDS if options.quiet else Form.ROWS


def _paths_of(options: argparse.Namespace) -> Paths:
    folder: Path | None = options.data_dir
    return paths_under(folder.absolute()) if folder is not None else paths_of_system()


def _paths(texts: Sequence[str]) -> list[Path]:
    return [Path(text).expanduser().absolute() for text in texts]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="filewharf",
        description=_("Files of the OpenAI Files API and compatible servers, in a terminal."),
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
    one.add_argument("ids", nargs="+", metavar="ID", help=_("the ID of a file"))
    one = _add(commands, "get", _("download files"))
    _add_choice(one)
    one.add_argument(
        "--to", type=_folder, default=".", metavar="DIR", help=_("the folder to save in")
    )
    one.add_argument("--zip", action="store_true", help=_("save all in one zip archive"))
    _add_when_taken(one)
    one = _add(commands, "cat", _("print the content of files"), has_forms=False)
    one.add_argument("ids", nargs="+", metavar="FILE_ID", help=_("the ID of a file"))
    one = _add(commands, "put", _("check and upload files"))
    one.add_argument("paths", nargs="+", metavar="FILE", help=_("a file, or a folder with files"))
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
    words = _("check local files, without a network")
    one = _add(commands, "check", words, opens_account=False)
    one.add_argument("paths", nargs="+", metavar="FILE", help=_("a file, or a folder with files"))
    one.add_argument("--purpose", default="", help=_("instead of the one that fits each file"))
    one.add_argument(
        "--provider",
        type=_provider_id,
        default="openai",
        metavar="ID",
        help=_("whose limits apply (openai)"),
    )
    _add(commands, "accounts", _("list accounts"), opens_account=False)
    words = _("print a script that completes commands in a shell")
    one = _add(commands, "completion", words, has_forms=False, opens_account=False)
    one.add_argument("shell", choices=("bash", "zsh", "fish"), help=_("for which shell"))
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    words: str,
    *,
    has_forms: bool = True,
    opens_account: bool = True,
) -> argparse.ArgumentParser:
    one = commands.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
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
    if name not in {"check", "completion"}:
        one.add_argument(
            "--data-dir", type=Path, metavar="DIR", help=_("where Filewharf keeps its own files")
        )
    return one


def _add_choice(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "patterns", nargs="*", metavar="FILE", help=_("an ID, a name, or a pattern with * and ?")
    )
    one.add_argument(
        "--search", default="", help=_("words and filters, such as purpose:batch_output")
    )


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
