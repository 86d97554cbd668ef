"""Clients that keep sending whatever happens, and remember exactly what they sent and what they were told."""
import json
import random
import threading
import time

from harness.layer import Layer
from support.server import Server

SIZES = (1, 1, 1, 5, 20, 60)
TEXTS = ("", "a note", "Grüße aus Köln, 日本語 🙂", "x" * 900)


class Sent:
    """What was sent of each organization, by external_id, and the answers that came."""

    def __init__(self):
        self.events: dict[str, dict[str, dict]] = {}  # org -> external_id -> event
        self.answers: dict[str, dict] = {}  # external_id -> the answer's item
        self.new_key = ""  # the newest key that was made meanwhile

    def waiting(self, org: str) -> list[dict]:
        return [event for external, event in self.events.get(org, {}).items() if external not in self.answers]

    def count(self) -> int:
        return sum(len(events) for events in self.events.values())


class Writers:
    """Threads that send to `keys` (org -> key) until finish(). An event without an answer is sent again as it was."""

    def __init__(self, server: Server, keys: dict[str, str], writers: int = 16, seed: int = 1, pause: float = 0,
                 layer: Layer | None = None, tag: str = ""):
        self.server, self.keys, self.pause, self.layer, self.tag = server, keys, pause, layer, tag
        self.sent = Sent()
        self.wrong: list[str] = []
        self.retries = self.unavailable = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._abandoned = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number, random.Random(seed * 1000 + number)))
                         for number in range(writers)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.finish()

    def finish(self) -> None:
        """Ends after the requests at hand have got their answer; so every event sent is an answered one."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def abandon(self) -> None:
        """Ends at once, as clients do that lose their machine too: requests at hand stay without an answer."""
        self._abandoned.set()
        self.finish()

    def count(self) -> int:
        with self._lock:
            return len(self.sent.answers)

    def _run(self, number: int, rng: random.Random) -> None:
        done = 0
        while not self._stop.is_set():
            org = rng.choice(list(self.keys))
            events = []
            for _ in range(rng.choice(SIZES)):
                done += 1
                events.append({"action": "load.sent", "actor": {"id": f"u_{number}"},
                               "external_id": f"{self.tag}{number}-{done}", "metadata": {"text": rng.choice(TEXTS)}})
            with self._lock:
                self.sent.events.setdefault(org, {}).update({event["external_id"]: event for event in events})
            if self.layer:
                self.layer.mark(json.dumps({"sent": events, "org": org}))
            items = self._send(org, events)
            if items is None:
                return
            answers = {event["external_id"]: item for event, item in zip(events, items, strict=True)}
            if self.layer:
                self.layer.mark(json.dumps({"answers": answers}))
            with self._lock:
                self.sent.answers |= answers
            if self.pause:
                self._stop.wait(self.pause)

    def _send(self, org: str, events: list[dict]) -> list[dict] | None:
        body = json.dumps(events, ensure_ascii=False).encode()
        client = self.server.client(self.keys[org], timeout=20)
        for _ in range(2400):
            if self._abandoned.is_set():
                return None
            try:
                answer = client.post("/v1/events", body)
            except OSError:
                answer = None
            if answer is not None and answer.status == 200:
                items = answer.json()["data"]
                if all(item["status"] in ("created", "duplicate") for item in items):
                    return items
            if answer is not None and answer.status != 503:
                with self._lock:
                    self.wrong.append(f"{answer.status}: {answer.body[:300]!r}")
                return None
            with self._lock:
                self.retries += 1
                if answer is not None:
                    self.unavailable += 1
                    if int(answer.headers.get("retry-after", "0")) < 1:
                        self.wrong.append(f"503 without Retry-After: {answer.headers}")
            time.sleep(0.05)
        with self._lock:
            self.wrong.append("no answer in 2,400 tries")
        return None


def send_again(server: Server, keys: dict[str, str], sent: Sent) -> int:
    """What a client does after a crash: everything without an answer goes once more. How many were there already."""
    there = 0
    for org, key in keys.items():
        events = sent.waiting(org)
        for start in range(0, len(events), 500):
            part = events[start:start + 500]
            answer = server.client(key).post("/v1/events", json.dumps(part, ensure_ascii=False).encode())
            if answer.status != 200:
                raise AssertionError(f"sending again: {answer.status} {answer.body[:300]!r}")
            items = answer.json()["data"]
            there += sum(item["status"] == "duplicate" for item in items)
            sent.answers |= {event["external_id"]: item for event, item in zip(part, items, strict=True)}
    return there
