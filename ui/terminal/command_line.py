"""The commands for scripts and terminals: `filewharf ls`, `get`, `put` and others."""

import argparse
import logging
import os
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
from ui.terminal.parser import make_parser, parse

if TYPE_CHECKING:
    from services.api.remote_file import RemoteFile
    from ui.terminal.opened_account import OpenedAccount

_log = logging.getLogger(__name__)

COMMANDS = frozenset(
    {
        "ls",
        "find",
        "info",
        "get",
        "cat",
        "put",
        "rm",
        "resume",
        "check",
        "fix",
        "accounts",
        "batches",
        "completion",
        "desktop-entry",
    }
)
"""The first argument of what is run without a window."""


def run(argv: Sequence[str]) -> int:
    """Run a command and return its exit code; `argv` begins with its name.

    Must run on the main thread, because it handles Ctrl-C and SIGTERM.
    """
    _open_missing_streams()
    options = parse(argv)
    output = Output(_form(options))
    code = ExitCode.DONE
    try:
        try:
            code = _run(options, output)
        except Failure as failure:
            code = failure.code
            output.error(str(failure))
        finally:
            output.clear_progress()
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


def _open_missing_streams() -> None:
    """Open what the shell has closed, so that no file of ours is taken for it.

    Results that can't be printed are an error, as for other programs; messages are left out.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # gets the lowest number that is free
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _run(options: argparse.Namespace, output: Output) -> ExitCode:
    if options.command == "check":
        from ui.terminal.check import check
        from ui.terminal.local_paths import local_paths

        output.findings_are_results = True
        return check(output, local_paths(options.paths), options.purpose, options.provider)
    if options.command == "fix":
        from ui.terminal.fix import fix
        from ui.terminal.local_paths import local_paths

        return fix(
            output,
            local_paths(options.paths),
            options.purpose,
            options.provider,
            options.to,
            in_place=options.in_place,
        )
    if options.command == "desktop-entry":
        from ui.terminal.desktop_entry import change_desktop_entry

        return change_desktop_entry(output, options.act)
    if options.command == "completion":
        from services.sandbox.command_line import make_parser as make_sandbox_parser
        from ui.terminal.completion import command_of, commands_of, completion

        commands = commands_of(make_parser())
        commands["sandbox"] = command_of(make_sandbox_parser(), _("run a local Files API"))
        output.result(completion(options.shell, commands), "", {})
        output.end()
        return ExitCode.DONE
    if options.command == "accounts":
        return _manage_accounts(options, output)
    if options.command in {"ls", "find"}:
        return _list(options, output)
    if options.command == "resume":
        from ui.terminal.opened_queue import OpenedQueue
        from ui.terminal.resume import resume

        with OpenedQueue(_prepared(options), output, timeout=options.timeout) as queue:
            return resume(queue, options.account)
    carry_out = _command(options)
    paths = _prepared(options)
    from ui.terminal.opened_account import OpenedAccount

    with OpenedAccount(paths, output, name=options.account, timeout=options.timeout) as opened:
        return carry_out(opened)


def _list(options: argparse.Namespace, output: Output) -> ExitCode:
    """List files, without loading what isn't needed for it. Raises Failure."""
    wanted = None
    if options.search or options.purpose:
        from ui.terminal.choosing import search

        wanted = search(" ".join(options.search), time.time(), frozenset(options.purpose))
    from ui.terminal.listing_files import listed_files
    from ui.terminal.ls import ls

    files = listed_files(_prepared(options), output, options.account, options.timeout)
    return ls(output, files, wanted)


def _manage_accounts(options: argparse.Namespace, output: Output) -> ExitCode:
    """List, add or remove accounts. Raises Failure."""
    from services.providers.account import Account
    from ui.terminal.accounts import accounts, add, remove

    if options.act is None:
        return accounts(output, _prepared(options))
    if not options.name.strip():
        raise Failure(_("Give the name of the account."), ExitCode.USAGE)
    paths = _prepared(options)
    if options.act == "remove":
        return remove(output, paths, options.name, None if options.yes else _ask)
    wanted = Account(
        "", options.name, options.provider, options.url, options.organization, options.project
    )
    return add(output, paths, wanted)


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
    match options.command:
        case "info":
            from ui.terminal.info import info

            return lambda opened: info(opened, options.patterns, every=options.every)
        case "cat":
            from ui.terminal.cat import cat

            return lambda opened: cat(opened, options.patterns, every=options.every)
        case "batches":
            return _batch_command(options)
        case "put":
            from ui.terminal.put import Wanted, put, wanted_files

            paths, reads_input = wanted_files(options.paths, options.name)
            wanted_uploads = Wanted(
                paths,
                reads_input,
                options.name,
                options.purpose,
                options.expires,
                options.anyway,
                options.again,
            )
            return lambda opened: put(opened, wanted_uploads)
    if not options.patterns and not options.search:
        words = _("Which files? Give IDs, names or patterns, or --search.")
        raise Failure(words, ExitCode.USAGE)
    from ui.terminal.choosing import chosen, search

    wanted = search(options.search, time.time())

    def files_in(opened: "OpenedAccount") -> "list[RemoteFile]":
        return chosen(opened, options.patterns, wanted, every=options.every)

    if options.command == "get":
        from ui.terminal.get import get, place_of

        place = place_of(options.to, as_zip=options.zip)
        if place is None and _form(options) not in {Form.ROWS, Form.IDS}:
            words = _("--to - prints the content of files; leave out --json or --jsonl.")
            raise Failure(words, ExitCode.USAGE)
        return lambda opened: get(
            opened, files_in(opened), place, options.when_taken, as_zip=options.zip
        )
    from ui.terminal.rm import rm

    ask = None if options.yes else _ask
    return lambda opened: rm(opened, files_in(opened), dry_run=options.dry_run, ask=ask)


def _batch_command(options: argparse.Namespace) -> "Callable[[OpenedAccount], ExitCode]":
    """What to do with the account's batches. Raises Failure for a mistake in the options."""
    from services.api.batch import NewBatch
    from ui.terminal import batches
    from ui.terminal.get import place_of

    act, *ids = options.words or [""]
    if act in {"cancel", "create", "get"} and not ids:
        raise Failure(_("Which one? Give its ID."), ExitCode.USAGE)
    match act:
        case "":
            return batches.list_batches
        case "cancel":
            return lambda opened: batches.cancel_batches(opened, ids)
        case "create":
            if len(ids) > 1 or not options.endpoint:
                words = _("Give the ID of one file, and --endpoint.")
                raise Failure(words, ExitCode.USAGE)
            new = NewBatch(ids[0], options.endpoint, options.window, dict(options.metadata) or None)
            return lambda opened: batches.create_batch(opened, new)
        case "get":
            place = place_of(options.to, as_zip=False)
            if place is None:
                raise Failure(_("Results are saved in a folder."), ExitCode.USAGE)
            return lambda opened: batches.get_results(opened, ids, place, options.when_taken)
    return lambda opened: batches.show_batches(opened, [act, *ids])


def _ask(question: str) -> str:
    """What the person answers; empty if there is no answer. Raises Failure without a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise Failure(_("Use --yes to do it without being asked."), ExitCode.USAGE)
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
