#!/usr/bin/env python3
"""A disk of 64 MiB fills up under load and is freed: intake answers 503 with Retry-After meanwhile, server and engine
live, then everything works by itself and nothing that was answered is lost (promises 1, 4 and 8)."""
import errno
import os
import subprocess
import time
import unittest

from harness import layer, places
from harness.check import check
from harness.writers import Writers
from support.client import until
from support.evidence import report
from support.server import Server

DISK = "64m"


class DiskFull(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = places.workspace("disk_full")
        self.disk = self.folder / "disk"
        self.disk.mkdir()

    def mount(self) -> bool:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", self.disk],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)
        else:
            print(f"no mount here ({done.stderr.strip()}): the shim refuses what would need room instead")
        return done.returncode == 0

    def test_full_and_freed(self):
        mounted = self.mount()
        server = Server(self.folder, config="[export]\nfree_disk_min = 0\n", data=self.disk / "data")
        faults = layer.Layer(self.folder, server.data)
        if not mounted:
            server.environment |= faults.environment()
        server.start()
        self.addCleanup(server.kill)
        keys = {org: server.make_org(org, org) for org in ("a", "b")}
        ballast = self.disk / "ballast"
        with Writers(server, keys, writers=8, seed=places.seed(), pause=0.1) as writers:
            for _ in range(places.size(2, 20)):
                before = writers.unavailable
                self.fill(ballast) if mounted else faults.arm(layer.WRITE, "*", 1, errno.ENOSPC, sticky=True)
                until("intake says that it is full", 60,
                      lambda before=before: writers.unavailable > before + 20 or writers.wrong)
                time.sleep(2)
                self.assertIsNone(server.process.poll(), server.log_tail())
                self.assertEqual(server.status("/livez"), 200)
                ballast.unlink(missing_ok=True)
                faults.disarm()
                count = writers.count()
                until("intake works again", 60, lambda count=count: writers.count() > count + 200 or writers.wrong)
            writers.finish()
        self.assertEqual(writers.wrong, [])
        compared = check(server, keys, writers.sent)
        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertGreaterEqual(check(server, keys, writers.sent), compared)  # our own entries may come later
        report("disk_full", way=f"tmpfs of {DISK}" if mounted else "shim", seed=places.seed(), events=writers.count(),
               refused_503=writers.unavailable, records_compared=compared)

    def fill(self, ballast) -> None:
        """All but a little, which the load takes."""
        while True:
            room = os.statvfs(self.disk)
            with ballast.open("wb") as file:
                try:
                    return os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - (1 << 20)))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
            # The load took it since we looked.


if __name__ == "__main__":
    unittest.main()
