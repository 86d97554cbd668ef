#!/usr/bin/env python3
"""Services that answer a byte a second, more of them than the fast lane has places: everybody else's hour arrives all
the same, the slow ones are told apart, a slow one can be disconnected, and when they are themselves again theirs arrives."""
import datetime
import unittest

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.lab import slow
from support.s3_double import Double
from support.server import Server

SLOW, OTHERS = 6, 12


class Slow(unittest.TestCase):
    def test_slow_destinations_hold_nobody_up(self):
        orgs = (4 if places.full() else 1) * OTHERS
        with Double() as double, slow.SlowProxy(double.endpoint) as proxy:
            config, environment = double.config(f"slow_workers = {SLOW + 2}\n", workers=2, endpoints=[double.endpoint, proxy.endpoint])
            server = Server(places.workspace("s3_slow"), config, environment).start()
            self.addCleanup(server.stop)
            now = tomorrow(10)
            server.set_clock(now.strftime("%Y-%m-%dT%H:%M:%SZ"))
            slow_ones = [Customer(server, double, f"slow-{number}") for number in range(SLOW)]
            others = [Customer(server, double, f"org-{number}") for number in range(orgs)]
            for one in slow_ones:
                one.connect(f"{one.org}-logs", endpoint=proxy.endpoint)
            for one in others:
                one.connect(f"{one.org}-logs")
            for one in slow_ones + others:
                one.send(5)
            proxy.slow.set()
            end = (now + datetime.timedelta(hours=1)).replace(minute=0)
            server.set_clock(end.strftime("%Y-%m-%dT%H:%M:02Z"))
            until("all slow ones were tried", 120, lambda: proxy.held >= SLOW)
            for one in others:
                one.sign_in()
                one.wait_delivered([f"{one.org}-logs"], end)
                one.check(self, f"{one.org}-logs")
            self.look(server, slow_ones)
            gone = slow_ones.pop()
            answer = gone.admin.request("DELETE", gone.path(f"{gone.org}-logs"))
            self.assertEqual(answer.status, 204, answer.body)
            proxy.slow.clear()
            for one in slow_ones:
                one.wait_delivered([f"{one.org}-logs"], end)
                one.check(self, f"{one.org}-logs")
            proxy.slow.set()
            self.assertEqual(server.stop(), 0)

    def look(self, server, slow_ones: list[Customer]):
        """Their state, and what operators see of it."""
        for one in slow_ones:
            one.sign_in()
            self.assertLess(one.destination(f"{one.org}-logs")["delivered_seq"], 5)
        until("they are known as slow", 60, lambda: all(
            one.destination(f"{one.org}-logs")["slow"] or one.destination(f"{one.org}-logs")["state"] == "retrying"
            for one in slow_ones))
        metrics = server.client().get("/metrics").body.decode()
        moved = [line for line in metrics.splitlines() if line.startswith("trailkeeper_delivery_steps_moved_total ")]
        self.assertGreaterEqual(float(moved[0].split()[1]), 1)


if __name__ == "__main__":
    unittest.main()
