#!/usr/bin/env python3
"""The layer itself: a program that does not sync loses data on it, one that does loses none, a chosen call fails once,
the wall clock moves and no other clock does."""
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

from harness import layer, places
from harness.disk import Disk


class Shim(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = places.Scratch("shim")
        self.addCleanup(self.scratch.remove)
        self.root = self.scratch.folder / "data"
        self.root.mkdir()

    def run_program(self, code: str, prepare=lambda layer: None) -> str:
        """Python calls libc as the server does."""
        self.layer = layer.Layer(self.scratch.folder, self.root, log=True)
        prepare(self.layer)
        self.disk = Disk(self.root)
        done = subprocess.run([sys.executable, "-c", f"import os, sys\nroot = {str(self.root)!r}\n{code}"], check=True,
                              env=os.environ | self.layer.environment(), capture_output=True, text=True)
        return done.stdout

    def after_cuts(self, count: int = 200) -> list[pathlib.Path]:
        for change in layer.read_log(self.layer.log):
            self.disk.take(change)
        found = []
        for number in range(count):
            target = self.scratch.folder / f"cut{number}"
            self.disk.cut(random.Random(number), target)
            found.append(target)
        return found

    WRITE = ("f = os.open(root + '/f', os.O_CREAT | os.O_RDWR)\n"
             "for n in range(8): os.pwrite(f, bytes([65 + n]) * 1000, n * 1000)\n")
    WHOLE = b"".join(bytes([65 + n]) * 1000 for n in range(8))

    def test_what_is_not_synced_is_lost(self):
        self.run_program(self.WRITE)
        contents = [(cut / "f").read_bytes() if (cut / "f").exists() else None for cut in self.after_cuts()]
        self.assertIn(None, contents)
        self.assertIn(b"", contents)
        self.assertIn(self.WHOLE, contents)
        partial = [content for content in contents if content not in (None, b"", self.WHOLE)]
        self.assertGreater(len(partial), 20)
        self.assertTrue(any(len(content) > 1000 and content[:1000] == bytes(1000) for content in partial), "no hole")

    def test_what_is_synced_stays(self):
        self.run_program(self.WRITE + "os.fsync(f); d = os.open(root, os.O_RDONLY); os.fsync(d)\n")
        for cut in self.after_cuts():
            self.assertEqual((cut / "f").read_bytes(), self.WHOLE)

    def test_a_rename_lasts_with_its_folder(self):
        change = "os.mkdir(root + '/p'); " + "os.rename(root + '/f', root + '/p/g')\n"
        sync = "os.fsync(f); d = os.open(root, os.O_RDONLY); os.fsync(d)\n"
        self.run_program(self.WRITE + sync + change)
        places_of = {(cut / "f").exists() for cut in self.after_cuts()}
        self.assertEqual(places_of, {True, False})
        self.setUp()
        self.run_program(self.WRITE + sync + change + "d = os.open(root + '/p', os.O_RDONLY); os.fdatasync(d)\n")
        for cut in self.after_cuts():
            self.assertEqual((cut / "p" / "g").read_bytes(), self.WHOLE)
            self.assertFalse((cut / "f").exists())

    def test_what_was_written_during_a_sync_is_not_covered(self):
        self.run_program(self.WRITE + "os.fsync(f); os.pwrite(f, b'x' * 1000, 0); os.ftruncate(f, 10)\n"
                         "d = os.open(root, os.O_RDONLY); os.fsync(d)\n")
        contents = {(cut / "f").read_bytes() for cut in self.after_cuts()}
        self.assertIn(self.WHOLE, contents)
        self.assertIn(b"x" * 10, contents)

    def test_one_call_fails_and_is_counted(self):
        out = self.run_program(self.WRITE + "for n in range(4):\n  try: os.fsync(f); print('ok')\n"
                               "  except OSError as e: print(e.errno)\n",
                               lambda found: found.arm(layer.SYNC, "f", at=2, error=5))
        self.assertEqual(out.split(), ["ok", "5", "ok", "ok"])
        self.assertEqual(self.layer.fired(), 1)

    def test_the_wall_clock_moves_alone(self):
        code = ("import json, time\nprint(json.dumps([time.time(), time.clock_gettime(time.CLOCK_BOOTTIME), "
                "time.monotonic()]))")
        before = json.loads(self.run_program(code))
        after = json.loads(self.run_program(code, lambda found: found.shift_clock(-3600)))
        self.assertAlmostEqual(after[0] - before[0], -3600, delta=60)
        self.assertGreaterEqual(after[1], before[1])
        self.assertGreaterEqual(after[2], before[2])


if __name__ == "__main__":
    unittest.main()
