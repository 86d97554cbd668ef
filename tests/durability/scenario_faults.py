#!/usr/bin/env python3
"""Every write, sync, rename, unlink, open and change of size of a run fails once with EIO and once with ENOSPC, under
server and engine. Whatever happens then, what was answered stays, what was not can be sent again (promises 1, 2, 4)."""
import errno
import random
import re
import shutil
import unittest
from collections import Counter
from typing import NamedTuple

from harness import layer, places, store
from harness.check import check
from harness.recording import SMALL
from harness.workload import ORGS, Ended, Workload
from harness.writers import send_again
from support.evidence import report
from support.server import Server

EXIT_IO = 74
EXITS_OF_A_START = (EXIT_IO, 75, 1)  # a start that fails may also call it temporary, or a failure
SENTENCE = r'trailkeeper: \w|"level":"error","message":"[^"]*(failed|has to end)'
JOURNAL = re.compile(r"journal/journal\.db(-wal)?$")


class Point(NamedTuple):
    op: int
    pattern: str
    at: int

    def __str__(self) -> str:
        return f"{layer.NAMES[self.op]} {self.pattern} #{self.at}"


def pattern_of(path: str) -> str:
    """Names that differ from run to run are left open."""
    path = re.sub(r"store/[0-9a-f]{3}/[0-9a-f-]{36}", "store/???/*", path)
    path = re.sub(r"store/[0-9a-f]{3}$", "store/???", path)
    path = re.sub(r"\d{6}_\d+_\d+_\d+(_\d+)?", "*", path)
    return re.sub(r"\.new-\w+", ".new-*", path)


class Faults(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = places.Scratch("faults")
        self.addCleanup(self.scratch.remove)
        self.server = Server(self.scratch.folder, config=SMALL)
        self.server.start()
        self.keys = {org: self.server.make_org(org, org) for org in ORGS}
        self.assertEqual(self.server.stop(), 0)
        self.fresh = self.scratch.folder / "fresh"
        shutil.copytree(self.server.data, self.fresh, symlinks=True)
        self.plain = self.server.environment

    def layered(self, log: bool) -> layer.Layer:
        found = layer.Layer(self.scratch.folder, self.server.data, log=log)
        self.server.environment = self.plain | found.environment()
        return found

    def points(self) -> list[Point]:
        """A run without faults, on record."""
        found = self.layered(log=True)
        self.server.start()
        Workload(self.server, self.keys, "points").run()
        self.assertEqual(self.server.stop(), 0)
        counts: Counter = Counter()
        points = []
        for change in layer.read_log(found.log):
            path = pattern_of(change.path[len(str(self.server.data)) + 1:])
            if path.endswith("-shm"):
                continue  # mapped: what SQLite writes there only reserves room
            # Most names come with being opened for writing, which is what can fail.
            op = layer.OPEN if change.op == layer.CREATE else change.op
            counts[op, path] += 1
            points.append(Point(op, path, counts[op, path]))
        return points

    def test_every_call_fails_once(self):
        points = [(point, error) for point in self.points() for error in (errno.EIO, errno.ENOSPC)]
        all_points = len(points)
        random.Random(places.seed()).shuffle(points)
        points = points[:places.size(40, len(points))]
        outcomes: Counter = Counter()
        wrong: list[str] = []
        fired = 0
        for number, (point, error) in enumerate(points):
            try:
                outcome = self.one(point, error, f"f{number}")
            except AssertionError as problem:
                outcome = "wrong"
                wrong.append(f"{point} {errno.errorcode[error]}: {problem}")
                print(f"WRONG {wrong[-1]}", flush=True)
            fired += outcome != "not reached"
            outcomes[outcome] += 1
        report("faults", seed=places.seed(), fault_points=all_points, tried=len(points), fired=fired,
               outcomes=dict(outcomes), wrong=wrong)
        self.assertGreater(fired, 0, "no fault fired: this proved nothing")
        self.assertGreater(fired, len(points) // 2, "most points were not met again")
        self.assertEqual(wrong, [])

    def one(self, point: Point, error: int, tag: str) -> str:
        """How it went: `ended` with 74, `refused to start`, `went on`, or `not reached`."""
        shutil.rmtree(self.server.data)
        shutil.copytree(self.fresh, self.server.data, symlinks=True)
        faults = self.layered(log=False)
        faults.arm(point.op, point.pattern, point.at, error)
        work = Workload(self.server, self.keys, tag)
        outcome = "went on"
        try:
            if self.start() != 0:
                outcome = "refused to start"
            else:
                work.run()
                check(self.server, self.keys, self.answered_only(work), seconds=20)
        except (Ended, OSError):
            self.server.process.wait(timeout=180)
            outcome = "ended"
        fired = faults.fired()
        code = self.server.process.poll()
        if outcome == "went on" and code is None:
            self.must_have_ended_if(point, error, fired)
        if code is not None:
            self.assertIn(code, EXITS_OF_A_START if outcome == "refused to start" else (EXIT_IO,),
                          self.server.log_tail())
            self.assertRegex(self.server.log_tail(), SENTENCE)
        faults.disarm()
        self.prove(work)
        return outcome if fired else "not reached"

    def start(self) -> int:
        """0, or the exit code of a server that does not get up."""
        try:
            self.server.start()
        except AssertionError:
            code = self.server.process.poll()
            if code is None:
                raise
            return code
        return 0

    def answered_only(self, work: Workload):
        """What was refused for good is not expected before it is sent again."""
        for org in ORGS:
            for event in work.sent.waiting(org):
                del work.sent.events[org][event["external_id"]]
        return work.sent

    def must_have_ended_if(self, point: Point, error: int, fired: int) -> None:
        """After an I/O error of the journal nothing is answered any more."""
        if fired and error == errno.EIO and JOURNAL.match(point.pattern) and point.op in (layer.WRITE, layer.SYNC):
            self.fail("the journal failed and the server went on")

    def prove(self, work: Workload) -> None:
        """With the fault gone everything works and adds up, started again when it has ended."""
        if self.server.process.poll() is None:
            send_again(self.server, self.keys, work.sent)
            check(self.server, self.keys, work.sent, seconds=20)
            by_line = store.query(self.server, "SELECT countIf(startsWith(rest, char(31))) FROM trailkeeper.entries")
            self.assertEqual(int(by_line), 0, "a fault of the disk was taken for one of a row")
            self.assertEqual(self.server.stop(), 0, self.server.log_tail())
        self.server.environment = self.plain
        self.server.start()
        try:
            send_again(self.server, self.keys, work.sent)
            check(self.server, self.keys, work.sent, seconds=20)
        finally:
            self.server.kill()


if __name__ == "__main__":
    unittest.main()
