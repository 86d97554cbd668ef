#!/usr/bin/env python3
"""The event store's folder is deleted, or replaced by an older copy: the server does not start, says why and how to get
out, and the ways out work (docs/operating/failures.md; promises 1 and 4)."""
import shutil
import unittest

from harness import places
from harness.check import check
from harness.writers import Sent, Writers
from support.client import until
from support.evidence import report
from support.server import Server

EXIT_IO = 74


class StoreGone(unittest.TestCase):
    def setUp(self) -> None:
        self.server = Server(places.workspace("store_gone")).start()
        self.addCleanup(self.server.kill)
        self.keys = {"acme": self.server.make_org("acme", "Acme")}
        self.store = self.server.data / "store"
        self.sent = Sent()
        self.send("first")
        self.assertEqual(self.server.stop(), 0)

    def send(self, tag: str) -> None:
        with Writers(self.server, self.keys, writers=4, tag=tag) as writers:
            until("events are answered", 30, lambda: writers.count() > 200)
        self.assertEqual(writers.wrong, [])
        self.sent.events.setdefault("acme", {}).update(writers.sent.events["acme"])
        self.sent.answers |= writers.sent.answers
        self.compared = check(self.server, self.keys, self.sent)
        until("all is read back", 30, self.read_back)

    def read_back(self) -> bool:
        return "\ntrailkeeper_journal_unverified_events 0\n" in self.server.client().get("/metrics").body.decode()

    def refuses(self) -> None:
        self.server.start(wait=False)
        self.assertEqual(self.server.process.wait(timeout=180), EXIT_IO)
        said = self.server.log_tail()
        self.assertIn("trailkeeper: The event store holds 0 of the", said)
        self.assertIn("Put back the event store's folder that belongs to this journal, or restore both from one backup",
                      said)

    def starts(self) -> None:
        self.server.start()
        # Not equal: entries of our own may have come since.
        self.assertGreaterEqual(check(self.server, self.keys, self.sent), self.compared)

    def test_deleted_and_put_back(self):
        kept = self.server.folder / "kept"
        shutil.move(self.store, kept)
        self.refuses()
        self.refuses()  # what the refused start made changes nothing
        shutil.rmtree(self.store)
        shutil.move(kept, self.store)
        self.starts()
        self.send("second")
        report("store_deleted", records_compared=self.compared, refused=2)

    def test_replaced_by_an_older_copy(self):
        backup = self.server.folder / "backup"
        shutil.copytree(self.server.data, backup, symlinks=True)
        before, compared = (dict(self.sent.events["acme"]), dict(self.sent.answers)), self.compared
        self.server.start()
        self.send("later")
        self.assertEqual(self.server.stop(), 0)
        newest = self.server.folder / "newest"
        shutil.move(self.store, newest)
        shutil.copytree(backup / "store", self.store, symlinks=True)
        self.refuses()
        # One way out: the store that belongs to the journal.
        shutil.rmtree(self.store)
        shutil.copytree(newest, self.store, symlinks=True)
        self.starts()
        self.assertEqual(self.server.stop(), 0)
        # The other: both from one backup. What came after it is gone, and clients that still have it send it again.
        shutil.rmtree(self.server.data)
        shutil.copytree(backup, self.server.data, symlinks=True)
        self.sent.events["acme"], self.sent.answers, self.compared = *before, compared
        self.starts()
        self.send("after")
        report("store_older", records_compared=self.compared, refused=1)


if __name__ == "__main__":
    unittest.main()
