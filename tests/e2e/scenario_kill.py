#!/usr/bin/env python3
"""kill -9 of the server under load, again and again: no answered event is lost, none that is retried is doubled
(promises 1 and 2), seq has no gap and received_at never goes back (promise 3)."""
import hashlib
import random
import time
import unittest

from support import places
from support.load import Load, compare
from support.server import Server

KILLS = 50


class Kill(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_or_doubled(self):
        server = Server(places.workspace("kill")).start()
        self.addCleanup(server.stop)
        key = server.make_org("acme", "Acme")
        rng = random.Random(1)
        kills = 0
        with Load(server, key) as load:
            for _ in range(KILLS * (4 if places.full() else 1)):
                before = load.count()
                time.sleep(rng.uniform(0.02, 0.5))
                server.kill()
                kills += 1
                server.start()
                # At least one batch gets through between two kills, so that each kill meets a server at work.
                for _ in range(600):
                    if load.count() > before or load.wrong:
                        break
                    time.sleep(0.05)
            load.finish()
        self.assertEqual(load.wrong, [])
        self.assertGreater(load.retries, kills // 2, "the kills did not hit requests at work")
        self.assertGreater(load.count(), 500)
        print(f"{kills} kills, {load.count()} events acknowledged, {load.retries} retries")
        client = server.client(key)
        records = server.wait_visible(client, "acme", load.count())
        compare(self, load.answered, records)
        self.check_order(client)
        self.check_hashes(client, load.answered)
        self.assertEqual(server.stop(), 0)

    def check_order(self, client) -> None:
        """Over all records of the org, our own entries included."""
        records = client.pages("/v1/orgs/acme/events", limit=200, order="asc", **{"from": "2000-01-01T00:00:00Z"})
        by_seq = sorted(records, key=lambda record: record["seq"])
        self.assertEqual([record["seq"] for record in by_seq], list(range(1, len(by_seq) + 1)))
        times = [record["received_at"] for record in by_seq]
        self.assertEqual(times, sorted(times))

    def check_hashes(self, client, answered: dict[str, dict]) -> None:
        """The bytes shown are the bytes hashed before the answer."""
        for item in random.Random(2).sample(list(answered.values()), 50):
            record = client.get(f"/v1/orgs/acme/events/{item['id']}")
            self.assertEqual(hashlib.sha256(record.body.rstrip(b"\n")).hexdigest(), item["sha256"])


if __name__ == "__main__":
    unittest.main()
