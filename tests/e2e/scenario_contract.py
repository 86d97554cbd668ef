#!/usr/bin/env python3
"""api/openapi.yaml against the running server: schemathesis makes requests from the contract, good and bad ones, and holds
each answer against it: no 5xx, no status and no body that is not described, bad input refused, credentials asked for.

The runs, side by side because each is one thread of Python: a key with all scopes over two halves of the operations, an
admin's session over those that take one, and one that follows what answers name (stateful).

The full size takes hours. TRAILKEEPER_TEST_PART=2/8 tries every eighth address, from the second on, and leaves its own result."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

from support import evidence, places
from support.client import Client
from support.server import Server

CONTRACT = places.E2E / "contract"
PASSWORD = "correct horse battery"
# All of them: hooks.py has its own form of those that are left out.
ALL_CHECKS = ["--exclude-checks", "negative_data_rejection,allow_header_conformance"]
FUZZ = ["--phases", "examples,coverage,fuzzing", "--max-examples"]
PART, PARTS = map(int, os.environ.get("TRAILKEEPER_TEST_PART", "1/1").split("/"))


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("contract")
        # No limit of this small machine's: what is tried is the contract, not how much at once.
        cls.server = Server(cls.folder).start()
        cls.addClassCleanup(cls.server.stop)
        for org in ("acme", "changing"):
            cls.server.admin("org", "create", org, "--name", "An org", "--audit-logs", "--data-packs", "--s3")
        cls.key = cls.server.make_key("*", "ingest,read,manage")
        cls.server.make_person("acme", "ann@acme.example", "Ann", "primary_admin", PASSWORD)
        cls.examples = int(os.environ.get("TRAILKEEPER_TEST_COUNT", 10_000 if places.full() else 200))
        cls.tried: dict[str, dict[str, int]] = {}

    def test_1_the_document_is_served_and_says_when_it_changed(self):
        client = Client("127.0.0.1", self.server.port)
        answer = client.get("/openapi.yaml")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/yaml"))
        self.assertEqual(answer.body, (places.ROOT / "api" / "openapi.yaml").read_bytes())
        self.assertEqual(yaml.safe_load(answer.body)["openapi"], "3.1.0")
        tag = answer.headers["etag"]
        again = client.request("GET", "/openapi.yaml", headers={"If-None-Match": tag})
        self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", tag))

    def test_2_every_operation_says_what_it_may_answer(self):
        """Whoever needs a credential may be refused one, and what may wait for a part may be told to come again."""
        document = yaml.safe_load((places.ROOT / "api" / "openapi.yaml").read_text())
        ids = []
        for path, item in document["paths"].items():
            for method in ("get", "put", "post", "patch", "delete"):
                operation = item.get(method)
                if operation is None:
                    continue
                ids.append(operation["operationId"])
                if operation.get("security", [{}]) != []:
                    self.assertIn("401", operation["responses"], f"{method} {path}")
        self.assertEqual(len(ids), len(set(ids)), "an operationId twice")

    def test_3_answers_are_as_described(self):
        first, second = self.halves()
        session = self.session_headers()
        key = [f"Authorization: Bearer {self.key}"]
        runs = [self.start("key-1", key, *FUZZ, str(self.examples), *first, *ALL_CHECKS),
                self.start("key-2", key, *FUZZ, str(self.examples), *second, *ALL_CHECKS)]
        self.finish(runs)
        if PART == 1:
            self.as_a_person_and_along_links(key, session)
        # It is still the same server, and it is well.
        self.assertEqual(self.server.status("/readyz"), 200)
        self.assertEqual(self.server.starts, 1)
        evidence.report("contract" if PARTS == 1 else f"contract_{PART}", part=f"{PART}/{PARTS}", examples=self.examples,
                        checks="all", unexpected=0, runs=self.tried)

    def as_a_person_and_along_links(self, key: list[str], session: list[str]) -> None:
        # Signing out and moving the clock would end what the run signs in with; the key's runs try both. What only keys
        # may use is theirs. The cookie goes with each request here, so what happens without one is tried there too.
        kept = "sessions|admin/clock"
        people = ["--exclude-path-regex", f"^/v1/({kept}|events|logs|cloudevents)|^/(audit_logs|organizations|portal|publisher)/",
                  "--exclude-checks",
                  "negative_data_rejection,allow_header_conformance,ignored_auth,missing_required_header"]
        runs = [self.start("session", session, *FUZZ, str(max(20, self.examples // 10)), *people),
                self.start("stateful", key, "--phases", "stateful", "--max-examples", str(self.examples // 4),
                           "--exclude-path-regex", f"^/v1/({kept})", *ALL_CHECKS)]
        self.finish(runs)

    def halves(self) -> tuple[list[str], list[str]]:
        document = yaml.safe_load((places.ROOT / "api" / "openapi.yaml").read_text())
        paths = sorted(document["paths"])[PART - 1::PARTS]
        halves: tuple[list[str], list[str]] = ([], [])
        for number, path in enumerate(paths):
            halves[number % 2].extend(["--include-path", path])
        return halves

    def session_headers(self) -> list[str]:
        client = Client("127.0.0.1", self.server.port)
        self.assertEqual(client.sign_in("ann@acme.example", PASSWORD).status, 201)
        return [f"Cookie: {client.cookie}", f"X-CSRF-Token: {client.csrf}"]

    def start(self, name: str, headers: list[str], *words: str) -> tuple[str, subprocess.Popen, pathlib.Path]:
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONTRACT / "schemathesis.toml"), "run",
                   f"{self.server.url}/openapi.yaml", "--url", self.server.url, "--checks", "all", "--workers", "1",
                   "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--request-timeout", "60",
                   "--warnings", "off", *words]
        for header in headers:
            command += ["--header", header]
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out,
                                       env=os.environ | {"NO_COLOR": "1", "COLUMNS": "160",
                                                         "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(CONTRACT)})
        self.addCleanup(process.kill)
        return name, process, log

    def finish(self, runs) -> None:
        for name, process, log in runs:
            code = process.wait(timeout=6 * 3600 if places.full() else 1500)
            text = log.read_text(errors="replace")
            self.assertEqual(code, 0, f"{name}: see {log}\n{text[text.find('= FAILURES ='):][:20000]}")
            self.tried[name] = {word: int(re.search(pattern, text)[1])
                                for word, pattern in (("operations", r"Tested: (\d+)"), ("cases", r"(\d+) generated"))}


if __name__ == "__main__":
    unittest.main()
