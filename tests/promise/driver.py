"""Lets a course happen to the real program and a model server, and keeps what it asked for."""

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
from tests.promise.asked import Asked
from tests.promise.contents import content_of_size
from tests.promise.counts import Counts
from tests.promise.course import (
    Answer,
    Command,
    Course,
    Delete,
    Download,
    Kill,
    LocalChange,
    LocalSpec,
    OtherDeletes,
    OtherUploads,
    Pass,
    Quit,
    RemoteSpec,
    Step,
    Upload,
)
from tests.promise.fates import ContentRule
from tests.promise.judge import Judge
from tests.promise.model_server import OUTPUT, ModelServer
from tests.promise.session import PATIENCE, Session
from tests.promise.virtual_clock import VirtualClock
from tests.support.factories import local_file, upload_request

_TOLD_SIZES = {"none": None, "zero": 0, "huge": 5 * 10**12}
_LONGEST_END = 5 * 3600
"""Seconds in which all that can end has ended. Where nothing is ever listed whole, an upload is
looked for on and on."""
_MOST_RESUMES = 5
"""What pauses by itself again and again is let be."""


class Driver:
    """One course; `folder` is its own."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.course = course
        self.counts = Counts(courses=1)
        self.asked = Asked()
        self.clock = VirtualClock()
        self._bell = threading.Condition()
        self._rings = 0
        self._offered: set[int] = set()
        self.server = ModelServer(course.will, self.clock, self._ring)
        self.downloads = folder / "home" / "downloads"
        self.downloads.mkdir(parents=True)
        self._source = folder / "source"
        self._data = folder / "data"
        self._aside = folder / "aside"
        self._data.mkdir()
        self._forgotten: dict[int, Transfer] = {}
        self._changes = 0
        self._contents = [_content(spec) for spec in course.local]
        self._paths = [self._write(number, spec) for number, spec in enumerate(course.local)]
        self._remote = [self._give(spec) for spec in course.remote]
        self.server.delete_fates.extend(course.delete_fates)
        self.server.content_fates.extend(course.content_fates)
        self.server.proof_fates.extend(course.proof_fates)
        for spec in course.local:
            fates = self.server.fates.setdefault(_content(spec), deque())
            fates.extend(spec.fates)
        self.session = self._begin()

    def run(self) -> None:
        """Do all steps, and bring all to an end."""
        for step in self.course.steps:
            self._do(step)
            self._settle()
        self._end()

    def close(self) -> None:
        """Quit and end the server, also in the middle."""
        try:
            self.session.close()
        finally:
            self.server.close()

    def judge(self) -> list[str]:
        """What was promised and is not so; after `close`."""
        faults = list(
            Judge(
                self.asked,
                self.transfers,
                self.server.store,
                gives_content=self.course.will.content is ContentRule.GIVEN
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
            file.name not in {spec.name for spec in self.course.local} for file in ours
        )
        counts.adopted = sum(
            self.transfers[one].state is TransferState.DONE
            and self.transfers[one].file_id not in self.server.answered
            and one not in self.asked.chosen
            for one in self.asked.uploads
        )
        counts.candidates = len(self._offered)
        asked = Counter(self.asked.uploads.values())
        counts.resent = (self.server.received - asked).total()
        counts.warned = sum(one.warning is not None for one in self.transfers.values())
        counts.uncertain = states[TransferState.UNCERTAIN]
        counts.failed = states[TransferState.FAILED]
        counts.broken = len(faults)

    @property
    def transfers(self) -> dict[int, Transfer]:
        """As they were told last; those that were forgotten have ids below 0."""
        return self._forgotten | self.session.transfers

    # What happens

    def _do(self, step: Step) -> None:
        match step:
            case Upload(files):
                self._upload(files)
            case Download(files, when_taken):
                self._download(files, WhenTaken[when_taken.upper().replace(" ", "_")])
            case Delete(pick):
                self._delete(pick)
            case Pass(seconds):
                self._pass(seconds)
            case Answer(pick, cut):
                self.server.parked.release(pick, cut=cut)
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
        orders = [
            UploadJob(
                upload_request(
                    local_file(self._paths[number]), purpose=self.course.local[number].purpose
                )
            )
            for number in numbers
        ]
        ids = self.session.add(orders)
        self.counts.uploads += len(ids)
        for transfer_id, number in zip(ids, numbers, strict=True):
            self.asked.uploads[transfer_id] = self._contents[number]

    def _download(self, files: tuple[int, ...], when_taken: WhenTaken) -> None:
        chosen = [self._remote[number % len(self._remote)] for number in files]
        orders = []
        for file_id in chosen:
            kept = self.server.store.files[file_id]
            seen = RemoteFile(file_id, kept.name, OUTPUT, kept.told_size, kept.created_at)
            orders.append(DownloadJob(seen, self.downloads, when_taken))
        ids = self.session.add(orders)
        self.counts.downloads += len(ids)
        self.asked.downloads.update(zip(ids, chosen, strict=True))

    def _delete(self, pick: int) -> None:
        there = [file for file in self.server.store.files.values() if not file.gone]
        if not there:
            return
        file = there[pick % len(there)]
        seen = RemoteFile(file.id, file.name, file.purpose, file.told_size, file.created_at)
        [transfer_id] = self.session.add([DeleteJob(seen)])
        self.counts.deletes += 1
        self.asked.deletes[transfer_id] = file.id

    def _pass(self, seconds: int) -> float | None:
        self.clock.advance(seconds)
        return self._run_due_lookups()

    def _kill(self, after: int) -> None:
        """Lose all that is not on the disk now. All that moves is held by the server."""
        self.counts.kills += 1
        # A real kill may come before the journal has the last of it; see tests/crash.
        self.session.do(lambda queue: queue.add("acme", []))
        shutil.rmtree(self._aside, ignore_errors=True)
        shutil.copytree(self._data / "transfers", self._aside / "transfers", ignore=_NO_LOCK)
        shutil.copytree(self.downloads, self._aside / "downloads")
        self.server.sever()
        self.session.close()  # its threads; what they still write, nobody reads
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
            self.asked.cancelled.pop(one.id, None)
        match name:
            case "pause" | "cancel":
                if one.state is TransferState.CONFIRMING and name == "cancel":
                    content = self.asked.uploads[one.id]
                    self.asked.cancelled[one.id] = self.server.received[content]
                self.session.do(lambda queue: getattr(queue, name)([one.id]))
                if one.state in UNDER_WAY:
                    self._wait_for(
                        lambda: self.transfers[one.id].state not in UNDER_WAY, f"{name} {one}"
                    )
            case "resume" | "retry":
                self.session.do(lambda queue: getattr(queue, name)([one.id]))
            case "send again":
                self._send_again(one.id)
            case "forget":
                self._forget(one)
            case _:
                self._choose(one)

    def _send_again(self, transfer_id: int) -> None:
        self.asked.said_again[self.asked.uploads[transfer_id]] += 1
        self.session.do(lambda queue: queue.send_again([transfer_id]))

    def _forget(self, one: Transfer) -> None:
        self.session.do(lambda queue: queue.clear([one.id]))
        known_as = -1 - len(self._forgotten)
        self._forgotten[known_as] = one
        self.asked.rename(one.id, known_as)

    def _change_local(self, number: int) -> None:
        old, size = self._contents[number], self.course.local[number].size
        self._contents[number] = content_of_size(size, f"changed {self._changes}")
        self._paths[number].write_bytes(self._contents[number])
        self._changes += 1
        moment = self._changes * 10**9  # surely another time than before
        os.utime(self._paths[number], ns=(moment, moment))
        if not self.course.keeps_history:
            uploads = self.asked.uploads.items()
            self.asked.unprovable.update(one for one, content in uploads if content == old)

    def _choose(self, one: Transfer) -> None:
        """The person knows the content of each candidate, and takes the right one if it is there."""
        content = self.asked.uploads[one.id]
        owned = {other.file_id for other in self.transfers.values()}
        for file_id in one.candidates:
            kept = self.server.store.find(file_id)
            if kept is not None and kept.content == content and file_id not in owned:
                self.asked.chosen.add(one.id)
                self.session.do(partial(lambda it, queue: queue.adopt(one.id, it), file_id))
                return

    def _other_uploads(self, step: OtherUploads) -> None:
        spec = self.course.local[step.like % len(self.course.local)]
        content = _content(spec) if step.same_content else content_of_size(spec.size, "other")
        name = spec.name if step.same_name else "another.jsonl"
        self.server.keep(name, spec.purpose, content, ours=False, late=step.late)
        self.counts.by_others += 1

    def _other_deletes(self, pick: int) -> None:
        with self.server.lock:
            there = [file for file in self.server.store.files.values() if not file.gone]
            if there:
                there[pick % len(there)].gone = True

    def _end(self) -> None:
        """Answer all that is held, let time pass, and resume what waits, until nothing moves."""
        resumes = _MOST_RESUMES if self.course.resumes else 0
        over_at = self.clock() + _LONGEST_END
        while self.clock() <= over_at:
            while self.server.parked.release(0, cut=False):
                self._settle()
            waiting = [one.id for one in self.session.transfers.values() if one.can_resume]
            if waiting and resumes:
                resumes -= 1
                self.session.do(partial(lambda ids, queue: queue.resume(ids), waiting))
                self._settle()
                continue
            seconds = self._run_due_lookups()
            self._settle()
            if seconds is None and not len(self.server.parked):
                return
            self.clock.advance(max(1, seconds or 0))

    # Parts

    def _run_due_lookups(self) -> float | None:
        looks: list[float | None] = []
        self.session.do(lambda queue: looks.append(queue.run_due_lookups()))
        return looks[0]

    def _begin(self) -> Session:
        session = Session(
            self._data,
            self.server.base_url,
            lambda: self.clock() + self.course.client_ahead,
            self._ring,
            keeps_history=self.course.keeps_history,
        )
        at_once = dict.fromkeys(TransferKind, self.course.at_once)
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

    def _give(self, spec: RemoteSpec) -> str:
        content = content_of_size(spec.size, spec.name)
        kept = self.server.keep(spec.name, OUTPUT, content, ours=False, late=0)
        kept.name = spec.name
        kept.told_size = (
            len(content) + 1
            if spec.told_size == "one more"
            else _TOLD_SIZES.get(spec.told_size, len(content))
        )
        return kept.id

    def _ring(self) -> None:
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    def _settle(self) -> None:
        """Return when nothing moves but what the server holds."""
        self._wait_for(self._is_settled, "all is at rest")
        self._offered |= {one.id for one in self.transfers.values() if one.candidates}

    def _is_settled(self) -> bool:
        states = Counter((one.kind, one.state) for one in self.transfers.values())
        under_way = 0
        for kind in TransferKind:
            now = sum(states[kind, state] for state in UNDER_WAY)
            if states[kind, TransferState.QUEUED] and now < self.course.at_once:
                return False
            under_way += now
        return under_way == len(self.server.parked)

    def _wait_for(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            with self._bell:
                rings = self._rings
            if reached():
                return
            with self._bell:
                came = self._bell.wait_for(
                    partial(lambda seen: self._rings != seen, rings), deadline - time.monotonic()
                )
            assert came, f"not reached: {what}; {self.transfers}, {len(self.server.parked)} held"


def _content(spec: LocalSpec) -> bytes:
    return content_of_size(spec.size, str(spec.content))


_NO_LOCK = shutil.ignore_patterns("*-shm")
_FITS: dict[str, Callable[[Transfer], bool]] = {
    "pause": lambda one: one.can_pause,
    "cancel": lambda one: one.can_cancel,
    "resume": lambda one: one.can_resume,
    "retry": lambda one: one.can_retry,
    "send again": lambda one: one.state is TransferState.UNCERTAIN,
    "forget": lambda one: one.state in ENDED | {TransferState.UNCERTAIN},
    "choose": lambda one: one.state is TransferState.UNCERTAIN and bool(one.candidates),
}
