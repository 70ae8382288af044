"""`filewharf check` judges files offline, for people and for scripts."""

import json
from pathlib import Path

import pytest

from ui.terminal.command_line import run

GOOD = (
    '{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions",'
    ' "body": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}}\n'
)


def test_a_good_file_passes_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.jsonl").write_text(GOOD)
    assert run(["check", "--purpose", "batch", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("", "")


def test_each_finding_has_file_line_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(GOOD + "{bad\n" + GOOD)
    assert run(["check", "--purpose", "batch", str(bad)]) == 1
    out, err = capsys.readouterr()
    first, *_others = out.splitlines()
    assert first.startswith(f"{bad}:2:2: error: ")
    assert err == ""
    assert run(["check", "--purpose", "batch", "--json", str(bad)]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert findings[0]["line"] == 2
    assert findings[0]["severity"] == "error"
    assert findings[0]["path"] == str(bad)


def test_what_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err
    assert run(["check", str(tmp_path)]) == 1


def test_a_wrong_option_is_a_mistake_in_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["check", "--no-such-option"])
    assert ended.value.code == 2
