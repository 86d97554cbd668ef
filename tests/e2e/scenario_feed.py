#!/usr/bin/env python3
"""The feed: whatever writers, the engine and the server do meanwhile, a reader that follows it by its cursor gets every
entry once, in the order of seq and without a gap, and a page's watermark holds. A thousand readers may wait."""
import json
import os
import random
import signal
import socket
import threading
import time
import unittest

from support import places
from support.client import Client, until
from support.load import Load, compare
from support.server import Server

FEED = "/v1/orgs/acme/feed"
NDJSON = {"Accept": "application/x-ndjson"}


class Page:
    """One page in either form."""

    def __init__(self, answer):
        if answer.headers["content-type"] == "application/x-ndjson":
            self.records = [json.loads(line) for line in answer.body.splitlines()]
            self.cursor = answer.headers["trailkeeper-next-cursor"]
            self.has_more = answer.headers["trailkeeper-has-more"] == "true"
            self.watermark = answer.headers["trailkeeper-watermark"]
        else:
            body = answer.json()
            self.records, self.cursor = body["data"], body["next_cursor"]
            self.has_more, self.watermark = body["has_more"], body["watermark"]


class Follower(threading.Thread):
    """Follows the feed as a SIEM would: asks again with the cursor it has whenever there is no answer."""

    def __init__(self, server: Server, key: str, seed: int):
        super().__init__(daemon=True)
        self.client = server.client(key, timeout=40)
        self.random = random.Random(seed)
        self.records: list[dict] = []
        self.promised: list[tuple[int, str]] = []  # last seq, watermark
        self.wrong: list[str] = []
        self.unavailable = self.pages = self.waits = self.product = 0
        self.until_count: int | None = None

    def run(self) -> None:
        cursor = ""
        while not self.wrong and not (self.until_count is not None and self.product >= self.until_count):
            cursor = self.look(cursor)

    def look(self, cursor: str) -> str:
        query = f"?limit={self.random.choice((1, 7, 100, 400, 1000))}" + (f"&cursor={cursor}" if cursor else "")
        waits = self.random.random() < 0.7
        try:
            answer = self.client.request("GET", FEED + query + ("&wait=2" if waits else ""),
                                         headers=NDJSON if self.random.random() < 0.5 else None)
        except OSError:
            time.sleep(0.05)
            return cursor
        if answer.status == 503 and int(answer.headers.get("retry-after", "0")) >= 1:
            self.unavailable += 1
            time.sleep(0.05)
            return cursor
        if answer.status != 200:
            self.wrong.append(f"{answer.status}: {answer.body[:200]!r}")
            return cursor
        page = Page(answer)
        self.pages += 1
        self.waits += waits
        self.records += page.records
        self.product += sum(1 for record in page.records if record.get("application") != "trailkeeper")
        last = self.records[-1]["seq"] if self.records else 0
        if self.promised and page.watermark < self.promised[-1][1]:
            self.wrong.append(f"the watermark went back to {page.watermark}")
        self.promised.append((last, page.watermark))
        return page.cursor


class Feed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("feed")).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme")
        cls.server.make_org("globex", "Globex")

    def setUp(self):
        self.client = self.server.client(self.key)

    def send(self, count: int = 1) -> list[dict]:
        events = [{"action": "feed.sent", "actor": {"id": "u_1"}, "metadata": {"n": n}} for n in range(count)]
        answer = self.client.post("/v1/events", events)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()["data"]

    def follow_to_end(self) -> Page:
        """The page at the end, when nothing more comes: entries of Trailkeeper's own arrive a moment after their cause."""
        cursor = ""
        while True:
            query = {"cursor": cursor, "wait": 2} if cursor else {}
            page = Page(self.client.get(FEED, limit=1000, **query))
            if cursor and not page.records:
                return page
            cursor = page.cursor

    def test_1_nothing_is_skipped_or_doubled_across_kills(self):
        followers = [Follower(self.server, self.key, seed) for seed in range(2)]
        kills = 4 if not places.full() else 100
        rng = random.Random(7)
        with Load(self.server, self.key, senders=4, batch=25) as load:
            for follower in followers:
                follower.start()
            for number in range(kills):
                time.sleep(rng.uniform(0.2, 1.2))
                if number % 2 == 0:
                    for pid in self.server.engine_pids():
                        os.kill(pid, signal.SIGKILL)
                else:
                    self.server.kill()
                    self.server.start()
                before = load.count()
                until("intake goes on", 60, lambda before=before: load.count() > before + 100 or load.wrong)
            load.finish()
        for follower in followers:
            follower.until_count = load.count()
        for follower in followers:
            follower.join(timeout=180 if not places.full() else 1800)
            self.assertFalse(follower.is_alive(), f"{follower.product} of {load.count()} came by the feed")
            self.check(follower, load)
        print(f"{kills} kills, {load.count()} events; " + "; ".join(
            f"{f.pages} pages, {f.waits} of them waited, {f.unavailable} times 503" for f in followers))

    def check(self, follower: Follower, load: Load) -> None:
        self.assertEqual((load.wrong, follower.wrong), ([], []))
        seqs = [record["seq"] for record in follower.records]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)), "skipped, doubled or out of order")
        product = [record for record in follower.records if record.get("application") != "trailkeeper"]
        self.assertEqual(len(product), load.count())
        compare(self, load.answered, product)
        received = [record["received_at"] for record in follower.records]
        self.assertEqual(received, sorted(received))
        for last, watermark in follower.promised:
            # Of all that was ever accepted: what lies beyond the page was received at the watermark or later.
            if last < len(received):
                self.assertGreaterEqual(received[last], watermark, f"missing in the page that ended at {last}")

    def test_2_a_reader_that_waits_is_woken_by_the_flush(self):
        end = self.follow_to_end()
        found: list[tuple[Page, float]] = []
        waiting = threading.Thread(target=lambda: self.wait_for_product(end.cursor, found))
        waiting.start()
        until("it waits", 60, lambda: self.waiting() == 1)
        sent = self.send()
        waiting.join(timeout=180)
        page, seconds = found[0]
        self.assertLess(seconds, 55, "it waited for its time to end")
        self.assertEqual(self.of_product(page), [sent[0]["id"]])
        # Asking again from there is empty; the cursor stays good.
        again = Page(self.client.get(FEED, cursor=page.cursor, wait=1))
        self.assertEqual(self.of_product(again), [])
        self.assertGreaterEqual(again.watermark, page.watermark)

    @staticmethod
    def of_product(page: Page) -> list[str]:
        return [record["id"] for record in page.records if record.get("application") != "trailkeeper"]

    def wait_for_product(self, cursor: str, found: list) -> None:
        """The first page with entries of the product, and how long that one call took. One of our own may come first."""
        client = self.server.client(self.key, timeout=180)
        while not found:
            start = time.monotonic()
            page = Page(client.get(FEED, cursor=cursor, wait=60))
            cursor = page.cursor
            if self.of_product(page):
                found.append((page, time.monotonic() - start))

    def test_3_a_thousand_readers_wait_without_a_thread_each(self):
        end = self.follow_to_end()
        request = (f"GET {FEED}?cursor={end.cursor}&wait=60 HTTP/1.1\r\nHost: x\r\n"
                   f"Authorization: Bearer {self.key}\r\nConnection: close\r\n\r\n").encode()
        sockets = []
        for _ in range(1000):
            one = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
            self.addCleanup(one.close)
            one.sendall(request)
            sockets.append(one)
        until("they all wait", 60, lambda: self.waiting() == 1000)
        threads = len(os.listdir(f"/proc/{self.server.process.pid}/task"))
        self.assertLess(threads, 100)
        # Everybody else is served meanwhile.
        self.assertEqual(self.client.get("/v1/orgs/acme/events", limit=1).status, 200)
        sent = self.send()[0]["id"].encode()
        for one in sockets:
            answer = b""
            while piece := one.recv(65536):
                answer += piece
            self.assertIn(b" 200 ", answer.split(b"\r\n", 1)[0])
            self.assertIn(sent, answer)
        until("nobody waits any more", 60, lambda: self.waiting() == 0)
        print(f"1,000 readers waited; the server had {threads} threads")

    def waiting(self) -> int:
        for line in self.client.get("/metrics").body.decode().splitlines():
            if line.startswith("trailkeeper_feed_waiting "):
                return int(float(line.split()[1]))
        return 0

    def test_4_a_cursor_outlives_a_restart_and_opens_nothing_else(self):
        end = self.follow_to_end()
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        sent = [item["seq"] for item in self.send(3)]
        cursor, found = end.cursor, []
        while not found:  # the start of the server may have entries of its own
            page = Page(self.client.get(FEED, cursor=cursor, wait=30))
            cursor = page.cursor
            found = [r["seq"] for r in page.records if r.get("application") != "trailkeeper"]
        self.assertEqual(found[0], sent[0])
        reader = self.server.client(self.server.make_key("globex"))
        refused = reader.get("/v1/orgs/globex/feed", cursor=end.cursor)
        self.assertEqual((refused.status, refused.json()["code"]), (400, "bad_cursor"))
        self.assertEqual(reader.get(FEED).status, 404)

    def test_5_what_is_refused(self):
        for query, status in (("?cursor=x", 400), ("?limit=0", 400), ("?limit=1001", 400), ("?wait=61", 400),
                              ("?wait=-1", 400), ("?from_seq=0", 400), ("?from_seq=1&cursor=abc", 400), ("?x=1", 400)):
            answer = self.client.get(FEED + query)
            self.assertEqual(answer.status, status, query)
            self.assertEqual(answer.headers["content-type"], "application/problem+json")
        sender = self.server.client(self.server.make_key("acme", "ingest"))
        self.assertEqual(sender.get(FEED).status, 403)
        self.assertEqual(Client("127.0.0.1", self.server.port).get(FEED).status, 401)
        # The feed reaches back as far as entries are kept; people see their viewing window.
        self.server.make_person("acme", "ann@acme.example", "Ann", "primary_admin", "correct horse battery")
        person = Client("127.0.0.1", self.server.port)
        self.assertEqual(person.sign_in("ann@acme.example", "correct horse battery").status, 201)
        refused = person.get(FEED)
        self.assertEqual((refused.status, refused.json()["code"]), (403, "key_needed"))

    def test_6_it_begins_where_it_is_told(self):
        self.follow_to_end()
        page = Page(self.client.get(FEED, from_seq=5, limit=3))
        self.assertEqual([record["seq"] for record in page.records], [5, 6, 7])
        self.assertTrue(page.has_more)
        following = Page(self.client.get(FEED, cursor=page.cursor, limit=2))
        self.assertEqual([record["seq"] for record in following.records], [8, 9])

    def test_7_a_key_that_is_revoked_gets_nothing_more_even_while_it_waits(self):
        made = self.server.admin("key", "create", "--org", "acme", "--application", "Siem", "--scope", "read")
        manager = self.server.client(self.server.make_key("acme", "manage"))
        end = self.follow_to_end()
        answers = []

        def wait():
            """Goes on while it is let: one of our own entries may wake it before the key ends."""
            client, cursor = self.server.client(made["key"], timeout=180), end.cursor
            while not answers or answers[-1].status == 200:
                answers.append(client.get(FEED, cursor=cursor, wait=60))
                if answers[-1].status == 200:
                    cursor = Page(answers[-1]).cursor

        waiting = threading.Thread(target=wait)
        waiting.start()
        until("it waits", 30, lambda: self.waiting() == 1)
        self.assertIn(manager.request("DELETE", f"/v1/keys/{made['id']}").status, (200, 204))
        sent = self.send()[0]["id"]
        waiting.join(timeout=180)
        self.assertEqual(answers[-1].status, 401, answers[-1].body)
        self.assertNotIn(sent, [seen for answer in answers[:-1] for seen in self.of_product(Page(answer))])


if __name__ == "__main__":
    unittest.main()
