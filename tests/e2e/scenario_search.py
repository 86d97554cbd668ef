#!/usr/bin/env python3
"""Searching, counting, watching and exporting an audit log, against a model that looks at every entry in Python: random
queries of the search language find what the model finds, on every route, and nobody sees beyond the viewing window."""
import csv
import datetime
import io
import json
import os
import random
import shutil
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree

import pyarrow.parquet

from support import places
from support.client import Client, until
from support.search_model import Model, Questions, failed, fold, micros, texts, write
from support.server import Server

EVENTS = "/v1/orgs/acme/events"
EXPORTS = "/v1/orgs/acme/exports"
PASSWORD = "correct horse battery"
ALL = {"from": "2000-01-01T00:00:00Z"}
NOW = datetime.datetime.now(datetime.timezone.utc)

PEOPLE = [{"id": "u1", "name": "Ann Lee", "username": "ann.lee", "email": "ann@acme.example"},
          {"id": "u2", "name": "Zoë Müller", "email": "ZOE@acme.example"},
          {"id": "u3", "name": "STRASSE Straße", "username": "ſtraße"},
          {"id": "u4", "name": "Jose\u0301 Núñez", "email": "jose@ACME.example"},
          {"id": "Ann", "name": "=cmd|'/C calc'!A0", "username": "+evil"}, {"id": "svc-1"},
          {"id": "u7", "name": "Ολυσσεύς", "username": "-2+3", "email": "@sum.example"}]
ACTIONS = [("user.invited", "Invite sent", "Users", "permission", "create"),
           ("segment.created", "Created segment", "Daten, alle", "data", "create"),
           ("segment.deleted", "Deleted segment", "Daten, alle", "data", "delete"),
           ("sign_in.done", "Signed in", "Sign-in", "authentication", "none"),
           ("settings.changed", "Ändert \"Einstellungen\"", "ΣΊΣΥΦΟΣ", "configuration", "update"),
           ("report.read", None, None, "data", "read"), ("thing.happened", None, "Users", None, None)]


def make_event(chance: random.Random, number: int) -> dict:
    action, label, area, category, crud = chance.choice(ACTIONS)
    event = {"action": action, "actor": dict(chance.choice(PEOPLE)), "external_id": f"n{number}",
             "occurred_at": (NOW - datetime.timedelta(seconds=chance.uniform(60, 60 * 86400))).isoformat()}
    for name, value in (("action_label", label), ("area", area), ("category", category), ("crud", crud)):
        if value:
            event[name] = value
    if chance.random() < 0.7:
        event["application"] = chance.choice(("Portal", "Billing API", "app-3"))
    if chance.random() < 0.8:
        event["outcome"] = chance.choice(("success", "success", "failure", "unknown"))
    if chance.random() < 0.4:
        event["http_status"] = chance.choice((200, 201, 400, 401, 403, 404, 503))
    context = {}
    if chance.random() < 0.8:
        context["ip"] = chance.choice(("10.0.0.1", "10.0.0.2", "10.0.1.7", "203.0.113.9", "2001:DB8:1::5"))
    if chance.random() < 0.5:
        context |= {"session_id": f"s{number % 40}", "request_id": f"r-{number // 3}"}
    if context:
        event["context"] = context
    if chance.random() < 0.6:
        event["targets"] = [{"type": chance.choice(("segment", "Nutzer")), "id": f"t{chance.randrange(30)}",
                             **({"name": chance.choice(("Größe", "Main list", "ALL"))} if chance.random() < 0.5 else {})}
                            for _ in range(chance.choice((1, 1, 2)))]
    if chance.random() < 0.3:
        event["metadata"] = {"note": "x" * chance.randrange(50), "n": 1.50}
        event["changes"] = [{"field": "plan", "before": "a", "after": {"b": [1]}}]
    return event


class Search(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("search")
        cls.server = Server(cls.folder).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.client(cls.server.make_org("acme", "Acme", "--s3"))
        other = cls.server.client(cls.server.make_org("globex", "Globex"))
        for name, role in (("ann", "primary_admin"), ("bob", "admin"), ("carl", "member")):
            cls.server.make_person("acme", f"{name}@acme.example", name.title(), role, PASSWORD)
        cls.ann, cls.bob, cls.carl = (cls.sign_in(name) for name in ("ann", "bob", "carl"))
        cls.chance = random.Random(20261123)
        count = 40_000 if places.full() else 1_500
        events = [make_event(cls.chance, number) for number in range(count)]
        for start in range(0, count, 1000):
            answer = cls.key.post("/v1/events", events[start:start + 1000])
            assert answer.status == 200, answer.body
        other.post("/v1/events", [make_event(cls.chance, number) | {"area": "Secret of Globex"} for number in range(50)])
        cls.server.wait_visible(cls.key, "acme", count)
        cls.records = cls.settled()
        cls.model = Model(cls.records)
        cls.questions = Questions(cls.records, cls.chance)

    @classmethod
    def settled(cls) -> list[dict]:
        """Every entry, once those about the people and their sign-ins have come too, which nothing waits for."""
        def own() -> list[str]:
            found = cls.key.pages(EVENTS, action="trailkeeper.", limit=200, **ALL)
            return sorted(record["action"] for record in found)

        until("the people's entries are there", 30, lambda: own().count("trailkeeper.user.signed_in") == 3, 0.3)
        before = own()
        time.sleep(1)
        assert own() == before, "entries of our own still come"
        return cls.key.pages(EVENTS, limit=200, **ALL)

    @classmethod
    def sign_in(cls, name: str) -> Client:
        client = cls.server.client()
        assert client.sign_in(f"{name}@acme.example", PASSWORD).status == 201
        return client

    def ok(self, client: Client, path: str, **query) -> dict:
        answer = client.get(path, **query)
        self.assertEqual(answer.status, 200, f"{path} {query}: {answer.body[:500]!r}")
        return answer.json()

    def seqs(self, records: list[dict]) -> list[int]:
        return [record["seq"] for record in records]

    def test_1_random_queries_find_what_the_model_finds(self):
        found_any = 0
        for _ in range(2000 if places.full() else 90):
            terms = self.questions.terms()
            query = write(terms, self.chance)
            expected = self.seqs(self.model.find(terms))
            found = self.seqs(self.key.pages(EVENTS, query=query, limit=self.chance.choice((50, 200)), **ALL))
            self.assertEqual(found, expected, query)
            found_any += bool(expected)
            self.assertEqual(self.ok(self.key, EVENTS, query=query, limit=1, **ALL)["total"],
                             {"value": len(expected), "relation": "eq"} if len(expected) <= 10_000 else
                             {"value": 10_000, "relation": "gte"})
        self.assertGreater(found_any, 30)

    def test_2_mistakes_are_named_with_their_place(self):
        for query, place in (("é foo:x", 3), ("area:", 6), ('a "b', 3), ("status:9", 8), ("a OR b", 3), ("is:odd", 4)):
            for path in (EVENTS, EVENTS + "/facets", EVENTS + "/histogram", EVENTS + "/live"):
                answer = self.key.get(path, query=query)
                self.assertEqual((answer.status, answer.json()["code"]), (400, "invalid_query"), query)
                self.assertEqual(answer.json()["errors"][0]["pointer"], "query")
                self.assertIn(f"At character {place}: ", answer.json()["errors"][0]["detail"])
        body = {"format": "csv", "filter": {"query": "area:"}}
        self.assertEqual(self.key.post(EXPORTS, body).json()["errors"][0]["pointer"], "/filter/query")
        # A cursor belongs to its query.
        cursor = self.ok(self.key, EVENTS, query="category:data", limit=1, **ALL)["next_cursor"]
        self.assertEqual(self.key.get(EVENTS, query="category:error", limit=1, cursor=cursor, **ALL).status, 400)

    def test_3_facets_and_histogram_count_what_is_found(self):
        for _ in range(200 if places.full() else 12):
            terms = self.questions.terms()
            query = write(terms, self.chance)
            facets = self.ok(self.key, EVENTS + "/facets", query=query, limit=100, **ALL,
                             fields="category,area,outcome,action,application,actor,crud,status,ip")
            for facet in facets["data"]:
                self.assertEqual(self.as_counts(facet["values"]), self.counts(terms, facet["field"]), (query, facet["field"]))
                numbers = [value["count"] for value in facet["values"]]
                self.assertEqual(numbers, sorted(numbers, reverse=True))
            self.check_histogram(query, self.model.find(terms))

    def as_counts(self, values: list[dict]) -> dict[str, int]:
        return {value["value"]: value["count"] for value in values}

    def counts(self, terms: list[tuple], field: str) -> dict[str, int]:
        closed = ("category", "outcome", "crud", "ip", "status")
        def own(term):
            none, name, values = term
            whole = [(whole or field in closed and not value.endswith(("xx", "*"))) for value, whole in values]
            return name == field and all(whole)
        counts: dict[str, int] = {}
        for record in self.model.find([term for term in terms if not own(term)]):
            value = {"action": record["action"], "actor": record["actor"]["id"],
                     "ip": record.get("context", {}).get("ip")}.get(field) if field in ("action", "actor", "ip") else (
                texts(record, field) or [None])[0]
            if value:
                counts[value] = counts.get(value, 0) + 1
        return counts

    def check_histogram(self, query: str, expected: list[dict]) -> None:
        start = NOW - datetime.timedelta(days=self.chance.choice((1, 7, 45, 400)))
        buckets, offset = self.chance.choice((10, 60, 200)), self.chance.choice((0, 330, -600))
        found = self.ok(self.key, EVENTS + "/histogram", query=query, buckets=buckets, offset_minutes=offset,
                        **{"from": start.isoformat()})
        self.assertLessEqual(len(found["data"]), buckets)
        inside = [record for record in expected if micros(record["occurred_at"]) >= micros(found["from"])]
        self.assertEqual(sum(bucket["count"] for bucket in found["data"]), len(inside), query)
        width = found["interval_seconds"] * 1_000_000
        for bucket in found["data"]:
            first = micros(bucket["start"])
            self.assertEqual((first + offset * 60_000_000) % min(width, 86400_000_000), 0)
            within = [record for record in inside if first <= micros(record["occurred_at"]) < first + width]
            self.assertEqual((bucket["count"], bucket["failed"]), (len(within), sum(map(failed, within))), query)

    def test_4_values_complete_what_was_typed(self):
        for field, typed in (("actor", "ann"), ("actor", "ZO"), ("action", "segm"), ("area", "s"), ("area", "ΣΊΣ"), ("target", "größe"),
                             ("target", "t1"), ("application", "BILL"), ("category", "perm"), ("ip", "10.")):
            values = self.ok(self.key, EVENTS + "/values", field=field, prefix=typed, limit=50, **ALL)["data"]
            self.assertTrue(values, (field, typed))
            for value in values:
                names = [value["value"], value.get("label", "")]
                if field == "actor":
                    names += [name for record in self.records if record["actor"]["id"] == value["value"]
                              for name in texts(record, "actor")]
                self.assertTrue(any(fold(typed) in fold(name) for name in names), (field, typed, value))
                find = [(False, field, [(value["value"], True)])]
                if field not in ("actor", "action", "target"):
                    self.assertEqual(value["count"], len(self.model.find(find)), (field, value))
                self.assertTrue(self.ok(self.key, EVENTS, query=write(find, self.chance), limit=1, **ALL)["data"])
        self.assertEqual(self.ok(self.key, EVENTS + "/values", field="area", prefix="Secret", **ALL)["data"], [])
        self.assertEqual(self.key.get(EVENTS + "/values", field="metadata").status, 400)

    def test_5_nobody_sees_beyond_the_viewing_window(self):
        edge = micros((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=30)).isoformat())
        old = [record for record in self.records if micros(record["occurred_at"]) < edge - 60_000_000]
        self.assertTrue(old)
        seen = self.ann.pages(EVENTS, limit=200, **ALL)
        self.assertTrue(all(micros(record["occurred_at"]) >= edge for record in seen))
        self.assertLess(len(seen), len(self.records))
        self.assertEqual(self.ann.get(f"{EVENTS}/{old[0]['id']}").status, 404)
        for query in (f"id:{old[0]['id']}", f"-area:nothing id:{old[0]['id']}"):
            self.assertEqual(self.ok(self.ann, EVENTS, query=query, **ALL)["data"], [])
        # A cursor of a search from a key, which sees everything, opens no more: the window holds on each page.
        self.assertTrue(all(micros(record["occurred_at"]) >= edge for record in
                            self.ann.pages(EVENTS, limit=7, order="asc", query="-actor:nobody", **ALL)))
        total = sum(value["count"] for value in
                    self.ok(self.ann, EVENTS + "/facets", fields="actor", limit=100, **ALL)["data"][0]["values"])
        self.assertLess(total, len(self.records) - len(old) + 60)
        histogram = self.ok(self.ann, EVENTS + "/histogram", **ALL)
        self.assertGreaterEqual(micros(histogram["from"]), edge)
        self.assertLess(sum(bucket["count"] for bucket in histogram["data"]), len(self.records) - len(old) + 60)
        live = self.ok(self.ann, EVENTS + "/live", after_seq=0, limit=200, **ALL)
        self.assertTrue(all(micros(record["occurred_at"]) >= edge for record in live["data"]))
        estimate = self.ann.post(EXPORTS + "/estimate", ALL).json()
        self.assertLess(estimate["rows"], len(self.records) - len(old) + 60)
        for record in map(json.loads, self.download(self.ann, "jsonl", ALL).splitlines()):
            self.assertGreaterEqual(micros(record["occurred_at"]), edge)
        only_old = max(micros(record["occurred_at"]) for record in old)
        to = datetime.datetime.fromtimestamp(only_old / 1e6, datetime.timezone.utc).isoformat()
        self.assertEqual(self.ann.post(EXPORTS, {"format": "jsonl", "to": to}).status, 400)
        # Members, other organizations and strangers get nothing at all.
        for path in ("", "/facets", "/histogram", "/values?field=area", "/live"):
            self.assertEqual(self.carl.get(EVENTS + path).status, 403, path)
            self.assertEqual(self.ann.get(EVENTS.replace("acme", "globex") + path).status, 404, path)
            self.assertEqual(self.server.client().get(EVENTS + path).status, 401, path)

    def test_6_the_live_view_shows_what_matches_as_it_comes(self):
        start = self.ok(self.ann, EVENTS, limit=1)["head_seq"]
        self.assertEqual(self.ok(self.ann, EVENTS + "/live", query="area:Lively")["data"], [])
        got: list[dict] = []

        def watch():
            client = self.server.client(timeout=120)
            client.cookie, client.csrf = self.ann.cookie, self.ann.csrf
            after = start
            while len(got) < 3:
                page = client.get(EVENTS + "/live", query="area:Lively", after_seq=after, wait=20).json()
                got.extend(page["data"])
                after = page["last_seq"]

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        for number in range(30):
            area = "Lively" if number % 10 == 5 else "Other"
            self.key.post("/v1/events", {"action": "live.one", "area": area, "actor": {"id": "live"}, "metadata": {"n": number}})
            time.sleep(0.05)
        watcher.join(timeout=300)
        self.assertEqual([record["metadata"]["n"] for record in got], [5, 15, 25])

    def test_7_views_are_private_or_shared(self):
        views = "/v1/orgs/acme/views"
        body = {"name": "Risky", "query": "is:unauthorised", "range": {"last_seconds": 86400},
                "columns": ["date", "actor"], "density": "compact", "shared": True}
        made = self.ann.post(views, body)
        self.assertEqual(made.status, 201, made.body)
        view = made.json()
        self.assertEqual({name: view[name] for name in body}, body)
        own = self.ann.post(views, {"name": "Mine"}).json()
        self.assertEqual([one["name"] for one in self.ok(self.ann, views)["data"]], ["Mine", "Risky"])
        self.assertEqual([(one["name"], one["mine"]) for one in self.ok(self.bob, views)["data"]], [("Risky", False)])
        self.assertEqual(self.bob.put(f"{views}/{view['id']}", body).status, 403)
        self.assertEqual(self.bob.put(f"{views}/{own['id']}", body).status, 404)
        self.assertEqual(self.carl.get(views).status, 403)
        self.assertEqual(self.ann.put(f"{views}/{own['id']}", {"name": "Ours", "query": "area:"}).status, 400)
        self.assertEqual(self.ann.put(f"{views}/{own['id']}", {"name": "Ours"}).json()["name"], "Ours")
        self.assertEqual(self.ann.request("DELETE", f"{views}/{own['id']}").status, 204)
        self.assertEqual(self.key.post(views, {"name": "x"}).status, 403)

    def download(self, client: Client, form: str, wanted: dict) -> bytes:
        made = client.post(EXPORTS, {"format": form, **wanted})
        self.assertEqual(made.status, 202, made.body)
        path = f"{EXPORTS}/{made.json()['id']}"
        ready = until("the file is ready", 60, lambda: (lambda one: one if one["state"] == "ready" else None)(
            self.ok(client, path)))
        answer = client.get(path + "/file")
        self.assertEqual((answer.status, len(answer.body)), (200, ready["bytes"]))
        self.rows = ready["rows"]
        return answer.body

    def test_8_files_hold_what_the_search_finds_in_each_form(self):
        terms = [(False, "category", [("data", False), ("permission", False)]), (True, "is", [("unusual_source", False)])]
        query = write(terms, self.chance)
        expected = self.model.find(terms)
        wanted = {**ALL, "filter": {"query": query}}
        lines = self.download(self.key, "jsonl", wanted).splitlines()
        self.assertEqual([json.loads(line)["seq"] for line in lines], self.seqs(expected))
        self.assertEqual(lines[0], self.key.get(f"{EVENTS}/{expected[0]['id']}").body)
        rows = list(csv.reader(io.StringIO(self.download(self.key, "csv", wanted).decode(), newline="")))
        self.assertEqual((len(rows) - 1, self.rows), (len(expected), len(expected)))
        self.assertEqual(rows[0], ["Date", "Username", "Name", "Application", "Action", "IP Address", "Area"])
        for row, record in zip(rows[1:], expected):
            self.assertEqual(row[5], record.get("context", {}).get("ip", ""))
            self.assertEqual(row[4], record.get("action_label") or record["action"])
        self.check_parquet(self.download(self.key, "parquet", wanted), expected)
        estimate = self.key.post(EXPORTS + "/estimate", wanted).json()
        self.assertEqual(estimate["rows"], len(expected))
        self.assertLess(abs(estimate["bytes_about"]["jsonl"] / sum(len(line) + 1 for line in lines) - 1), 0.5)

    def check_parquet(self, data: bytes, expected: list[dict]) -> None:
        table = pyarrow.parquet.read_table(io.BytesIO(data))
        self.assertEqual(str(table.schema.field("occurred_at").type), "timestamp[us, tz=UTC]")
        self.assertEqual(table.num_rows, len(expected))
        for row, record in zip(table.to_pylist(), expected):
            self.assertEqual((row["seq"], row["id"], row["actor_id"]), (record["seq"], record["id"], record["actor"]["id"]))
            self.assertEqual(micros(row["occurred_at"].isoformat()), micros(record["occurred_at"]))
            self.assertEqual((row["area"], row["http_status"]), (record.get("area"), record.get("http_status")))
            for name in ("targets", "changes", "metadata"):
                self.assertEqual(json.loads(row[name]) if row[name] is not None else None, record.get(name))

    def test_9_a_spreadsheet_runs_nothing_of_the_csv(self):
        data = self.download(self.key, "csv", ALL)
        source = self.folder / "audit.csv"
        source.write_bytes(data)
        program = shutil.which("soffice") or shutil.which("localc")
        self.assertIsNotNone(program, "libreoffice-calc-nogui is not installed: ./dev test installs it")
        home = self.folder / "office"
        done = subprocess.run([program, "--headless", f"-env:UserInstallation=file://{home}", "--convert-to", "fods",
                               "--outdir", self.folder, source], capture_output=True, timeout=300,
                              env=os.environ | {"HOME": str(home)})
        self.assertEqual(done.returncode, 0, done.stderr)
        table = xml.etree.ElementTree.parse(self.folder / "audit.fods")
        names = {"table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0"}
        cells = table.findall(".//table:table-cell", names)
        self.assertGreater(len(cells), 1000)
        formulas = [cell.attrib for cell in cells if any(name.endswith("}formula") for name in cell.attrib)]
        self.assertEqual(formulas, [])
        self.assertIn(b"'=cmd|", data)

    def test_91_cancelled_expired_and_noted(self):
        made = self.ann.post(EXPORTS, {"format": "csv"}).json()
        cancelled = self.ann.post(f"{EXPORTS}/{made['id']}/cancel")
        self.assertIn(cancelled.status, (200, 409))  # it may have been ready already
        if cancelled.status == 200:
            self.assertEqual(cancelled.json()["state"], "cancelled")
            self.assertEqual(self.ann.get(f"{EXPORTS}/{made['id']}/file").status, 404)
        self.download(self.ann, "csv", {})
        path = f"{EXPORTS}/{self.ok(self.ann, EXPORTS, limit=1)['data'][0]['id']}"
        self.assertEqual(self.server.client().get(path + "/file").status, 401)
        self.assertEqual(self.carl.get(path + "/file").status, 403)
        query = f"action:=trailkeeper.export.downloaded actor:ann@acme.example target:={path.split('/')[-1]}"
        until("the download is an entry", 20, lambda: self.ok(self.key, EVENTS, query=query)["data"])
        ahead = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=25)
        self.server.set_clock(ahead.isoformat(timespec="seconds").replace("+00:00", "Z"))
        self.ann = self.sign_in("ann")
        self.assertEqual(self.ann.get(path + "/file").status, 410)
        self.assertEqual(self.ok(self.ann, path)["state"], "expired")


if __name__ == "__main__":
    unittest.main()
