"""A run of the real server and engine with everything they do to their files on record, and the power cuts in it."""
import json
import os
import pathlib
import random
import shutil
import time
from typing import Iterator

from harness import layer, store
from harness.disk import Disk
from harness.writers import Sent, Writers
from support.server import Server

# So small that a run of seconds crosses segments, write-backs, flushes and merges.
SMALL = '[journal]\nsegment = "64 KiB"\nlog = "256 KiB"\nflush_ms = 60\n'
ORGS = ("a", "b", "c")
MERGES_LEAST = 5


class Recording:
    def __init__(self, folder: pathlib.Path, seconds: float, seed: int):
        self.seed = seed
        self.server = Server(folder, config=SMALL)
        self.layer = layer.Layer(folder, self.server.data, log=True)
        self.server.start()
        self.keys = {org: self.server.make_org(org, org) for org in ORGS}
        assert self.server.stop() == 0
        self._disk = Disk(self.server.data)
        self.merges = 0
        self._run(seconds)
        self.changes = list(layer.read_log(self.layer.log))
        # What lies there now, to see whether the layer saw it all. Not SQLite's shared memory: it is mapped, and
        # made anew after a crash.
        self.left = {str(path.relative_to(self.server.data)): path.read_bytes()
                     for path in self.server.data.rglob("*")
                     if path.is_file() and not path.is_symlink() and not path.name.endswith("-shm")}

    def _run(self, seconds: float) -> None:
        plain = self.server.environment
        self.server.environment = plain | self.layer.environment()
        self.server.start()
        rng = random.Random(self.seed)
        with Writers(self.server, self.keys, writers=8, seed=self.seed, pause=0.5, layer=self.layer) as writers:
            end = time.monotonic() + seconds
            # On a slow machine it takes longer until all has happened that a cut should meet.
            while time.monotonic() < end or self.merges < MERGES_LEAST:
                time.sleep(rng.uniform(0.3, 0.9))
                store.merge(self.server)
                self.merges += 1
                self.layer.mark(json.dumps({"key": self.server.make_key("a")}))
            self.server.kill()
            writers.abandon()
        assert writers.wrong == [], writers.wrong
        self.server.environment = plain

    def seen(self) -> dict[str, bytes]:
        """After all cuts: the files as the layer saw them."""
        return {name: content for name, content in self._disk.files().items() if not name.endswith("-shm")}

    def cuts(self, count: int) -> Iterator[tuple[str, Sent]]:
        """For each cut the data folder is replaced by what it may have left; where it was, and what clients knew."""
        rng = random.Random(self.seed)
        places = sorted(rng.sample(range(1, len(self.changes) + 1), count))
        sent = Sent()
        for number, change in enumerate(self.changes, 1):
            if change.op == layer.MARK:
                note(sent, json.loads(change.data))
            self._disk.take(change)
            if places and number == places[0]:
                places.pop(0)
                shutil.rmtree(self.server.data)
                kept = self._disk.cut(random.Random(self.seed * 1_000_000 + number), self.server.data)
                yield f"after change {number} ({describe(change)}), {kept} of the unsynced kept", copy_of(sent)


def note(sent: Sent, told: dict) -> None:
    if "sent" in told:
        sent.events.setdefault(told["org"], {}).update({event["external_id"]: event for event in told["sent"]})
    elif "key" in told:
        sent.new_key = told["key"]
    else:
        sent.answers |= told["answers"]


def copy_of(sent: Sent) -> Sent:
    copy = Sent()
    copy.events = {org: dict(events) for org, events in sent.events.items()}
    copy.answers, copy.new_key = dict(sent.answers), sent.new_key
    return copy


def describe(change: layer.Change) -> str:
    return f"{layer.NAMES[change.op]} {os.path.basename(change.path.rstrip('/'))}".strip()
