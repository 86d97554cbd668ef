#!/usr/bin/env python3
"""kill -9 of the engine while events come in and pages are read: intake goes on, pages answer 503 with Retry-After
meanwhile and work again by themselves, and the store equals what was acknowledged (promises 1 and 4)."""
import os
import signal
import threading
import time
import unittest

from harness import places
from harness.check import check
from harness.writers import Writers
from support.client import until
from support.evidence import report
from support.server import Server


class Reader(threading.Thread):
    """Reads pages all the time and notes every answer that is neither a page nor a 503 with Retry-After."""

    def __init__(self, server: Server, key: str):
        super().__init__()
        self.client = server.client(key, timeout=30)
        self.pages = self.unavailable = 0
        self.wrong: list[str] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            answer = self.client.get("/v1/orgs/acme/events", limit=50)
            if answer.status == 200:
                self.pages += 1
            elif answer.status == 503 and int(answer.headers.get("retry-after", "0")) >= 1:
                self.unavailable += 1
            else:
                self.wrong.append(f"{answer.status} {answer.headers} {answer.body[:200]!r}")
            time.sleep(0.01)


class EngineKill(unittest.TestCase):
    def test_intake_goes_on_and_pages_come_back(self):
        rounds = places.size(3, 100)
        server = Server(places.workspace("engine_kill")).start()
        self.addCleanup(server.stop)
        key = server.make_org("acme", "Acme")
        reader = Reader(server, key)
        kills = 0
        with Writers(server, {"acme": key}, writers=16, seed=places.seed(), pause=0.3) as load:
            reader.start()
            try:
                for _ in range(rounds):
                    kills += self.kill_engine(server, load, reader)
                kills += self.keep_engine_away(server, load, reader)
            finally:
                reader.stopped.set()
                reader.join()
            load.finish()
        self.assertEqual((load.wrong, reader.wrong), ([], []))
        self.assertGreater(kills, 0)
        compared = check(server, {"acme": key}, load.sent)
        self.assertEqual(server.stop(), 0)
        report("engine_kill", seed=places.seed(), kills=kills, events=load.count(), records_compared=compared,
               pages=reader.pages, pages_503=reader.unavailable)

    def kill_engine(self, server: Server, load: Writers, reader: Reader) -> int:
        """Kills it at work, sees intake go on, waits for pages and for another engine."""
        old = until("an engine runs", 60, server.engine_pids)
        before = load.count()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        until("intake goes on without the engine", 30, lambda: load.count() > before + 100 or load.wrong)
        until("another engine runs", 60, lambda: [pid for pid in server.engine_pids() if pid not in old])
        pages = reader.pages
        until("pages work again", 60, lambda: reader.pages > pages + 3 or reader.wrong)
        return len(old)

    def keep_engine_away(self, server: Server, load: Writers, reader: Reader) -> int:
        """A page waits a little for an engine that is coming back. One that dies each time it starts is another
        matter: pages say 503 and when to come again, intake does not notice, and all is well once the engine lives."""
        before, unavailable, killed = load.count(), reader.unavailable, set()

        def kill_and_look() -> bool:
            for pid in server.engine_pids():
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            return reader.unavailable > unavailable and load.count() > before + 100

        until("pages answer 503 while the engine is away", 120, kill_and_look, every=0.02)
        pages = reader.pages
        until("pages work again", 120, lambda: reader.pages > pages + 3 or reader.wrong)
        return len(killed)


if __name__ == "__main__":
    unittest.main()
