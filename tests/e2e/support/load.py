"""Clients that keep sending while something goes wrong, and remember exactly what they were told."""
import json
import threading
import time

from support.server import Server


class Load:
    """Sender threads. Every event has an external_id; an event without an answer is sent again with the same one.

    REQUIRES of the server: 4xx means nothing was stored, and none of ours deserves one.
    """

    def __init__(self, server: Server, key: str, senders: int = 4, batch: int = 20):
        self.server, self.key, self.batch = server, key, batch
        self.answered: dict[str, dict] = {}  # external_id -> the answer's item
        self.wrong: list[str] = []
        self.retries = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(senders)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.finish()

    def finish(self) -> None:
        """Stops after the batches at hand have got their answer; so every event sent is an answered one."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def count(self) -> int:
        with self._lock:
            return len(self.answered)

    def _run(self, number: int) -> None:
        client = self.server.client(self.key, timeout=20)
        done = 0
        while not self._stop.is_set():
            events = [{"action": "load.sent", "actor": {"id": f"u_{number}"}, "external_id": f"{number}-{done + n}",
                       "metadata": {"n": done + n}} for n in range(self.batch)]
            items = self._send(client, json.dumps(events).encode())
            if items is None:
                return
            done += self.batch
            with self._lock:
                for event, item in zip(events, items, strict=True):
                    self.answered[event["external_id"]] = item

    def _send(self, client, body: bytes) -> list[dict] | None:
        """Until there is an answer; nothing when the answer was wrong."""
        for _ in range(600):
            try:
                answer = client.post("/v1/events", body)
            except OSError:
                answer = None
            if answer is not None and answer.status == 200:
                items = answer.json()["data"]
                if all(item["status"] in ("created", "duplicate") for item in items):
                    return items
            if answer is not None and answer.status not in (200, 503):
                with self._lock:
                    self.wrong.append(f"{answer.status}: {answer.body[:300]!r}")
                return None
            with self._lock:
                self.retries += 1
            time.sleep(0.05)
        with self._lock:
            self.wrong.append("no answer in 600 tries")
        return None


def compare(test, answered: dict[str, dict], records: list[dict]) -> None:
    """What was acknowledged is there, once, with the values of the answer; and seq has no gap."""
    by_external = {}
    for record in records:
        test.assertNotIn(record["external_id"], by_external, "stored twice")
        by_external[record["external_id"]] = record
    missing = [external for external in answered if external not in by_external]
    test.assertEqual(missing, [], f"{len(missing)} acknowledged events are lost")
    for external, item in answered.items():
        record = by_external[external]
        test.assertEqual((item["id"], item["seq"], item["received_at"]),
                         (record["id"], record["seq"], record["received_at"]))
