"""`filewharf check` judges files offline, for people and for scripts."""

import json
import os
import sys
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


def test_skipped_files_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.jsonl").write_text(GOOD)
    (tmp_path / ".hidden.jsonl").write_text("{bad")
    assert run(["check", "--purpose", "batch", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 file skipped" in err


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't allow such names")
def test_a_name_that_is_not_utf_8_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / os.fsdecode(b"bad\xff.jsonl")
    bad.write_text("{bad")
    assert run(["check", "--purpose", "batch", str(tmp_path)]) == 1
    assert r"bad\udcff.jsonl" in capsys.readouterr().out
    assert run(["check", "--purpose", "batch", "--json", str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().out)[0]["path"] == str(bad)
