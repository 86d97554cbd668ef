#!/usr/bin/env python3
"""Somebody changes what is stored, behind the server's back (promises 4 and 6): the scrub finds the entry and says so where
operators look, over restarts, until it is as the log has it again."""
import datetime
import unittest

from support import engine, places
from support.client import until
from support.server import Server

CONFIG = "[scrub]\nrows_per_second = 20000\nevery_hours = 1\n"
ENTRIES, CHANGED = 300, 123


class Scrub(unittest.TestCase):
    def setUp(self):
        self.server = Server(places.workspace("scrub"), CONFIG).start()
        self.addCleanup(self.server.stop)
        self.now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
        self.operator = self.server.client(self.server.make_key("*", "read"))
        self.key = self.server.client(self.server.make_org("acme", "Acme"))

    def warnings(self) -> str:
        answer = self.server.client().get("/readyz")
        self.assertEqual(answer.status, 200, answer.body)
        return "\n".join(line for line in answer.json().get("warnings", []) if "not what the log holds" in line)

    def metric(self, name: str) -> float:
        lines = self.server.client().get("/metrics").body.decode().splitlines()
        return next((float(line.split(" ")[1]) for line in lines if line.startswith(name + " ")), 0.0)

    def next_round(self) -> None:
        """A round that begins after now is over."""
        done = self.metric("trailkeeper_scrub_rounds_total")
        # One may be under way.
        for more in (1, 2):
            self.now += datetime.timedelta(hours=2)
            self.server.set_clock(self.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
            until("a round is over", 120, lambda more=more: self.metric("trailkeeper_scrub_rounds_total") >= done + more)

    def change(self, column: str, value: str, seq: int) -> None:
        engine.query(self.server, f"ALTER TABLE trailkeeper.entries UPDATE {column} = '{value}' "
                                  f"WHERE org = 'acme' AND seq = {seq} SETTINGS mutations_sync = 1")

    def findings(self) -> list[dict]:
        return self.operator.get("/v1/orgs/trailkeeper/events", action="trailkeeper.store.differs",
                                 **{"from": "2000-01-01T00:00:00Z"}).json()["data"]

    def test_a_changed_row_is_found(self):
        answer = self.key.post("/v1/events", [{"action": "report.viewed", "actor": {"id": "u_1", "name": "Ann Park"}}] * ENTRIES)
        self.assertEqual(answer.status, 200, answer.body)
        receipts = answer.json()["data"]
        seq = receipts[CHANGED]["seq"]
        self.server.wait_visible(self.key, "acme", ENTRIES)
        self.next_round()
        self.assertEqual(self.warnings(), "")
        self.assertGreaterEqual(self.metric("trailkeeper_scrub_entries_total"), ENTRIES)

        self.change("actor_name", "Bob Mallory", seq)
        self.next_round()
        said = f"entry {seq} of acme (altered)"
        self.assertIn("1 stored entries are not what the log holds, such as " + said, self.warnings())
        self.assertEqual(self.metric("trailkeeper_scrub_wrong_entries"), 1)
        entry = until("it is in the operators' trail", 60, self.findings)[0]
        self.assertEqual((entry["targets"][0]["id"], entry["outcome"]), ("acme", "failure"))
        self.assertIn(said, entry["error"]["message"])
        self.assertIn("a stored entry is not what the log holds", self.whole_log())

        # Known at once after a restart, and gone when it is as the log has it.
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertIn(said, self.warnings())
        self.change("actor_name", "Ann Park", seq)
        self.next_round()
        self.assertEqual(self.warnings(), "")
        self.assertEqual(self.metric("trailkeeper_scrub_wrong_entries"), 0)

        # A row that is gone.
        engine.query(self.server, f"ALTER TABLE trailkeeper.entries DELETE WHERE org = 'acme' AND seq = {seq} "
                                  "SETTINGS mutations_sync = 1")
        self.next_round()
        self.assertIn(f"entry {seq} of acme (missing)", self.warnings())
        self.assertEqual(self.server.stop(), 0)

    def whole_log(self) -> str:
        return (self.server.folder / f"server-{self.server.starts}.log").read_text(errors="replace")


if __name__ == "__main__":
    unittest.main()
