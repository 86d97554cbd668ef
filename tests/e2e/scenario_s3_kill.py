#!/usr/bin/env python3
"""kill -9 at each step of a delivery: before and after each call's effect. 20 times here, 200 with the long sizes. After
each start it goes on where it stopped: the same bytes, nothing twice, nothing missing."""
import datetime
import random
import threading
import unittest

from support import evidence, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.s3_double import Double
from support.server import Server

STEPS = [("PutObject", "before"), ("PutObject", "after"), ("ListObjectsV2", "before"), ("AssumeRole", "after")]


class Kill(unittest.TestCase):
    def test_killed_at_every_step(self):
        folder = places.workspace("s3_kill")
        kills = 200 if places.full() else 20
        rng = random.Random(6)
        with Double() as double:
            config, environment = double.config()
            server = Server(folder, config, environment).start()
            self.addCleanup(server.stop)
            at = tomorrow(0)
            server.set_clock(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            customer = Customer(server, double, "acme")
            customer.connect("acme-logs")
            done: dict[tuple[str, str], int] = {}
            hour = at.replace(minute=0)
            for number in range(kills):
                customer.send(5)
                hour += datetime.timedelta(hours=1)
                step, skip = STEPS[number % len(STEPS)], rng.randrange(2) if number % len(STEPS) < 2 else 0
                killed, armed, turn = threading.Event(), threading.Event(), threading.Lock()
                armed.set()

                def on_call(operation, bucket, moment, step=step, killed=killed, armed=armed, turn=turn, left=[skip]):
                    with turn:
                        if (operation, moment) != step or not armed.is_set():
                            return
                        left[0] -= 1
                        if left[0] == -1:
                            server.kill()
                            killed.set()

                double.on_call = on_call
                try:
                    server.set_clock(hour.strftime("%Y-%m-%dT%H:00:05Z"))
                except AssertionError:
                    pass  # it was killed before it could answer
                # A role's session that is kept is not asked for again: that step comes with the next start.
                killed.wait(timeout=20 if step[0] == "PutObject" else 3)
                with turn:  # a call under way kills this server or none, never the next
                    armed.clear()
                double.on_call = lambda *_: None
                if killed.is_set():
                    done[step] = done.get(step, 0) + 1
                else:
                    server.kill()
                    done[("any", "")] = done.get(("any", ""), 0) + 1
                server.start()
                self.go_on(server, hour)
            customer.sign_in()
            customer.wait_delivered(["acme-logs"], hour)
            report = customer.check(self, "acme-logs")
            stream = next(iter(report.seqs))
            first, last = report.ranges[stream]
            self.assertEqual(report.seqs[stream], list(range(first, last + 1)))
            self.assertGreaterEqual(len(report.seqs[stream]), 5 * kills)
            self.assertEqual(sum(done.values()), kills)
            self.assertGreater(done.get(("PutObject", "before"), 0), 0)
            self.assertGreater(done.get(("PutObject", "after"), 0), 0)
            evidence.report("s3_kill", kills=kills, at={" ".join(step).strip(): count for step, count in sorted(done.items())},
                            entries=len(report.seqs[stream]), windows=report.windows[stream],
                            replaced=double.buckets["acme-logs"].replaced)
            until("nothing is staged any more", 30, lambda: not list((server.data / "staging").glob("window-*")))
            self.assertEqual(server.stop(), 0)


    def go_on(self, server, hour: datetime.datetime) -> None:
        """The clock goes on from its floor, which may be later than this."""
        try:
            server.set_clock(hour.strftime("%Y-%m-%dT%H:00:08Z"))
        except AssertionError as refused:
            self.assertIn("only be moved forward", str(refused))


if __name__ == "__main__":
    unittest.main()
