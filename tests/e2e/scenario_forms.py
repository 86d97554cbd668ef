#!/usr/bin/env python3
"""Every application can send: the unmodified clients of OTLP, CloudEvents and Retraced, the errors that they read, and our
own form in all its shapes (REQUIREMENTS E2, E3, E5; promise 8)."""
import base64
import gzip
import json
import logging
import re
import shlex
import subprocess
import unittest

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from google.rpc import error_details_pb2, status_pb2
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from support import places
from support.client import Answer, until
from support.forms import GOOD, TIME_NANOS, Forms, attribute, otlp, record

PROTOBUF, JSON = "application/x-protobuf", "application/json"
BATCH = 50_000 if places.full() else 8_192  # the Collector's default


def zstd(data: bytes) -> bytes:
    """A frame (RFC 8878) of one raw block; Python 3.11 has no zstd."""
    assert len(data) < 256
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(data)]) + (len(data) << 3 | 1).to_bytes(3, "little") + data


class Otlp(Forms):
    def post_otlp(self, body: dict, client=None, **headers) -> Answer:
        return (client or self.client).post("/v1/logs", body, Content_Type=JSON, **headers)

    def post_protobuf(self, body: bytes, client=None, **headers) -> Answer:
        return (client or self.client).post("/v1/logs", body, Content_Type=PROTOBUF, **headers)

    def exporter(self, key: str, path: str = "/v1/logs") -> OTLPLogExporter:
        return OTLPLogExporter(endpoint=self.server.url + path, headers={"authorization": f"Bearer {key}"},
                               compression=Compression.Gzip, timeout=30)

    def test_the_sdk_exports_protobuf_with_gzip(self):
        provider = LoggerProvider(resource=Resource({"service.name": "billing", "organization.id": "acme",
                                                     "deployment.environment": "test"}))
        provider.add_log_record_processor(BatchLogRecordProcessor(self.exporter(self.key)))
        provider.get_logger("audit", "2.0").emit(LogRecord(
            timestamp=TIME_NANOS, event_name="invoice.paid", severity_number=SeverityNumber.INFO, severity_text="INFO",
            body={"text": "paid", "parts": [1, 2.5, True]},
            attributes={"user.id": "u_7", "user.name": "Ann Lee", "user.email": "ann@example.org",
                        "client.address": "192.0.2.7", "user_agent.original": "SDK/1", "url.full": "https://x.org/i",
                        "http.response.status_code": 200, "invoice.number": 9_007_199_254_740_993}))
        self.assertTrue(provider.force_flush())
        provider.shutdown()
        entry = self.find("invoice.paid")[0]
        self.assertEqual(entry["organization_id"], "acme")
        self.assertEqual(entry["application"], "billing")
        self.assertEqual(entry["occurred_at"], "2026-09-21T14:13:20.123456Z")
        self.assertEqual(entry["actor"], {"id": "u_7", "name": "Ann Lee", "email": "ann@example.org"})
        self.assertEqual(entry["context"],
                         {"ip": "192.0.2.7", "user_agent": "SDK/1", "url": "https://x.org/i"})
        self.assertEqual(entry["http_status"], 200)
        metadata = entry["metadata"]
        self.assertEqual(metadata["invoice.number"], 9_007_199_254_740_993)
        self.assertEqual(metadata["body"], {"text": "paid", "parts": [1, 2.5, True]})
        self.assertEqual(metadata["otlp"]["severity_number"], 9)
        self.assertEqual(metadata["otlp"]["scope"], {"name": "audit", "version": "2.0"})
        self.assertEqual(metadata["otlp"]["resource"]["deployment.environment"], "test")

    def test_the_sdk_gives_up_at_once_on_a_wrong_key(self):
        said = []
        handler = logging.Handler()
        handler.emit = lambda entry: said.append(entry.getMessage())
        logging.getLogger("opentelemetry").addHandler(handler)
        self.addCleanup(logging.getLogger("opentelemetry").removeHandler, handler)
        provider = LoggerProvider()
        provider.add_log_record_processor(BatchLogRecordProcessor(self.exporter("tk_wrong")))
        provider.get_logger("audit").emit(LogRecord(event_name="never.stored", attributes={"user.id": "u"}))
        provider.force_flush()
        provider.shutdown()
        self.assertTrue(any("401" in text or "Unauthorized" in text for text in said), said)

    def test_json_and_gzip(self):
        more = {"timeUnixNano": str(TIME_NANOS), "traceId": "5b8efff798038103d269b633813fc60c",
                "spanId": "eee19b7ec3c1b174", "body": {"stringValue": "seen"}}
        body = otlp(record("otlp.json", more, order=9_007_199_254_740_993), resource={"service.name": "web"})
        answer = self.client.post("/v1/logs", gzip.compress(json.dumps(body).encode()), Content_Type=JSON,
                                  Content_Encoding="gzip")
        self.assertEqual((answer.status, answer.headers["content-type"], answer.json()), (200, JSON, {}), answer)
        entry = self.find("otlp.json")[0]
        self.assertEqual(entry["context"]["request_id"], more["traceId"])
        self.assertEqual(entry["metadata"], {"body": "seen", "otlp": {"span_id": more["spanId"]},
                                             "order": 9_007_199_254_740_993})

    def test_partial_success_in_both_encodings(self):
        body = otlp(record("otlp.partial"), {"attributes": [attribute("user.id", "u_1")]}, record("otlp.partial"))
        answer = self.post_otlp(body)
        self.assertEqual(answer.status, 200)
        part = answer.json()["partialSuccess"]
        self.assertEqual(part["rejectedLogRecords"], "1")
        self.assertIn("/resourceLogs/0/scopeLogs/0/logRecords/1/eventName", part["errorMessage"])
        request = ExportLogsServiceRequest()
        logs = request.resource_logs.add().scope_logs.add()
        for name in ("otlp.partial", ""):
            entry = logs.log_records.add(event_name=name)
            entry.attributes.add(key="user.id").value.string_value = "u_1"
        answer = self.post_protobuf(request.SerializeToString())
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, PROTOBUF))
        response = ExportLogsServiceResponse.FromString(answer.body)
        self.assertEqual(response.partial_success.rejected_log_records, 1)
        self.assertIn("logRecords/1/eventName", response.partial_success.error_message)
        self.find("otlp.partial", 3)

    def test_an_empty_request_is_well(self):
        self.assertEqual(self.post_otlp({"resourceLogs": []}).json(), {})
        answer = self.post_protobuf(b"")
        self.assertEqual((answer.status, answer.body), (200, b""))

    def test_errors_are_a_status_in_the_requests_encoding(self):
        reader = self.server.client(self.server.make_key("acme", "read"))
        nobody = self.server.client("")
        table = [("malformed", self.client, b"{", 400, 3), ("nothing stored", self.client, otlp({}), 400, 3),
                 ("no key", nobody, otlp(record()), 401, 16), ("a key that may not", reader, otlp(record()), 403, 7),
                 ("too large", self.client, b" " * (10 * 1024 * 1024 + 1), 413, 3)]
        for name, client, body, status, code in table:
            with self.subTest(name):
                answer = self.post_otlp(body, client)
                self.assertEqual((answer.status, answer.headers["content-type"]), (status, JSON), answer)
                self.assertEqual(answer.json()["code"], code)
                self.assertTrue(answer.json()["message"])
        answer = self.post_protobuf(b"\xff\xff", self.client)
        found = status_pb2.Status.FromString(answer.body)
        self.assertEqual((answer.status, answer.headers["content-type"], found.code), (400, PROTOBUF, 3))
        self.assertIn("protobuf", found.message)
        details = error_details_pb2.BadRequest()
        self.assertTrue(found.details[0].Unpack(details))
        self.assertEqual(details.field_violations[0].reason, "malformed_protobuf")
        self.assertEqual(self.client.post("/v1/logs", b"x", Content_Type="text/plain").status, 415)
        self.assertEqual(self.client.get("/v1/logs").json()["code"], 12)

    def test_a_batch_as_large_as_the_collectors(self):
        request = ExportLogsServiceRequest()
        logs = request.resource_logs.add().scope_logs.add()
        for number in range(BATCH):
            entry = logs.log_records.add(event_name="otlp.batch", time_unix_nano=TIME_NANOS)
            entry.attributes.add(key="user.id").value.int_value = number
            entry.attributes.add(key="app.note").value.string_value = "x" * 40
        answer = self.post_protobuf(gzip.compress(request.SerializeToString(), 1), Content_Encoding="gzip")
        self.assertEqual((answer.status, answer.body), (200, b""), answer)
        entries = self.find("otlp.batch", BATCH)
        self.assertEqual({entry["actor"]["id"] for entry in entries}, {str(number) for number in range(BATCH)})

    def test_the_org_comes_from_the_resource_when_the_key_is_for_all(self):
        answer = self.post_otlp(otlp(record("otlp.org"), resource={"organization.id": "acme"}), self.any_client)
        self.assertEqual(answer.status, 200, answer)
        self.find("otlp.org")
        for resource in ({}, {"organization.id": "nobody"}):
            self.assertEqual(self.post_otlp(otlp(record("otlp.org"), resource=resource), self.any_client).status, 400)
        self.assertEqual(self.post_otlp(otlp(record("otlp.org"), resource={"organization.id": "globex"})).status, 400)


    def test_a_keys_mapping(self):
        mapping = {"actor.id": "app.user", "action": "app.verb", "area": "app.module", "context.url": ""}
        made = self.operate("POST", "/v1/keys", {"org": "acme", "application": "Legacy", "scopes": ["ingest"],
                                                 "otlp_mapping": mapping})
        self.assertEqual(made.status, 201, made.body)
        sent = {"attributes": [attribute(*item) for item in {
            "app.user": "u_9", "app.verb": "otlp.mapped", "app.module": "Billing", "url.full": "https://x.org"}.items()]}
        answer = self.post_otlp(otlp(sent), self.server.client(made.json()["key"]))
        self.assertEqual((answer.status, answer.json()), (200, {}))
        entry = self.find("otlp.mapped")[0]
        self.assertEqual((entry["actor"], entry["area"]), ({"id": "u_9"}, "Billing"))
        self.assertEqual(entry["metadata"], {"url.full": "https://x.org"})
        for wrong in ({"actor": "x"}, {"actor.id": 7}):
            refused = self.operate("POST", "/v1/keys", {"org": "acme", "application": "Legacy", "scopes": ["ingest"],
                                                        "otlp_mapping": wrong})
            self.assertEqual((refused.status, refused.json()["errors"][0]["code"]), (422, "invalid_otlp_mapping"))


class Limited(Forms):
    """429 on each surface, with Retry-After, in the shape that its clients parse; nothing is stored."""

    def hit_the_limit(self, path: str, body, kind: str) -> Answer:
        made = self.operate("POST", "/v1/keys", {
            "org": "acme", "application": "Hasty", "scopes": ["ingest"],
            "limits": {"requests_per_second": 1, "burst_seconds": 1}})
        self.assertEqual(made.status, 201, made.body)
        client = self.server.client(made.json()["key"])
        return until("the limit is hit", 30, lambda: (lambda answer: answer if answer.status == 429 else None)(
            client.post(path, body, Content_Type=kind)), every=0)

    def test_each_surface(self):
        for path, body, kind, shape in [
                ("/v1/logs", otlp(record("limited")), JSON, {"code": 8}),
                ("/v1/cloudevents", {"specversion": "1.0", "id": "1", "source": "/l", "type": "limited",
                                     "data": {"actor": {"id": "u"}}}, "application/cloudevents+json", {"status": 429}),
                ("/publisher/v1/project/p/event", GOOD | {"action": "limited"}, JSON, {"status": 429, "type": "Error"})]:
            with self.subTest(path):
                answer = self.hit_the_limit(path, body, kind)
                self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
                self.assertIn("ratelimit", answer.headers)
                self.assertEqual(answer.json() | shape, answer.json())


class CloudEvents(Forms):
    def send(self, message) -> Answer:
        headers = {name.title(): value for name, value in message.headers.items()}
        return self.client.request("POST", "/v1/cloudevents", bytes(message.body), headers)

    def event(self, number: str, **data) -> CloudEvent:
        return CloudEvent({"id": number, "source": "/shop", "type": "order.placed", "subject": "order 7 – 50 %",
                           "tenant": "eu"},
                          {"actor": {"id": "u_1", "email": "ann@example.org"}, "area": "Orders"} | data)

    def test_the_sdks_structured_and_binary_modes(self):
        for number, make in (("s-1", to_structured_event), ("b-1", to_binary_event)):
            with self.subTest(number):
                event = self.event(number, order=7)
                first, again = self.send(make(event)), self.send(make(event))
                self.assertEqual(first.status, 200, first.body)
                item = first.json()["data"][0]
                self.assertEqual(item["status"], "created")
                self.assertEqual(again.json()["data"][0], item | {"status": "duplicate"})
                path = f"/v1/orgs/acme/events/{item['id']}"
                until("it is visible", 60, lambda path=path: self.client.get(path).status == 200)
                entry = self.client.get(path).json()
                self.assertEqual(entry["action"], "order.placed")
                self.assertEqual(entry["external_id"], f"/shop {number}")
                self.assertEqual(entry["actor"], {"id": "u_1", "email": "ann@example.org"})
                self.assertEqual(entry["area"], "Orders")
                self.assertEqual(entry["targets"], [{"id": "order 7 – 50 %"}])
                self.assertEqual(entry["metadata"]["data"], {"order": 7})
                self.assertEqual(entry["metadata"]["cloudevent"]["tenant"], "eu")

    def test_a_batch_by_hand(self):
        events = [{"specversion": "1.0", "id": f"k-{number}", "source": "/batch", "type": "batch.made",
                   "time": "2026-09-21T10:00:00Z", "data": {"actor": {"id": f"u_{number}"}}} for number in range(3)]
        events[1].pop("type")
        answer = self.client.post("/v1/cloudevents", events, Content_Type="application/cloudevents-batch+json")
        self.assertEqual(answer.status, 200, answer.body)
        items = answer.json()["data"]
        self.assertEqual([item["status"] for item in items], ["created", "rejected", "created"])
        self.assertEqual(items[1]["problem"]["errors"][0]["pointer"], "/1/type")
        self.assertEqual([entry["actor"]["id"] for entry in self.find("batch.made", 2)], ["u_0", "u_2"])

    def test_binary_data_and_the_org_extension(self):
        headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/bin", "ce-type": "file.sent",
                   "ce-organizationid": "acme", "ce-authid": "svc-1", "ce-authtype": "service_account",
                   "Content-Type": "application/octet-stream"}
        answer = self.any_client.request("POST", "/v1/cloudevents", b"\x00\xff", headers)
        self.assertEqual(answer.status, 200, answer.body)
        entry = self.find("file.sent")[0]
        self.assertEqual(entry["actor"], {"type": "service_account", "id": "svc-1"})
        self.assertEqual(entry["metadata"]["data_base64"], base64.b64encode(b"\x00\xff").decode())

    def test_errors_are_problems(self):
        structured = "application/cloudevents+json"
        for name, body, kind, status in [
                ("malformed", b"{", structured, 400), ("no event", {"a": 1}, structured, 422),
                ("a format that we do not read", b"x", "application/cloudevents+avro", 415),
                ("no attributes", b"{}", JSON, 415)]:
            with self.subTest(name):
                answer = self.client.post("/v1/cloudevents", body, Content_Type=kind)
                self.assertEqual((answer.status, answer.headers["content-type"]),
                                 (status, "application/problem+json"), answer)
                self.assertTrue(answer.json()["detail"])


class Retraced(Forms):
    def run_client(self, **arguments) -> dict:
        words = {"endpoint": self.server.url, "key": self.key} | arguments
        done = subprocess.run([places.tool("node"), places.E2E / "send_with_retraced.mjs", json.dumps(words)],
                              capture_output=True, text=True, timeout=300, check=True)
        return json.loads(done.stdout)

    def event(self, action: str, **more) -> dict:
        return {"action": action, "crud": "u", "group": {"id": "acme", "name": "Acme: 50 %"},
                "created": "2026-09-21T10:00:00.000Z", "actor": {"id": "u:1", "name": "Ann", "href": "https://x/u"},
                "target": {"id": "d%1", "name": "Doc", "type": "document"}, "source_ip": "192.0.2.7",
                "is_failure": True, "fields": {"k;=": "v:%", "Z": "ü𝄞"}} | more

    def test_the_client_verifies_the_hash_of_one_and_many(self):
        single = [self.event("doc.updated", external_id="x:1", metadata={"order": "7"}),
                  self.event("doc.updated", external_id="x:1", metadata={"order": "7"}),
                  {"action": "page.viewed", "crud": "r", "is_anonymous": True}]
        bulk = [self.event("doc.bulk", description=f"number {number}") for number in range(3)]
        printed = self.run_client(single=single, bulk=bulk)
        self.assertEqual(printed["failures"], [])
        self.assertEqual(printed["ids"][0], printed["ids"][1])  # the same external_id
        entry = self.find("doc.updated")[0]
        self.assertEqual(entry["id"], printed["ids"][0])
        self.assertEqual(entry["crud"], "update")
        self.assertEqual(entry["outcome"], "failure")
        self.assertEqual(entry["area"], "Web shop")
        self.assertEqual(entry["actor"], {"id": "u:1", "name": "Ann", "metadata": {"href": "https://x/u"}})
        self.assertEqual(entry["targets"], [{"type": "document", "id": "d%1", "name": "Doc"}])
        self.assertEqual(entry["context"], {"ip": "192.0.2.7"})
        self.assertEqual(entry["metadata"]["fields"], {"k;=": "v:%", "Z": "ü𝄞"})
        self.assertEqual(entry["metadata"]["order"], "7")
        self.assertEqual(entry["metadata"]["retraced"], {"group_name": "Acme: 50 %", "version": "a1b2c3"})
        self.assertEqual(self.find("page.viewed")[0]["actor"], {"type": "anonymous", "id": "anonymous"})
        self.assertEqual([entry["id"] for entry in self.find("doc.bulk", 3)], printed["bulk_ids"])

    def test_what_the_client_throws(self):
        printed = self.run_client(single=[{"action": "no.actor", "crud": "c"}], viewer=True)
        self.assertEqual(printed["failures"], ["Error: Unexpected HTTP response: 400 Bad Request",
                                               "Error: Unexpected HTTP response: 404 Not Found"])
        printed = self.run_client(key="tk_wrong", single=[self.event("never.stored")], viewer=True)
        self.assertEqual(printed["failures"], ["Error: Unexpected HTTP response: 401 Unauthorized"] * 2)

    def test_errors_have_their_servers_shape(self):
        path = "/publisher/v1/project/shop"
        bulk = {"events": [self.event("never.stored"), {"action": "no.actor"}]}
        for name, method, route, body, status in [
                ("malformed", "POST", "/event", b"{", 400), ("one bad event refuses all", "POST", "/event/bulk", bulk, 400),
                ("no viewer", "GET", "/viewertoken?group_id=acme&actor_id=u&is_admin=true", None, 404),
                ("no such call", "GET", "/nothing", None, 404)]:
            with self.subTest(name):
                answer = self.client.request(method, path + route, body, {"Authorization": f"token={self.key}"})
                self.assertEqual((answer.status, answer.headers["content-type"]), (status, JSON), answer)
                said = answer.json()
                self.assertEqual((said["status"], said["type"]), (status, "Error"))
                self.assertTrue(said["error"])
        said = self.client.post(path + "/event/bulk", bulk).json()
        self.assertEqual(said["invalid"][0]["field"], "/events/1/actor")


class Documented(Forms):
    """The worked examples of docs/formats/intake.md are what happens."""

    def test_the_examples(self):
        paper = (places.ROOT / "docs" / "formats" / "intake.md").read_text()
        found = re.findall(r"```sh\n(curl .*?)```(.*?)(?=```sh|\Z)", paper, re.DOTALL)
        self.assertEqual(len(found), 4)
        for command, after in found:
            words = shlex.split(command.replace("\\\n", " ").replace("$KEY", self.key).replace("$URL", ""))
            path, body = next(word for word in words if word.startswith("/")), words[words.index("-d") + 1]
            headers = dict(word.split(": ", 1) for flag, word in zip(words, words[1:]) if flag == "-H")
            with self.subTest(path):
                answer = self.client.request("POST", path, body.encode(), headers)
                self.assertIn(answer.status, (200, 201), answer.body)
                shown = re.search(r"```json\n(.*?)```", after, re.DOTALL)
                if shown and path in ("/v1/logs", "/v1/cloudevents"):
                    expected = json.loads(shown[1])
                    entry = self.find(expected["action"], 1)[0]
                    self.assertEqual(entry, entry | expected)


class Own(Forms):
    def test_every_shape_and_coding(self):
        lines = b"\n".join(json.dumps(GOOD | {"action": "own.lines"}).encode() for _ in range(2))
        for name, body, headers, count in [
                ("own.one", json.dumps(GOOD | {"action": "own.one"}).encode(), {}, 1),
                ("own.array", json.dumps([GOOD | {"action": "own.array"}] * 3).encode(), {}, 3),
                ("own.lines", lines, {"Content_Type": "application/x-ndjson"}, 2),
                ("own.gzip", gzip.compress(json.dumps(GOOD | {"action": "own.gzip"}).encode()),
                 {"Content_Encoding": "gzip"}, 1),
                ("own.zstd", zstd(json.dumps(GOOD | {"action": "own.zstd"}).encode()), {"Content_Encoding": "zstd"}, 1)]:
            with self.subTest(name):
                answer = self.client.post("/v1/events", body, **headers)
                self.assertEqual(answer.status, 200, answer.body)
                self.assertEqual(len(answer.json()["data"]), count)
                self.find(name, count)

    def test_what_unpacks_to_more_than_the_limit_is_refused(self):
        bomb = gzip.compress(b" " * (64 << 20))
        for path, kind in (("/v1/events", JSON), ("/v1/logs", JSON), ("/v1/cloudevents", "application/cloudevents+json"),
                           ("/publisher/v1/project/p/event", JSON)):
            with self.subTest(path):
                answer = self.client.post(path, bomb, Content_Type=kind, Content_Encoding="gzip")
                self.assertEqual(answer.status, 413, answer.body[:200])

    def test_atomic_takes_all_or_none(self):
        answer = self.client.post("/v1/events?atomic=true", [GOOD | {"action": "own.atomic"}, {"action": "x"}])
        self.assertEqual(answer.status, 422)
        self.assertEqual(answer.json()["errors"][0]["pointer"], "/1/actor")


if __name__ == "__main__":
    unittest.main()
