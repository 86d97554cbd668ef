#!/usr/bin/env python3
"""WorkOS' unmodified clients for Node, Python and Go, with only the address changed: events, schemas, exports, retention,
portal link, and the error classes of 400, 401, 404, 422 and 429 (REQUIREMENTS E1)."""
import csv
import datetime
import io
import json
import subprocess
import unittest
import urllib.parse

import workos
from workos.audit_logs import RetentionPeriod, RetentionPeriodInDays
from workos.audit_logs.models import (AuditLogEvent, AuditLogEventActor, AuditLogEventContext, AuditLogEventTarget,
                                      AuditLogSchemaTarget)

from support import go, places
from support.client import until
from support.server import Server

STRICT = "invoice.approved"  # the Node client registers its schema
EVER = ("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z")


def event(action: str, **more) -> AuditLogEvent:
    return AuditLogEvent(
        action=action, occurred_at=datetime.datetime.now(datetime.timezone.utc),
        actor=AuditLogEventActor(id="user_py", type="user", name="Pia"),
        targets=[AuditLogEventTarget(id="team_1", type="team")],
        context=AuditLogEventContext(location="198.51.100.9", user_agent="python"),
        metadata={"client": "python", "password": "hunter2"}, **more)


class WorkOS(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("workos"), '[portal]\nreturn_urls = ["https://app.example"]\n').start()
        cls.addClassCleanup(cls.server.stop)
        cls.reader = cls.server.client(cls.server.make_org("acme", "Acme", "--s3"))
        cls.server.make_org("globex", "Globex")
        cls.key = cls.server.make_key("*", "ingest,read,manage")
        manager = cls.server.client(cls.key)
        slow = manager.post("/v1/keys", {"all_orgs": True, "application": "Slow", "scopes": ["ingest"],
                                         "limits": {"requests_per_second": 1, "burst_seconds": 1}})
        assert slow.status == 201, slow.body
        cls.slow = slow.json()["key"]
        cls.manager = manager

    def facts(self, **more) -> str:
        return json.dumps({"url": self.server.url, "host": "127.0.0.1", "port": self.server.port, "key": self.key,
                           "slow": self.slow, "org": "acme", "strict": STRICT, "unknown": "nobody"} | more)

    def run_client(self, *command) -> dict:
        done = subprocess.run([*command, self.facts()], capture_output=True, text=True, timeout=300, cwd=places.E2E)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return json.loads(done.stdout.splitlines()[-1])

    def fetch(self, url: str) -> list[dict]:
        """The rows at an export's address, which needs no credential."""
        parts = urllib.parse.urlsplit(url)
        answer = self.server.client().get(f"{parts.path}?{parts.query}")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertIn("attachment", answer.headers["content-disposition"])
        return list(csv.DictReader(io.StringIO(answer.body.decode())))

    def records(self, action: str, count: int = 1) -> list[dict]:
        def look() -> list[dict]:
            found = self.reader.get("/v1/orgs/acme/events", action=action).json()["data"]
            return found if len(found) >= count else []

        return until(f"{count} of {action}", 30, look)

    def test_1_node(self):
        out = self.run_client(places.tool("node"), "clients/workos.mjs")
        self.assertEqual((out["created"]["status"], out["again"]["status"]), (0, 0), out)
        self.assertEqual(out["reused"]["name"], "UnprocessableEntityException")
        self.assertIn("idempotency_key_reused", json.dumps(out["reused"]))
        self.check_node_schemas(out)
        self.check_node_errors(out)
        self.assertEqual(out["pending"]["state"], "pending")
        self.assertEqual(out["export"]["state"], "ready")
        rows = self.fetch(out["export"]["url"])
        self.assertEqual([row["Name"] for row in rows], ["Nora"])
        self.assertEqual(out["retention"]["value"], {"retentionPeriodInDays": 400})
        self.assertEqual(out["retention_set"]["value"], {"retentionPeriodInDays": 730})
        self.assertEqual(out["retention_wrong"]["name"], "UnprocessableEntityException")
        self.assertEqual(self.manager.get("/v1/orgs/acme").json()["retention_days"], 730)
        self.assertRegex(out["link"]["value"]["link"], "^" + self.server.url + r"/portal#[\w-]{43}$")
        self.assertEqual(out["link_refused"]["name"], "UnprocessableEntityException")
        record = self.records("node.sent")[0]
        self.assertEqual(record["metadata"], {"client": "node", "password": "[masked]"})
        self.assertEqual(record["context"], {"ip": "198.51.100.8", "user_agent": "node"})

    def check_node_schemas(self, out: dict) -> None:
        self.assertEqual([out[name]["value"]["version"] for name in ("schema", "schema_again", "schema_next")], [1, 1, 2])
        self.assertEqual(out["schema"]["value"]["metadata"], {"amount": "number", "paid": "boolean"})
        self.assertEqual(out["schema"]["value"]["targets"], [{"type": "team", "metadata": {"plan": "string"}}])
        self.assertEqual(out["schema_wrong"]["name"], "UnprocessableEntityException")
        self.assertEqual((out["allowed"]["status"], out["second"]["status"]), (0, 0), out)
        self.assertEqual(out["refused"]["name"], "UnprocessableEntityException")
        self.assertIn("wrong_type", out["refused"]["message"])
        self.assertEqual([schema["version"] for schema in out["schemas"]["value"]], [2, 1])

    def check_node_errors(self, out: dict) -> None:
        for step, name in (("unauthorized", "UnauthorizedException"), ("not_found", "NotFoundException"),
                           ("bad_request", "BadRequestException"), ("limited", "RateLimitExceededException"),
                           ("no_export", "NotFoundException")):
            with self.subTest(step):
                self.assertEqual(out[step]["name"], name, out[step])
                self.assertTrue(out[step]["request_id"])
        self.assertGreaterEqual(out["limited"]["retry_after"], 1)

    def test_2_python(self):
        client = workos.WorkOSClient(api_key=self.key, client_id="client_1", base_url=self.server.url, max_retries=0)
        trail = client.audit_logs
        sent = event("python.sent")
        for _ in range(2):
            done = trail.create_event(organization_id="acme", event=sent, idempotency_key="python-1")
            self.assertTrue(done.success)
        self.assertEqual(len(self.records("python.sent")), 1)
        self.check_python_schemas(trail)
        self.check_python_errors(client, trail)
        self.check_python_export(trail)
        self.assertEqual(trail.update_organization_audit_logs_retention(
            "globex", retention=RetentionPeriodInDays(90)).retention_period_in_days, 90)
        self.assertEqual(trail.update_organization_audit_logs_retention(
            "globex", retention=RetentionPeriod("1_YEAR")).retention_period_in_days, 365)
        self.assertEqual(trail.get_organization_audit_logs_retention("globex").retention_period_in_days, 365)
        link = client.admin_portal.generate_link(organization="acme", intent="audit_logs",
                                                 return_url="https://app.example/back")
        self.assertTrue(link.link.startswith(self.server.url + "/portal#"))

    def check_python_schemas(self, trail) -> None:
        metadata = {"type": "object", "properties": {"plan": {"type": "string"}}, "required": ["plan"]}
        made = trail.create_schema("plan.changed", targets=[AuditLogSchemaTarget(type="team")], metadata=metadata)
        self.assertEqual((made.version, made.metadata), (1, metadata))
        with self.assertRaises(workos.UnprocessableEntityError) as refused:
            trail.create_event(organization_id="acme", event=event("plan.changed"))
        self.assertEqual(refused.exception.code, "schema_violation")
        self.assertEqual(refused.exception.errors[0]["field"], "/event/metadata/plan")
        self.assertEqual([schema.version for schema in trail.list_action_schemas("plan.changed")], [1])
        self.manager.put("/v1/actions/plain.action", {"label": "Plain"})
        names = [action.name for action in trail.list_actions(limit=1).auto_paging_iter()]
        self.assertEqual(names[:2], ["plain.action", "plan.changed"])

    def check_python_errors(self, client, trail) -> None:
        def refused(kind, call):
            with self.assertRaises(kind) as found:
                call()
            self.assertTrue(found.exception.request_id)
            return found.exception

        nobody = workos.WorkOSClient(api_key="tk_wrong", client_id="c", base_url=self.server.url, max_retries=0)
        refused(workos.AuthenticationError, lambda: nobody.audit_logs.list_actions())
        refused(workos.NotFoundError, lambda: trail.create_event(organization_id="nobody", event=event("a")))
        refused(workos.NotFoundError, lambda: trail.get_export("01997a34-0000-7000-8000-000000000000"))
        refused(workos.NotFoundError, lambda: trail.list_action_schemas("no.such"))
        refused(workos.NotFoundError, lambda: trail.get_organization_audit_logs_retention("nobody"))
        refused(workos.BadRequestError,
                lambda: trail.create_export(organization_id="acme", range_start="never", range_end=EVER[1]))
        refused(workos.UnprocessableEntityError,
                lambda: trail.update_organization_audit_logs_retention("acme", retention=RetentionPeriodInDays(0)))
        refused(workos.UnprocessableEntityError,
                lambda: client.admin_portal.generate_link(organization="acme", intent="dsync"))
        slow = workos.WorkOSClient(api_key=self.slow, client_id="c", base_url=self.server.url, max_retries=0)

        def many():
            for _ in range(50):
                slow.audit_logs.create_event(organization_id="acme", event=event("python.many"))

        self.assertGreaterEqual(refused(workos.RateLimitExceededError, many).retry_after, 1)

    def check_python_export(self, trail) -> None:
        def ready(made):
            return until("the export is ready", 30, lambda: (now := trail.get_export(made.id)).state == "ready" and now)

        made = trail.create_export(organization_id="acme", range_start=EVER[0], range_end=EVER[1],
                                   actor_names=["Pia"], targets=["team", "plan"])
        self.assertEqual((made.state, made.url), ("pending", None))
        url = ready(made).url
        self.assertEqual({row["Name"] for row in self.fetch(url)}, {"Pia"})
        empty = trail.create_export(organization_id="acme", range_start=EVER[0], range_end=EVER[1], targets=["none"])
        self.assertEqual(self.fetch(ready(empty).url), [])
        # Each GET gives an address of its own; none opens another object, and each fetch is an entry.
        other = ready(made).url
        self.assertNotEqual(url, other)
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["token"][0]
        for path, query in ((f"/audit_logs/exports/{empty.id}/file", {"token": token}),
                            (f"/audit_logs/exports/{made.id}/file", {"token": "x" * 43}),
                            (f"/audit_logs/exports/{made.id}/file", {})):
            self.assertEqual(self.server.client().get(path, **query).status, 404)
        fetched = self.records("trailkeeper.export.downloaded", 3)
        self.assertEqual({record["actor"]["name"] for record in fetched}, {"Product"})

    def test_3_go(self):
        out = self.run_client(go.build("go"))
        self.assertEqual((out["created"]["status"], out["again"]["status"]), (0, 0), out)
        self.assertEqual((out["reused"]["status"], out["reused"]["code"]), (422, "idempotency_key_reused"))
        self.assertEqual((out["refused"]["status"], out["refused"]["code"]), (422, "schema_violation"))
        self.assertIn("/event/metadata", out["refused"]["fields"][0]["Field"])
        self.assertEqual(out["unauthorized"]["status"], 401)
        self.assertEqual(out["not_found"]["status"], 404)
        self.assertTrue(out["bad_request"]["is_bad_request"])
        self.assertEqual(out["limited"]["status"], 429)
        self.assertEqual((out["portal"]["status"], out["portal_refused"]["status"]), (0, 422))
        self.assertTrue(out["link"].startswith(self.server.url + "/portal#"), out["link"])
        self.assertEqual((out["export"]["status"], out["state"]), (0, "ready"))
        self.assertEqual([row["Name"] for row in self.fetch(out["url"])], ["Gopher"])
        for step in ("reused", "refused", "unauthorized", "not_found", "bad_request", "limited"):
            self.assertTrue(out[step]["message"] and out[step]["request_id"], step)

    def test_4_addresses_end(self):
        """After ten minutes, and with the key that asked for them (promise 7)."""
        trail = self.manager
        key = trail.post("/v1/keys", {"org": "acme", "application": "Robot", "scopes": ["read"]}).json()
        robot = self.server.client(key["key"])
        made = robot.post("/audit_logs/exports", {"organization_id": "acme", "range_start": EVER[0], "range_end": EVER[1]})
        self.assertEqual(made.status, 201, made.body)
        path = f"/audit_logs/exports/{made.json()['id']}"
        url = until("the export is ready", 30, lambda: robot.get(path).json().get("url"))
        self.assertGreater(len(self.fetch(url)), 0)
        parts = urllib.parse.urlsplit(url)
        outsider = self.server.client(self.server.make_key("globex", "read"))
        self.assertEqual(outsider.get(path).status, 404)
        self.assertEqual(trail.request("DELETE", f"/v1/keys/{key['id']}").status, 204)
        self.assertEqual(self.server.client().get(f"{parts.path}?{parts.query}").status, 404)
        url = trail.get(path).json()["url"]
        self.assertGreater(len(self.fetch(url)), 0)
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=11)
        self.server.set_clock(later.strftime("%Y-%m-%dT%H:%M:%SZ"))
        parts = urllib.parse.urlsplit(url)
        self.assertEqual(self.server.client().get(f"{parts.path}?{parts.query}").status, 404)
        self.assertEqual(len(self.fetch(trail.get(path).json()["url"])) > 0, True)


if __name__ == "__main__":
    unittest.main()
