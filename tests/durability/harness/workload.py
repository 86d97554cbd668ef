"""A short life of a server that touches everything it writes: for sweeps that repeat it once per fault."""
import json

from harness import store
from harness.writers import Sent
from support.server import Server

ORGS = ("a", "b")
EVENTS = 8


class Ended(Exception):
    """The server ended by itself, as it should after some faults."""


class Workload:
    """Sends to two orgs, once enough for another segment of the journal; changes settings; merges. What gets no
    answer stays in `sent` without one."""

    def __init__(self, server: Server, keys: dict[str, str], tag: str):
        self.server, self.keys, self.tag = server, keys, tag
        self.sent = Sent()
        self.refused = 0
        self.steps = 0

    def run(self) -> None:
        for number in range(6):
            self.steps = number
            for org in ORGS:
                self._send(org, number, size=20_000 if number == 3 else 100)
            if number == 2:
                self._change_settings()
            if number in (1, 4):
                self._ask_store("OPTIMIZE TABLE trailkeeper.entries FINAL")
            if number == 3:  # as the flush does before it tries rows again
                self._ask_store("ALTER TABLE trailkeeper.entries DELETE WHERE batch = 1 AND seq = 0")

    def _send(self, org: str, number: int, size: int) -> None:
        events = [{"action": "load.sent", "actor": {"id": "u"}, "external_id": f"{self.tag}-{org}-{number}-{n}",
                   "metadata": {"text": "x" * size}} for n in range(EVENTS)]
        self.sent.events.setdefault(org, {}).update({event["external_id"]: event for event in events})
        for _ in range(40):
            try:
                answer = self.server.client(self.keys[org], timeout=20).post("/v1/events", json.dumps(events).encode())
            except OSError:
                raise Ended from None
            if answer.status == 200:
                self.sent.answers |= {event["external_id"]: item
                                      for event, item in zip(events, answer.json()["data"], strict=True)}
                return
            if answer.status != 503 or int(answer.headers.get("retry-after", "0")) < 1:
                raise AssertionError(f"a fault made intake answer {answer.status}: {answer.body[:300]!r}")
            self.refused += 1

    def _change_settings(self) -> None:
        try:
            self.server.make_key("a")
        except AssertionError:
            pass  # refused or ended; either is an answer

    def _ask_store(self, sql: str) -> None:
        try:
            store.query(self.server, sql)
        except (OSError, AssertionError):
            pass  # refused or ended; either is an answer
