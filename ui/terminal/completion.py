"""`filewharf completion`: scripts for shells, made from the parser of the command line."""

import argparse
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Command:
    """A command as far as a shell completes it."""

    words: str
    """What it does."""
    options: Sequence[tuple[str, str]]
    """Each option with what it does."""
    choices: Sequence[str]
    """What its argument can be; empty if it's anything."""


Commands: TypeAlias = Mapping[str, Command]


def commands_of(parser: argparse.ArgumentParser) -> dict[str, Command]:
    """The commands of a parser, by name."""
    found: dict[str, Command] = {}
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            words = {one.dest: one.help or "" for one in group._choices_actions}
            for name, one in group.choices.items():
                found[name] = command_of(one, words.get(name, ""))
    return found


def completion(shell: str, commands: Commands) -> str:
    """The script for bash, zsh or fish."""
    write = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]
    return "\n".join(write(commands))


def command_of(parser: argparse.ArgumentParser, words: str) -> Command:
    """A command by its own parser; `words` say what it does."""
    options: list[tuple[str, str]] = []
    choices: list[str] = []
    for action in parser._actions:
        options += [(name, action.help or "") for name in action.option_strings]
        if not action.option_strings and action.choices:
            choices += map(str, action.choices)
    return Command(words, options, choices)


def _bash(commands: Commands) -> Iterator[str]:
    yield "_filewharf() {"
    yield "    local words"
    yield '    local current="${COMP_WORDS[COMP_CWORD]}"'
    yield '    case "$COMP_CWORD:${COMP_WORDS[1]}" in'
    yield f"        1:*) words={shlex.quote(' '.join(commands))} ;;"
    for name, command in commands.items():
        options = " ".join(option for option, _words in command.options)
        choices = " ".join(command.choices)
        yield f"        *:{name})"
        yield f"            words={shlex.quote(choices)}"
        yield f'            if [[ "$current" == -* ]]; then words={shlex.quote(options)}; fi ;;'
    yield "    esac"
    yield "    COMPREPLY=()"
    yield "    local word"
    yield "    for word in $words; do"
    yield '        if [[ "$word" == "$current"* ]]; then COMPREPLY+=("$word"); fi'
    yield "    done"
    yield "}"
    # Without a match, files are completed.
    yield "complete -o default -F _filewharf filewharf"


def _zsh(commands: Commands) -> Iterator[str]:
    yield "#compdef filewharf"
    yield "_filewharf() {"
    yield "    local -a offered choices"
    yield "    if (( CURRENT == 2 )); then"
    yield f"        offered=({_described((name, one.words) for name, one in commands.items())})"
    yield "        _describe command offered"
    yield "        return"
    yield "    fi"
    yield '    case "${words[2]}" in'
    for name, command in commands.items():
        yield f"        {name})"
        yield f"            offered=({_described(command.options)})"
        yield f"            choices=({' '.join(command.choices)}) ;;"
    yield "    esac"
    yield '    if [[ "${words[CURRENT]}" == -* ]]; then'
    yield "        _describe -o option offered"
    yield "    elif (( ${#choices} )); then"
    yield "        compadd -a choices"
    yield "    else"
    yield "        _files"
    yield "    fi"
    yield "}"
    yield "compdef _filewharf filewharf"


def _fish(commands: Commands) -> Iterator[str]:
    names = " ".join(commands)
    for name, command in commands.items():
        yield (
            f"complete -c filewharf -n {_fish_quoted(f'not __fish_seen_subcommand_from {names}')}"
            f" -f -a {_fish_quoted(name)} -d {_fish_quoted(command.words)}"
        )
        seen = _fish_quoted(f"__fish_seen_subcommand_from {name}")
        for option, words in command.options:
            kind = "-l" if option.startswith("--") else "-s"
            yield (
                f"complete -c filewharf -n {seen} {kind} {option.lstrip('-')}"
                f" -d {_fish_quoted(words)}"
            )
        if command.choices:
            choices = _fish_quoted(" ".join(command.choices))
            yield f"complete -c filewharf -n {seen} -f -a {choices}"


def _described(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(shlex.quote(f"{name}:{words}") for name, words in pairs)


def _fish_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
