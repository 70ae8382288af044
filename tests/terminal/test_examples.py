"""The help of each command has examples, which are commands that it accepts."""

import shlex

import pytest

from ui.terminal.command_line import COMMANDS
from ui.terminal.examples import EXAMPLES
from ui.terminal.parser import make_parser, parse

LINES = [example.line for examples in EXAMPLES.values() for example in examples]


def test_each_command_has_examples() -> None:
    assert set(EXAMPLES) == COMMANDS
    assert all(EXAMPLES.values())


@pytest.mark.parametrize("line", LINES)
def test_an_example_is_a_command_without_a_mistake(line: str) -> None:
    _before, own = line.split("filewharf ", 1)
    argv = shlex.split(own.split(" | ")[0].rstrip(")"))
    assert parse(argv).command == argv[0]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_shows_them_unchanged(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args([command, "--help"])
    shown = capsys.readouterr().out
    for example in EXAMPLES[command]:
        assert f"\n  {example.line}\n" in shown
    assert "130" in shown
