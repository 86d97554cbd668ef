#!/usr/bin/env python3
"""The examples, as their page shows them: each command of examples/README.md is run as it stands, and what it sent is
looked for. What cannot be installed here (Vector) is held against its documentation and replayed request by request."""
import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import unittest

import yaml
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from support import go, places
from support.client import until
from support.server import Server

PAGE = places.ROOT / "examples" / "README.md"


def commands() -> dict[str, list[str]]:
    """Heading -> its commands. `sh install` lines say what the test has installed already, pinned."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        heading, _, text = section.partition("\n")
        found[heading] = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.M | re.S)
    return found


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("examples")
        cls.server = Server(cls.folder).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme")
        cls.pages = commands()
        # The page says to stand in this folder. The clients are those that the tests installed.
        cls.examples = cls.folder / "examples"
        shutil.copytree(places.ROOT / "examples", cls.examples)
        (cls.examples / "node_modules").symlink_to(places.E2E / "node_modules")
        cls.environment = os.environ | {"TRAILKEEPER_URL": cls.server.url, "TRAILKEEPER_KEY": cls.key}
        beside = [pathlib.Path(places.tool("python")).parent, places.PROGRAM.parent]
        cls.environment["PATH"] = ":".join([*map(str, beside), os.environ["PATH"]])

    def run_page(self, heading: str) -> None:
        self.assertTrue(self.pages[heading], heading)
        for command in self.pages[heading]:
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=self.examples, env=self.environment,
                                  capture_output=True, text=True, timeout=240)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")

    def stored(self, action: str, count: int) -> list[dict]:
        def look():
            data = self.server.client(self.key).get("/v1/orgs/acme/events", action=action, limit=200).json()["data"]
            return data if len(data) >= count else None
        found = until(f"{count} of {action}", 30, look)
        self.assertEqual(len(found), count)
        return found

    def test_every_section_is_tried(self):
        self.assertEqual(set(self.pages), {"curl", "WorkOS' client for Node", "WorkOS' client for Python",
                                           "WorkOS' client for Go", "OpenTelemetry, Python", "OpenTelemetry Collector",
                                           "Vector", "A file", "The audit log inside your page"})

    def test_curl(self):
        self.run_page("curl")
        found = self.stored("curl.sent", 3)
        self.assertEqual({record["actor"]["id"] for record in found}, {"u_1", "u_2"})

    def test_node(self):
        self.run_page("WorkOS' client for Node")
        self.assertEqual(self.stored("node.sent", 1)[0]["targets"], [{"type": "invoice", "id": "7"}])

    def test_python(self):
        self.run_page("WorkOS' client for Python")
        self.assertEqual(self.stored("python.sent", 1)[0]["context"]["ip"], "192.0.2.1")

    def test_go(self):
        # `go run` needs the modules, which the test's own client has brought below the build folder.
        go.build("go")
        program = shutil.which("go") or "/usr/lib/go-1.19/bin/go"
        self.environment |= {"GOPATH": str(places.BUILD / "go"), "GOCACHE": str(places.BUILD / "go" / "cache"),
                             "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false"}
        self.environment["PATH"] += f":{pathlib.Path(program).parent}"
        self.run_page("WorkOS' client for Go")
        self.assertEqual(self.stored("go.sent", 1)[0]["actor"]["name"], "Ann")

    def test_opentelemetry_python(self):
        self.run_page("OpenTelemetry, Python")
        found = self.stored("otel.sent", 1)[0]
        self.assertEqual((found["actor"]["name"], found["context"]["ip"], found["application"]), ("Ann", "192.0.2.1", "billing"))

    def test_file(self):
        self.run_page("A file")
        self.stored("file.sent", 1)

    def send_by_otlp(self, address: str, headers: dict | None, action: str, count: int, batch: int,
                     named: str = "field") -> None:
        """The action as the record's event name, or as the attribute that older Collectors let through."""
        provider = LoggerProvider(resource=Resource.create({"service.name": "billing", "organization.id": "acme"}))
        provider.add_log_record_processor(BatchLogRecordProcessor(
            OTLPLogExporter(endpoint=address + "/v1/logs", headers=headers, compression=Compression.Gzip),
            max_export_batch_size=batch, max_queue_size=count))
        logger = provider.get_logger("audit")
        for number in range(count):
            attributes = {"user.id": f"u_{number}"} | ({"event.name": action} if named == "attribute" else {})
            logger.emit(LogRecord(event_name=action if named == "field" else None, attributes=attributes,
                                  severity_number=SeverityNumber.INFO))
        provider.shutdown()

    def test_collector_batches_of_its_default_size(self):
        """The request that the Collector makes: protobuf, gzip'd, 8,192 records."""
        self.send_by_otlp(self.server.url, {"authorization": f"Bearer {self.key}"}, "replay.sent", 8192, 8192)
        client = self.server.client(self.key)
        until("8,192 records are stored", 60, lambda: client.get(
            "/v1/orgs/acme/events", action="replay.sent", limit=1).json()["total"]["value"] == 8192)

    def test_collector(self):
        """The Collector itself with the example's configuration. Building it takes minutes: in the long run only."""
        document = yaml.safe_load((self.examples / "otel-collector" / "collector.yaml").read_text())
        self.assertEqual(document["service"]["pipelines"]["logs"]["exporters"], ["otlphttp"])
        self.assertEqual(document["processors"]["batch"]["send_batch_size"], 8192)
        if not places.full():
            self.skipTest("the Collector is built by ./dev test --full")
        program = go.build("otelcol")
        self.environment["PATH"] = f"{program.parent}:{self.environment['PATH']}"
        command = self.pages["OpenTelemetry Collector"][0]
        with (self.folder / "otelcol.log").open("wb") as log:
            collector = subprocess.Popen(["bash", "-c", "exec " + command.strip()], cwd=self.examples,
                                         env=self.environment, stdout=log, stderr=log)
        self.addCleanup(collector.wait)
        self.addCleanup(collector.kill)
        until("the Collector listens", 60, lambda: self.listens(4318))
        self.send_by_otlp("http://127.0.0.1:4318", None, "collector.sent", 500, 100, "attribute")
        client = self.server.client(self.key)
        until("what the Collector passed on is stored", 60, lambda: client.get(
            "/v1/orgs/acme/events", action="collector.sent", limit=1).json()["total"]["value"] == 500)
        collector.send_signal(signal.SIGTERM)
        self.assertEqual(collector.wait(timeout=120), 0)

    @staticmethod
    def listens(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def test_vector(self):
        """The file says what Vector's http sink documents; the requests are those that it makes from it: lines, gzip'd, a
        bearer token, tried again with the same bytes while the answer is 429 or 5xx."""
        document = yaml.safe_load((self.examples / "vector" / "vector.yaml").read_text())
        sink = document["sinks"]["trailkeeper"]
        self.assertEqual(sink["type"], "http")
        known = {"type", "inputs", "uri", "method", "auth", "encoding", "framing", "compression", "request", "batch",
                 "acknowledgements", "buffer"}
        self.assertLessEqual(set(sink), known)
        self.assertIn(sink["compression"], ("none", "gzip", "zlib", "zstd", "snappy"))
        self.assertEqual((sink["encoding"]["codec"], sink["framing"]["method"]), ("json", "newline_delimited"))
        self.assertEqual((sink["auth"]["strategy"], sink["method"]), ("bearer", "post"))
        self.assertLessEqual(sink["batch"]["max_bytes"], 10 << 20)
        self.assertLessEqual(sink["batch"]["max_events"], 50_000)
        path = sink["uri"].replace("${TRAILKEEPER_URL}", "")
        lines = [json.dumps({"action": "vector.sent", "actor": {"id": f"u_{n}"}}, separators=(",", ":"))
                 for n in range(sink["batch"]["max_events"])]
        body = ("\n".join(lines) + "\n").encode()
        headers = {"Content-Encoding": "gzip", "User-Agent": "Vector/0.50.0 (x86_64-unknown-linux-gnu)",
                   "Content-Type": "application/x-ndjson"}
        client = self.server.client(self.key)
        answer = client.request("POST", path, gzip.compress(body), headers)
        self.assertEqual(answer.status, 200, answer.body)
        # The other form that the sink has, and what it does when nothing is said: one array.
        array = client.request("POST", path, ("[" + ",".join(lines[:10]) + "]").encode(), {"Content-Type": "application/json"})
        self.assertEqual(array.status, 200, array.body)
        until("all are stored", 60, lambda: client.get(
            "/v1/orgs/acme/events", action="vector.sent", limit=1).json()["total"]["value"] == len(lines) + 10)


if __name__ == "__main__":
    unittest.main()
