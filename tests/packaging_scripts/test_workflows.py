"""The workflow files, which run on machines that these tests don't have.

They are valid, what they name exists, and what needs a certificate is skipped without one.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.packaging_scripts.conftest import SCRIPTS, Load

ROOT = SCRIPTS.parent
FILES = sorted((ROOT / ".github" / "workflows").iterdir())
PATH = re.compile(r"(?<![\w./\\-])(?:packaging|resources|services|tests|ui)[/\\][\w./\\-]*\w")
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
SECRET = re.compile(r"secrets\.\w+")


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """A step; a key that isn't among these is refused."""

    name: str = ""
    uses: str = ""
    run: str = ""
    shell: str = ""
    condition: str = msgspec.field(name="if", default="")
    options: dict[str, str] = msgspec.field(name="with", default_factory=dict)


class Strategy(msgspec.Struct, forbid_unknown_fields=True):
    """The machines of a job."""

    matrix: dict[str, list[dict[str, str]]]


class Job(msgspec.Struct, forbid_unknown_fields=True):
    """A job, with what its steps can read from the environment."""

    steps: list[Step]
    machine: str = msgspec.field(name="runs-on")
    env: dict[str, str] = msgspec.field(default_factory=dict)
    strategy: Strategy | None = None

    def secrets(self) -> set[str]:
        """The variables that are empty unless the project has a certificate."""
        return {name for name, value in self.env.items() if SECRET.search(value)}


@dataclass(frozen=True)
class Workflow:
    """A workflow file: its text, and the jobs in it."""

    text: str
    jobs: dict[str, Job]

    def steps(self) -> Iterator[tuple[Job, Step]]:
        """All steps, each with its job."""
        return ((job, step) for job in self.jobs.values() for step in job.steps)


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Workflow:
    path: Path = request.param
    assert path.suffix == ".yml"
    text = path.read_text(encoding="utf-8")
    content = msgspec.yaml.decode(text, type=dict[object, object])
    # YAML takes "on" for true.
    assert {*content} == {"name", True, "permissions", "jobs"}
    return Workflow(text, msgspec.convert(content["jobs"], dict[str, Job]))


def test_there_is_a_workflow_for_each_system_without_checks() -> None:
    assert {path.stem for path in FILES} == {"macos", "windows"}


def test_each_says_that_it_was_never_run(workflow: Workflow) -> None:
    head = workflow.text.partition("\nname:")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert "NOT BUILT HERE" in head


def test_each_step_does_one_thing_and_has_a_name(workflow: Workflow) -> None:
    for _, step in workflow.steps():
        assert bool(step.uses) != bool(step.run)
        if step.run:
            assert step.name
        else:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.uses)


def test_every_path_exists(workflow: Workflow) -> None:
    named = {name.replace("\\", "/") for name in PATH.findall(workflow.text)}
    assert "packaging/tasks.py" in named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_tasks_and_what_they_build_exist(workflow: Workflow, load: Load) -> None:
    text = workflow.text.replace("\\", "/")
    asked = set(re.findall(r"packaging/tasks\.py (\w+)", text))
    assert asked
    assert asked <= load("tasks").TASKS.keys()
    built = load("freeze").FOLDER.relative_to(ROOT)
    spec = (SCRIPTS / "filewharf.spec").read_text(encoding="utf-8")
    programs = set(re.findall(r'"(filewharf[\w-]*)": (?:True|False)', spec))
    bundles = set(re.findall(r'name="(\w+\.app)"', spec))
    found = re.findall(rf"{built.parent.as_posix()}/([\w.-]+)((?:/[\w.-]+)*)", text)
    assert found
    for folder, inside in found:
        assert folder in {built.name, *bundles}
        assert not inside or Path(inside).stem in programs


def test_the_artifacts_are_where_they_were_put(workflow: Workflow) -> None:
    uploads = [step for _, step in workflow.steps() if "upload-artifact" in step.uses]
    assert len(uploads) == len(workflow.jobs)
    for step in uploads:
        assert step.options["path"] == "dist/"
    assert re.search(r"dist[/\\]filewharf-", workflow.text)


def test_expressions_name_what_is_there(workflow: Workflow) -> None:
    for job in workflow.jobs.values():
        known = {"matrix." + key for one in _machines(job) for key in one}
        texts = [job.machine, *(text for step in job.steps for text in _texts(step))]
        used = {name for text in texts for name in EXPRESSION.findall(text)}
        assert used <= known
        # A machine that lacks one of the values would see an empty text.
        assert len({frozenset(one) for one in _machines(job)}) <= 1


def test_steps_that_need_a_certificate_are_skipped_without_one(workflow: Workflow) -> None:
    guarded = 0
    for job, step in workflow.steps():
        # Conditions can't ask for secrets themselves, only for variables.
        assert not SECRET.search(" ".join(_texts(step)))
        needed = {name for name in job.secrets() if re.search(rf"\b{name}\b", step.run)}
        if needed:
            guards = re.findall(r"env\.(\w+) != ''", step.condition)
            assert step.condition == " && ".join(f"env.{one} != ''" for one in guards)
            # What isn't signed isn't sent to be checked, either.
            assert needed & {*guards}, step.name
            assert "CERTIFICATE" in guards, step.name
            guarded += 1
        else:
            assert not step.condition
    assert guarded


def test_certificates_are_not_left_behind(workflow: Workflow) -> None:
    for _, step in workflow.steps():
        for name in set(re.findall(r"certificate\.\w+", step.run)):
            assert re.search(rf"^(?:rm|Remove-Item) {re.escape(name)}$", step.run, re.MULTILINE)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_can_read_the_scripts(workflow: Workflow) -> None:
    for job, step in workflow.steps():
        if step.run and "windows" not in job.machine:
            script = EXPRESSION.sub("value", step.run)
            subprocess.run(["bash", "-n"], input=script, check=True, text=True)


def test_the_python_is_one_that_the_program_takes(workflow: Workflow) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    chosen = [step.options for _, step in workflow.steps() if "setup-python" in step.uses]
    assert len(chosen) == len(workflow.jobs)
    for options in chosen:
        assert f"Python :: {options['python-version']}" in project


def test_the_files_of_the_installer_exist(load: Load) -> None:
    script = (SCRIPTS / "windows" / "filewharf.iss").read_text(encoding="utf-8")
    made = {load("freeze").FOLDER, ROOT / "build" / "filewharf.ico", ROOT / "dist"}
    for name in re.findall(r"\.\.\\\.\.\\([^\"\n]+)", script):
        path = ROOT / name.replace("\\", "/").removesuffix("/*")
        assert path in made or path.is_file(), name
    workflow = (ROOT / ".github" / "workflows" / "windows.yml").read_text(encoding="utf-8")
    setup = re.search(r"dist\\(filewharf-.*?)\.exe", workflow)
    named = re.search(r"^OutputBaseFilename=(.*)$", script, re.MULTILINE)
    assert setup is not None
    assert named is not None
    assert setup[1] == named[1].replace("{#Version}", "*")


def _machines(job: Job) -> list[dict[str, str]]:
    return [] if job.strategy is None else job.strategy.matrix["include"]


def _texts(step: Step) -> list[str]:
    return [step.run, step.condition, step.name, *step.options.values()]
