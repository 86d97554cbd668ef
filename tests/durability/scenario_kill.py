#!/usr/bin/env python3
"""kill -9 of server and engine at random moments with 16 writers: no answered event is lost, none that is sent again is
doubled, seq has no gap, received_at never goes back, and the store equals what was sent (promises 1 to 4)."""
import os
import random
import signal
import time
import unittest

from harness import places
from harness.check import check
from harness.recording import SMALL
from harness.writers import Writers
from support.evidence import report
from support.server import Server

ORGS = ("a", "b", "c")


class Kill(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_or_doubled(self):
        cycles, seed = places.size(20, 1000), places.seed()
        rng = random.Random(seed)
        kills = {"server": 0, "engine": 0, "both": 0}
        retries = compared = events = rounds = 0
        # What is compared afterwards is read page by page, so a long run is cut into rounds of their own orgs.
        while sum(kills.values()) < cycles:
            server = Server(places.workspace("kill"), config=SMALL).start()
            self.addCleanup(server.kill)
            keys = {org: server.make_org(org, org) for org in ORGS}
            with Writers(server, keys, writers=16, seed=seed + rounds, pause=0.2) as writers:
                for _ in range(min(50, cycles - sum(kills.values()))):
                    kills[self.kill(server, writers, rng)] += 1
                writers.finish()
            server.wait_ready()  # what was sent may have been answered before the last kill
            self.assertEqual(writers.wrong, [])
            compared += check(server, keys, writers.sent)
            events, retries, rounds = events + writers.count(), retries + writers.retries, rounds + 1
            self.assertEqual(server.stop(), 0)
        report("kill", seed=seed, kills=kills, writers=16, rounds=rounds, events=events, retries=retries,
               records_compared=compared)
        self.assertGreater(kills["server"] + kills["both"], 0)
        self.assertGreater(retries, cycles // 2, "the kills did not hit requests at work")

    def kill(self, server: Server, writers: Writers, rng: random.Random) -> str:
        before = writers.count()
        time.sleep(rng.uniform(0.02, 0.5))
        kind = rng.choice(("server", "server", "engine", "both"))
        if kind != "server":
            for pid in server.engine_pids():
                os.kill(pid, signal.SIGKILL)
        if kind != "engine":
            server.kill()  # the engine dies with it
            server.start(wait=rng.random() < 0.7)
        # At least one request gets through between two kills, so that each kill meets a server at work.
        for _ in range(1200):
            if writers.count() > before or writers.wrong:
                break
            time.sleep(0.05)
        self.assertGreater(writers.count(), before, server.log_tail())
        return kind


if __name__ == "__main__":
    unittest.main()
