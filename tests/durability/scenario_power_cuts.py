#!/usr/bin/env python3
"""Power cuts at any moment, across flushes, merges, segments and write-backs: what was answered is there after a start
on what the disk may have kept, and after the clients sent the rest again everything adds up (promises 1 to 4)."""
import unittest
from collections import Counter

from harness import layer, places
from harness.check import check
from harness.recording import Recording
from harness.writers import Sent, send_again
from support.evidence import report

CUTS_PER_RUN = 200
SECONDS = 6


class PowerCuts(unittest.TestCase):
    def test_what_was_answered_survives(self):
        cuts, seed = places.size(200, 10_000), places.seed()
        wrong: list[str] = []
        done = runs = events = merges = duplicates = 0
        kinds: Counter = Counter()
        while done < cuts:
            scratch = places.Scratch("power")
            self.addCleanup(scratch.remove)
            recording = Recording(scratch.folder, SECONDS, seed + runs)
            for where, sent in recording.cuts(min(CUTS_PER_RUN, cuts - done)):
                done += 1
                kinds[where.split(", ")[1]] += 1
                try:
                    recording.server.start()
                    duplicates += send_again(recording.server, recording.keys, sent)
                    events += check(recording.server, recording.keys, sent, seconds=30)
                    self.check_key(recording, sent)
                except AssertionError as problem:
                    wrong.append(f"seed {seed + runs}, {where}: {str(problem)[-600:]}")
                    print(f"WRONG {wrong[-1]}", flush=True)
                finally:
                    recording.server.kill()
            self.check_recording(recording)
            runs, merges = runs + 1, merges + recording.merges
            scratch.remove()
        report("power_cuts", seed=seed, cuts=done, runs=runs, records_compared=events, merges=merges,
               sent_again_and_there=duplicates, kept=dict(kinds), wrong=wrong)
        self.assertGreater(done, 0)
        self.assertGreater(events, 0)
        self.assertEqual(wrong, [])

    def check_key(self, recording: Recording, sent: Sent) -> None:
        """Settings are as durable: a key that was handed out is one."""
        if sent.new_key:
            self.assertEqual(recording.server.client(sent.new_key).get("/v1/orgs/a/events", limit=1).status, 200)

    def check_recording(self, recording: Recording) -> None:
        """The layer saw everything, and the run crossed what it should."""
        seen = recording.seen()
        self.assertEqual(seen.keys() ^ recording.left.keys(), set())
        self.assertEqual([name for name in seen if seen[name] != recording.left[name]], [])
        self.assertGreater(recording.merges, 0)
        changes = recording.changes
        self.assertGreater(sum(change.op == layer.RENAME and "tmp_insert" in change.path for change in changes), 3)
        self.assertGreater(sum(change.op == layer.RENAME and "tmp_merge" in change.path for change in changes), 1)
        # It is written over from its start once all of it is in the file.
        self.assertGreater(sum(change.op == layer.WRITE and change.offset == 0 and
                               change.path.endswith("journal.db-wal") for change in changes), 1,
                           "no write-back of the journal's log")


if __name__ == "__main__":
    unittest.main()
