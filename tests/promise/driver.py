"""Plays a scenario with the real program and a model server, and records what was requested."""

import os
import shutil
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from services.transfers.jobs import DeleteJob, DownloadJob, UploadJob
from services.transfers.transfer import ENDED, UNDER_WAY, Transfer, TransferKind, TransferState
from tests.promise.behaviors import ContentRule
from tests.promise.contents import content_of_size
from tests.promise.counts import Counts
from tests.promise.judge import Judge
from tests.promise.model_server import OUTPUT, ModelServer
from tests.promise.requested import Requested
from tests.promise.scenario import (
    Command,
    Delete,
    Download,
    Kill,
    LocalChange,
    LocalSpec,
    OtherDeletes,
    OtherUploads,
    Quit,
    Release,
    RemoteSpec,
    Scenario,
    Step,
    Upload,
    Wait,
)
from tests.promise.session import PATIENCE, Session
from tests.promise.virtual_clock import VirtualClock
from tests.support.factories import local_file, upload_request

_LISTED_SIZES = {"none": None, "zero": 0, "huge": 5 * 10**12}
_LONGEST_END = 5 * 3600
"""Seconds after which everything that can end has ended. If no listing is ever complete, the search
for a lost upload never ends."""
_MOST_RESUMES = 5
"""Transfers that keep pausing themselves are left alone after this many resumes."""


class Driver:
    """Plays one scenario; `folder` is for this scenario only."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.counts = Counts(scenarios=1)
        self.requested = Requested()
        self.clock = VirtualClock()
        self._changed = threading.Condition()
        self._change_count = 0
        self._offered: set[int] = set()
        self.server = ModelServer(scenario.traits, self.clock, self._notify)
        self.downloads = folder / "home" / "downloads"
        self.downloads.mkdir(parents=True)
        self._source = folder / "source"
        self._data = folder / "data"
        self._aside = folder / "aside"
        self._data.mkdir()
        self._cleared: dict[int, Transfer] = {}
        self._changes = 0
        self._contents = [_content(spec) for spec in scenario.local]
        self._paths = [self._write(number, spec) for number, spec in enumerate(scenario.local)]
        self._remote = [self._add_remote(spec) for spec in scenario.remote]
        self.server.delete_behaviors.extend(scenario.delete_behaviors)
        self.server.content_behaviors.extend(scenario.content_behaviors)
        self.server.proof_behaviors.extend(scenario.proof_behaviors)
        for spec in scenario.local:
            behaviors = self.server.behaviors.setdefault(_content(spec), deque())
            behaviors.extend(spec.behaviors)
        self.session = self._begin()

    def run(self) -> None:
        """Play all steps, then finish all transfers."""
        for step in self.scenario.steps:
            self._do(step)
            self._settle()
        self._end()

    def close(self) -> None:
        """Quit and close the server, even in the middle of the scenario."""
        try:
            self.session.close()
        finally:
            self.server.close()

    def judge(self) -> list[str]:
        """List the broken promises; call it after `close`."""
        faults = list(
            Judge(
                self.requested,
                self.transfers,
                self.server.store,
                gives_content=self.scenario.traits.content is ContentRule.GIVEN
                and not self.server.proofs_failed,
            ).all_faults(self.downloads, self._data / "uploads.sqlite", self.server.received)
        )
        self._count(faults)
        return faults

    def _count(self, faults: list[str]) -> None:
        counts, states = self.counts, Counter(one.state for one in self.transfers.values())
        counts.answers_lost = self.server.answers_lost
        ours = [file for file in self.server.store.files.values() if file.ours]
        counts.renamed = sum(
            file.name not in {spec.name for spec in self.scenario.local} for file in ours
        )
        counts.adopted = sum(
            self.transfers[one].state is TransferState.DONE
            and self.transfers[one].file_id not in self.server.answered
            and one not in self.requested.chosen
            for one in self.requested.uploads
        )
        counts.candidates = len(self._offered)
        requested = Counter(self.requested.uploads.values())
        counts.resent = (self.server.received - requested).total()
        counts.warned = sum(one.warning is not None for one in self.transfers.values())
        counts.uncertain = states[TransferState.UNCERTAIN]
        counts.failed = states[TransferState.FAILED]
        counts.broken = len(faults)

    @property
    def transfers(self) -> dict[int, Transfer]:
        """The last snapshot of each transfer; cleared ones have negative IDs."""
        return self._cleared | self.session.transfers

    # Steps

    def _do(self, step: Step) -> None:
        match step:
            case Upload(files):
                self._upload(files)
            case Download(files, when_taken):
                self._download(files, WhenTaken[when_taken.upper().replace(" ", "_")])
            case Delete(pick):
                self._delete(pick)
            case Wait(seconds):
                self._wait(seconds)
            case Release(pick, cut):
                self.server.held_requests.release(pick, cut=cut)
            case Kill(after):
                self._kill(after)
            case Quit(after):
                self._quit(after)
            case Command(name, pick):
                self._command(name, pick)
            case OtherUploads():
                self._other_uploads(step)
            case OtherDeletes(pick):
                self._other_deletes(pick)
            case LocalChange(file):
                self._change_local(file % len(self._paths))

    def _upload(self, files: tuple[int, ...]) -> None:
        numbers = [number % len(self._paths) for number in files]
        jobs = [
            UploadJob(
                upload_request(
                    local_file(self._paths[number]), purpose=self.scenario.local[number].purpose
                )
            )
            for number in numbers
        ]
        ids = self.session.add(jobs)
        self.counts.uploads += len(ids)
        for transfer_id, number in zip(ids, numbers, strict=True):
            self.requested.uploads[transfer_id] = self._contents[number]

    def _download(self, files: tuple[int, ...], when_taken: WhenTaken) -> None:
        chosen = [self._remote[number % len(self._remote)] for number in files]
        jobs = []
        for file_id in chosen:
            stored = self.server.store.files[file_id]
            seen = RemoteFile(file_id, stored.name, OUTPUT, stored.listed_size, stored.created_at)
            jobs.append(DownloadJob(seen, self.downloads, when_taken))
        ids = self.session.add(jobs)
        self.counts.downloads += len(ids)
        self.requested.downloads.update(zip(ids, chosen, strict=True))

    def _delete(self, pick: int) -> None:
        there = [file for file in self.server.store.files.values() if not file.gone]
        if not there:
            return
        file = there[pick % len(there)]
        seen = RemoteFile(file.id, file.name, file.purpose, file.listed_size, file.created_at)
        [transfer_id] = self.session.add([DeleteJob(seen)])
        self.counts.deletes += 1
        self.requested.deletes[transfer_id] = file.id

    def _wait(self, seconds: int) -> float | None:
        self.clock.advance(seconds)
        return self._run_due_lookups()

    def _kill(self, after: int) -> None:
        """Lose everything that isn't on disk. All running transfers are held by the server."""
        self.counts.kills += 1
        # A real kill can come before the journal has the latest changes; see tests/crash.
        self.session.do(lambda queue: queue.add("acme", []))
        shutil.rmtree(self._aside, ignore_errors=True)
        shutil.copytree(self._data / "transfers", self._aside / "transfers", ignore=_NO_LOCK)
        shutil.copytree(self.downloads, self._aside / "downloads")
        self.server.sever()
        self.session.close()  # stops its threads; what they still write is discarded
        for here, aside in ((self._data / "transfers", "transfers"), (self.downloads, "downloads")):
            shutil.rmtree(here)
            (self._aside / aside).rename(here)
        self._begin_again(after)

    def _quit(self, after: int) -> None:
        self.counts.quits += 1
        self.session.close()
        self.server.sever()
        self._begin_again(after)

    def _command(self, name: str, pick: int) -> None:
        fitting = [one for one in self.session.transfers.values() if _FITS[name](one)]
        if not fitting:
            return
        one = fitting[pick % len(fitting)]
        if name in {"retry", "send again"}:
            self.requested.canceled.pop(one.id, None)
        match name:
            case "pause" | "cancel":
                if one.state is TransferState.CONFIRMING and name == "cancel":
                    content = self.requested.uploads[one.id]
                    self.requested.canceled[one.id] = self.server.received[content]
                self.session.do(lambda queue: getattr(queue, name)([one.id]))
                if one.state in UNDER_WAY:
                    self._wait_for(
                        lambda: self.transfers[one.id].state not in UNDER_WAY, f"{name} {one}"
                    )
            case "resume" | "retry":
                self.session.do(lambda queue: getattr(queue, name)([one.id]))
            case "send again":
                self._send_again(one.id)
            case "clear":
                self._clear(one)
            case _:
                self._choose(one)

    def _send_again(self, transfer_id: int) -> None:
        self.requested.resends[self.requested.uploads[transfer_id]] += 1
        self.session.do(lambda queue: queue.send_again([transfer_id]))

    def _clear(self, one: Transfer) -> None:
        self.session.do(lambda queue: queue.clear([one.id]))
        new_id = -1 - len(self._cleared)
        self._cleared[new_id] = one
        self.requested.rename(one.id, new_id)

    def _change_local(self, number: int) -> None:
        old, size = self._contents[number], self.scenario.local[number].size
        self._contents[number] = content_of_size(size, f"changed {self._changes}")
        self._paths[number].write_bytes(self._contents[number])
        self._changes += 1
        moment = self._changes * 10**9  # different from the previous time
        os.utime(self._paths[number], ns=(moment, moment))
        if not self.scenario.keeps_history:
            uploads = self.requested.uploads.items()
            self.requested.unprovable.update(one for one, content in uploads if content == old)

    def _choose(self, one: Transfer) -> None:
        """Choose the right candidate, if there is one: the user knows their contents."""
        content = self.requested.uploads[one.id]
        owned = {other.file_id for other in self.transfers.values()}
        for file_id in one.candidates:
            stored = self.server.store.find(file_id)
            if stored is not None and stored.content == content and file_id not in owned:
                self.requested.chosen.add(one.id)
                self.session.do(partial(lambda it, queue: queue.adopt(one.id, it), file_id))
                return

    def _other_uploads(self, step: OtherUploads) -> None:
        spec = self.scenario.local[step.like % len(self.scenario.local)]
        content = _content(spec) if step.same_content else content_of_size(spec.size, "other")
        name = spec.name if step.same_name else "another.jsonl"
        self.server.add_file(name, spec.purpose, content, ours=False, late=step.late)
        self.counts.by_others += 1

    def _other_deletes(self, pick: int) -> None:
        with self.server.lock:
            there = [file for file in self.server.store.files.values() if not file.gone]
            if there:
                there[pick % len(there)].gone = True

    def _end(self) -> None:
        """Release held requests, advance the clock and resume transfers until nothing is left to do."""
        resumes = _MOST_RESUMES if self.scenario.resumes else 0
        over_at = self.clock() + _LONGEST_END
        while self.clock() <= over_at:
            while self.server.held_requests.release(0, cut=False):
                self._settle()
            waiting = [one.id for one in self.session.transfers.values() if one.can_resume]
            if waiting and resumes:
                resumes -= 1
                self.session.do(partial(lambda ids, queue: queue.resume(ids), waiting))
                self._settle()
                continue
            seconds = self._run_due_lookups()
            self._settle()
            if seconds is None and not len(self.server.held_requests):
                return
            self.clock.advance(max(1, seconds or 0))

    # Helpers

    def _run_due_lookups(self) -> float | None:
        delays: list[float | None] = []
        self.session.do(lambda queue: delays.append(queue.run_due_lookups()))
        return delays[0]

    def _begin(self) -> Session:
        session = Session(
            self._data,
            self.server.base_url,
            lambda: self.clock() + self.scenario.client_ahead,
            self._notify,
            keeps_history=self.scenario.keeps_history,
        )
        at_once = dict.fromkeys(TransferKind, self.scenario.at_once)
        session.do(
            lambda queue: queue.set_limits(
                at_once, upload_bytes_a_second=None, download_bytes_a_second=None
            )
        )
        return session

    def _begin_again(self, after: int) -> None:
        self.clock.advance(after)
        self.server.reconnect()
        self.session = self._begin()

    def _write(self, number: int, spec: LocalSpec) -> Path:
        path = self._source / str(number) / spec.name
        path.parent.mkdir(parents=True)
        path.write_bytes(_content(spec))
        return path

    def _add_remote(self, spec: RemoteSpec) -> str:
        content = content_of_size(spec.size, spec.name)
        stored = self.server.add_file(spec.name, OUTPUT, content, ours=False, late=0)
        stored.name = spec.name
        stored.listed_size = (
            len(content) + 1
            if spec.listed_size == "one more"
            else _LISTED_SIZES.get(spec.listed_size, len(content))
        )
        return stored.id

    def _notify(self) -> None:
        with self._changed:
            self._change_count += 1
            self._changed.notify_all()

    def _settle(self) -> None:
        """Wait until only the requests held by the server are running."""
        self._wait_for(self._is_settled, "everything is settled")
        self._offered |= {one.id for one in self.transfers.values() if one.candidates}

    def _is_settled(self) -> bool:
        states = Counter((one.kind, one.state) for one in self.transfers.values())
        under_way = 0
        for kind in TransferKind:
            now = sum(states[kind, state] for state in UNDER_WAY)
            if states[kind, TransferState.QUEUED] and now < self.scenario.at_once:
                return False
            under_way += now
        return under_way == len(self.server.held_requests)

    def _wait_for(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            with self._changed:
                rings = self._change_count
            if reached():
                return
            with self._changed:
                changed = self._changed.wait_for(
                    partial(lambda seen: self._change_count != seen, rings),
                    deadline - time.monotonic(),
                )
            assert changed, (
                f"not reached: {what}; {self.transfers}, {len(self.server.held_requests)} held"
            )


def _content(spec: LocalSpec) -> bytes:
    return content_of_size(spec.size, str(spec.content))


_NO_LOCK = shutil.ignore_patterns("*-shm")
_FITS: dict[str, Callable[[Transfer], bool]] = {
    "pause": lambda one: one.can_pause,
    "cancel": lambda one: one.can_cancel,
    "resume": lambda one: one.can_resume,
    "retry": lambda one: one.can_retry,
    "send again": lambda one: one.state is TransferState.UNCERTAIN,
    "clear": lambda one: one.state in ENDED | {TransferState.UNCERTAIN},
    "choose": lambda one: one.state is TransferState.UNCERTAIN and bool(one.candidates),
}
