"""What the scenarios of the intake forms share: one server with two organizations, and log records of OTLP in JSON."""
import unittest

from support import places
from support.client import Answer, until
from support.server import Server

GOOD = {"action": "report.viewed", "actor": {"id": "u_1"}}
TIME_NANOS = 1_790_000_000_123_456_789


def attribute(key: str, value) -> dict:
    kind = {str: "stringValue", bool: "boolValue", float: "doubleValue"}.get(type(value))
    return {"key": key, "value": {kind: value} if kind else {"intValue": str(value)}}


def otlp(*records: dict, resource: dict | None = None) -> dict:
    found = [attribute(*item) for item in (resource or {}).items()]
    return {"resourceLogs": [{"resource": {"attributes": found}, "scopeLogs": [{"logRecords": list(records)}]}]}


def record(name: str = "report.viewed", more: dict | None = None, **attributes) -> dict:
    found = {"user.id": "u_1"} | {key.replace("__", "."): value for key, value in attributes.items()}
    return {"eventName": name, "attributes": [attribute(*item) for item in found.items()]} | (more or {})


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("forms")).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme")
        cls.client = cls.server.client(cls.key)
        cls.server.make_org("globex", "Globex")
        cls.manager = cls.server.client(cls.server.make_key("*", "manage"))
        cls.any_client = cls.server.client(cls.server.make_key("*"))

    def find(self, action: str, count: int = 1) -> list[dict]:
        """The records of an action, oldest first, once that many are visible."""
        def look() -> list[dict]:
            found = self.client.pages("/v1/orgs/acme/events", action=action, order="asc", limit=200,
                                      **{"from": "2000-01-01T00:00:00Z"})
            return found if len(found) >= count else []

        found = until(f"{count} entries of {action}", 60, look, every=0.3)
        self.assertEqual(len(found), count)
        return found

    def operate(self, method: str, path: str, body: dict) -> Answer:
        """A call of someone who may manage everything."""
        return self.manager.request(method, path, body)
