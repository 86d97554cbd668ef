#!/usr/bin/env python3
"""An engine that refuses rows, really: the batch is halved until the row at fault stands alone, and it is stored by its
exact line. Nobody waits for it, nothing is lost or doubled (promises 1 and 4; DESIGN section 2, step 3)."""
import re
import unittest

from harness import places, store
from harness.check import check
from harness.writers import Sent
from support.evidence import report
from support.server import Server

ROWS, BAD = 40, (0, 17, 18, 39)


class RefusedRow(unittest.TestCase):
    def test_a_row_that_the_table_rejects(self):
        server = Server(places.workspace("refused_row")).start()
        self.addCleanup(server.stop)
        keys = {org: server.make_org(org, org) for org in ("a", "b")}
        store.query(server, "ALTER TABLE trailkeeper.entries ADD CONSTRAINT no_poison CHECK action != 'poison'")
        sent = Sent()
        for org, key in keys.items():
            self.send(server, sent, org, key)
        compared = check(server, keys, sent)
        bad = sum(event["action"] == "poison" for events in sent.events.values() for event in events.values())
        by_line = int(store.query(server, "SELECT count() FROM trailkeeper.entries WHERE startsWith(rest, char(31)) AND action = ''"))
        self.assertEqual(by_line, bad)
        self.assertGreaterEqual(self.alarms(server), bad)
        store.query(server, "ALTER TABLE trailkeeper.entries DROP CONSTRAINT no_poison")
        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertGreaterEqual(check(server, keys, sent), compared)  # our own entries may come later
        report("refused_row", rows=sent.count(), refused=bad, stored_by_their_line=by_line, records_compared=compared)

    def send(self, server: Server, sent: Sent, org: str, key: str) -> None:
        events = [{"action": "poison" if number in BAD and org == "a" else "fine", "actor": {"id": "u"},
                   "external_id": f"{org}-{number}"} for number in range(ROWS)]
        answer = server.client(key).post("/v1/events", events)
        self.assertEqual(answer.status, 200)
        sent.events[org] = {event["external_id"]: event for event in events}
        sent.answers |= {event["external_id"]: item for event, item in zip(events, answer.json()["data"], strict=True)}

    def alarms(self, server: Server) -> float:
        text = server.client().get("/metrics").body.decode()
        return float(re.search(r"^trailkeeper_store_alarms_total (\S+)", text, re.MULTILINE)[1])


if __name__ == "__main__":
    unittest.main()
