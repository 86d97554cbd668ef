#!/usr/bin/env python3
"""What lies in the bucket in each form: the record byte for byte, OCSF 1.6.0 held against the published schema, CSV that no
spreadsheet runs, Parquet with the same rows in parts; gzip and zstd, encryption as asked for, a filter and what it said
before; the catalogue of actions."""
import csv
import datetime
import gzip
import io
import json
import unittest

import jsonschema_rs
import pyarrow.parquet
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.s3_double import Double
from support.server import Server

CLASSES = {"authentication": 3002, "permission": 3005, "configuration": 3004, "error": 6008, "data": 6003, "export": 6003,
           "other": 6003}


def events() -> list[dict]:
    """Every category, with much and with little in it."""
    found = []
    for category in CLASSES:
        for crud in ("create", "read", "update", "delete", "none"):
            found.append({
                "action": f"{category}.{'sign_in' if crud == 'create' else crud}", "category": category, "crud": crud,
                "action_label": f"=1+1 {category}", "area": "Réglages", "outcome": ["success", "failure"][len(crud) % 2],
                "http_status": 403, "error": {"code": "no", "message": "not allowed"},
                "actor": {"type": "user", "id": "u_1", "name": "Zoë, \"Z\"", "username": "zoe", "email": "zoe@acme.example"},
                "targets": [{"type": "user", "id": "u_2", "name": "Sam"}, {"type": "segment"}],
                "changes": [{"field": "role", "before": None, "after": {"a": 1.50}}],
                "context": {"ip": "2001:db8::1", "user_agent": "x", "url": "https://crm.example/a?b", "request_id": "r1",
                            "session_id": "s1"},
                "metadata": {"n": 1.50, "deep": [{"x": [1]}]}})
        found.append({"action": f"{category}.bare", "category": category, "actor": {"id": "u_3"}})
    found.append({"action": "nothing.else", "actor": {"id": "u_4"}})
    return found


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("s3_forms")
        cls.double = cls.enterClassContext(Double())
        config, environment = cls.double.config('part = "64 KiB"\n')
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        at = tomorrow(10)
        cls.server.set_clock(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
        operator = cls.server.make_key("*", "manage")
        answer = cls.server.client(operator).put("/v1/actions/report.viewed", {
            "label": "Viewed report", "area": "Reports", "category": "data", "crud": "read", "description": "A report was opened."})
        assert answer.status in (200, 201), answer.body
        acme = cls.acme = Customer(cls.server, cls.double, "acme")
        acme.connect("records")
        acme.connect("records-zstd", compression="zstd", encryption="s3")
        acme.connect("ocsf", form="ocsf")
        acme.connect("csv", form="csv", encryption="kms", kms_key="arn:aws:kms:us-east-1:111122223333:key/k")
        acme.connect("parquet", form="parquet")
        acme.connect("filtered", filter={"categories": ["authentication", "error"], "areas": ["Réglages"]})
        answer = cls.server.client(acme.key).post("/v1/events", events())
        assert answer.status == 200 and not [item for item in answer.json()["data"] if item["status"] == "rejected"], answer.body
        acme.sent = len(events())
        acme.send(1500, padding=100)
        cls.server.wait_visible(cls.server.client(acme.key), "acme", acme.sent)
        end = at + datetime.timedelta(minutes=50)
        cls.server.set_clock(end.strftime("%Y-%m-%dT%H:%M:%SZ"))
        cls.end = end
        acme.sign_in()
        acme.wait_delivered(["records", "records-zstd", "ocsf", "csv", "parquet", "filtered"], end.replace(minute=0))
        cls.records = [json.loads(line) for _, line in sorted(acme.check(unittest.TestCase(), "records", keep_lines=True).lines.items())]
        cls.files = {name: {key: content for key, content in bucket.objects.items() if "/audit_logs/" in key}
                     for name, bucket in cls.double.buckets.items()}

    def one(self, name: str, ending: str) -> bytes:
        found = [content for key, content in self.files[name].items() if key.endswith(ending)]
        self.assertEqual(len(found), len(self.files[name]), self.files[name].keys())
        self.assertEqual(len(found), 1)
        return found[0]

    def test_the_record_is_what_the_interface_answers(self):
        client = self.server.client(self.acme.key)
        lines = gzip.decompress(self.one("records", ".jsonl.gz")).splitlines()
        for line in lines[:60]:
            shown = client.get(f"/v1/orgs/acme/events/{json.loads(line)['id']}")
            self.assertEqual(shown.body.rstrip(b"\n"), line)

    def test_zstd_holds_the_same_lines(self):
        import pyarrow
        packed = self.one("records-zstd", ".jsonl.zst")
        text = pyarrow.CompressedInputStream(pyarrow.BufferReader(packed), "zstd").read()
        self.assertEqual(text, gzip.decompress(self.one("records", ".jsonl.gz")))
        metas = {key: meta for key, meta in self.double.buckets["records-zstd"].meta.items() if "/audit_logs/" in key}
        self.assertEqual({meta["encryption"] for meta in metas.values()}, {"AES256"})
        self.assertEqual({meta["type"] for meta in metas.values()}, {"application/zstd"})

    def test_ocsf_holds_against_the_published_schema(self):
        schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.6.0"))
        validators = {uid: jsonschema_rs.validator_for(schema.get_class_schema(schema.lookup_class_name_from_uid(uid), []))
                      for uid in set(CLASSES.values())}
        lines = [json.loads(line) for line in gzip.decompress(self.one("ocsf", ".ocsf.jsonl.gz")).splitlines()]
        self.assertEqual([line["metadata"]["sequence"] for line in lines], [record["seq"] for record in self.records])
        for line, record in zip(lines, self.records):
            problems = [f"{error.instance_path}: {error.message}" for error in
                        validators[line["class_uid"]].iter_errors(line)]
            self.assertEqual(problems, [], line)
            self.assertEqual(line["class_uid"], CLASSES.get(record.get("category"), 6003))
            self.assertEqual(line["metadata"]["uid"], record["id"])
            self.assertEqual(line["type_uid"], line["class_uid"] * 100 + line["activity_id"])
        self.assertTrue({line["class_uid"] for line in lines} == set(CLASSES.values()))

    def test_csv_has_every_entry_and_no_formula(self):
        rows = list(csv.reader(io.StringIO(gzip.decompress(self.one("csv", ".csv.gz")).decode(), newline="")))
        self.assertEqual(len(rows) - 1, len(self.records))
        head = rows[0]
        for row, record in zip(rows[1:], self.records):
            named = dict(zip(head, row))
            self.assertEqual(named["seq"], str(record["seq"]))
            self.assertEqual(named["actor_id"], record["actor"]["id"])
            self.assertFalse([cell for cell in row if cell[:1] in tuple("=+-@\t\r")], row)
            if "changes" in record:
                self.assertEqual(json.loads(named["changes"]), record["changes"])
        meta = [meta for key, meta in self.double.buckets["csv"].meta.items() if "/audit_logs/" in key][0]
        self.assertEqual((meta["encryption"], meta["kms_key"]), ("aws:kms", "arn:aws:kms:us-east-1:111122223333:key/k"))

    def test_parquet_has_every_entry(self):
        table = pyarrow.parquet.read_table(io.BytesIO(self.one("parquet", ".parquet")))
        self.assertEqual(table.num_rows, len(self.records))
        self.assertEqual(table.column("seq").to_pylist(), [record["seq"] for record in self.records])
        self.assertIn(("UploadPart", "parquet"), self.double.calls)

    def test_the_filter_lets_through_what_it_says(self):
        lines = [json.loads(line) for line in gzip.decompress(self.one("filtered", ".jsonl.gz")).splitlines()]
        wanted = [record["seq"] for record in self.records
                  if record.get("category") in ("authentication", "error") and record.get("area") == "Réglages"]
        self.assertEqual([line["seq"] for line in lines], wanted)
        shown = [item for item in self.acme.admin.pages("/v1/orgs/acme/deliveries", destination="filtered") if item["entries"]]
        self.assertEqual(shown[0]["withheld"], len(self.records) - len(wanted))

    def test_the_catalogue_explains_the_actions(self):
        catalog = until("the catalogue is written", 20,
                        lambda: self.double.buckets["records"].objects.get("audit/catalog.json"))
        actions = {action["action"]: action for action in json.loads(catalog)["actions"]}
        self.assertEqual(actions["report.viewed"]["label"], "Viewed report")
        self.assertEqual(actions["report.viewed"]["ocsf"], {"class_uid": 6003, "class_name": "API Activity"})

    def test_z_a_dry_run_says_what_a_day_would_bring(self):
        """Last: the day has to end first."""
        self.server.set_clock((self.end + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.acme.sign_in()
        path = self.acme.path("records") + "/dry_run"
        everything = self.acme.admin.post(path, {}).json()
        self.assertGreaterEqual(everything["entries"], len(self.records))
        self.assertEqual(everything["withheld"], 0)
        some = self.acme.admin.post(path, {"filter": {"categories": ["authentication"]}}).json()
        wanted = len([record for record in self.records if record.get("category") == "authentication"])
        # The admin's own sign-ins after the window are entries too.
        self.assertIn(some["entries"] - wanted, range(5))
        self.assertFalse(some["about"])
        self.assertEqual(some["entries"] + some["withheld"], everything["entries"])
        self.assertLess(some["bytes"], everything["bytes"])


if __name__ == "__main__":
    unittest.main()
