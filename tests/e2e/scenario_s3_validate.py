#!/usr/bin/env python3
"""Validate says of every way a bucket can be wrong which check failed and what to change, with the request's id; one case
each, against a double of S3 and STS that shows what only AWS does. Both ways in; another org's bucket; the steps in the
wrong order; forms, encryption and filters that are kept."""
import json
import unittest

from support import places
from support.client import until
from support.lab import slow
from support.s3_double import Bucket, Double
from support.server import Server

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
ACCOUNT = "111122223333"
NOBODY = "http://127.0.0.1:9"


class Validate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("s3_validate")
        cls.double = cls.enterClassContext(Double())
        cls.proxy = cls.enterClassContext(slow.SlowProxy(cls.double.endpoint))
        cls.proxy.slow.set()
        config, environment = cls.double.config(endpoints=[cls.double.endpoint, cls.proxy.endpoint, NOBODY])
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.people = {}
        for org in ("acme", "globex"):
            cls.server.make_org(org, org.title(), "--s3")
            email = f"ann@{org}.example"
            cls.server.make_person(org, email, "Ann Park", "admin", PASSWORD)
            cls.people[org] = cls.server.client()
            assert cls.people[org].sign_in(email, PASSWORD).status == 201

    def draft(self, name: str, org: str = "acme", **more) -> dict:
        settings = {"bucket": name, "region": "us-east-1", "endpoint": self.double.endpoint, "path": "audit",
                    "path_style": True, "frequency": "hourly"} | more
        answer = self.people[org].put(f"/v1/orgs/{org}/integrations/s3/{name}", settings)
        self.assertIn(answer.status, (200, 201), answer.body)
        return answer.json()

    def bucket(self, name: str, draft: dict, **rules) -> Bucket:
        bucket = Bucket(sessions={draft["auth"]["session_name"]}, **rules)
        self.double.buckets[name] = bucket
        return bucket

    def validate(self, name: str, org: str = "acme") -> dict:
        answer = self.people[org].post(f"/v1/orgs/{org}/integrations/s3/{name}/validate")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def failed(self, name: str, check: str, says: str, org: str = "acme") -> dict:
        """The last check is the one that failed, says why and what to do; nothing can be switched on."""
        outcome = self.validate(name, org)
        last = outcome["checks"][-1]
        self.assertFalse(outcome["ok"], outcome)
        self.assertEqual((last["name"], last["ok"]), (check, False), last)
        self.assertIn(says, f"{last['detail']} {last['remedy']}")
        self.assertTrue(last["remedy"])
        self.assertTrue(all(one["ok"] for one in outcome["checks"][:-1]))
        activated = self.people[org].post(f"/v1/orgs/{org}/integrations/s3/{name}/activate")
        self.assertEqual((activated.status, activated.json()["code"]), (409, "not_validated"))
        return last

    def test_a_bucket_that_is_right(self):
        draft = self.draft("right", account_id=ACCOUNT)
        bucket = self.bucket("right", draft)
        outcome = self.validate("right")
        self.assertTrue(outcome["ok"], outcome)
        self.assertEqual([check["name"] for check in outcome["checks"]],
                         ["values", "reachable", "assume_role", "region", "other_session_list", "list", "owner",
                          "other_session_put", "put", "put_acl", "encryption", "conditional_put"])
        self.assertEqual(list(bucket.objects), ["audit/.trailkeeper-connection-test"])
        for check in outcome["checks"]:
            if check["name"] not in ("values", "assume_role"):
                self.assertTrue(check["request_id"], check)

    def test_there_is_no_such_bucket(self):
        self.draft("nowhere")
        self.failed("nowhere", "list", "no bucket")

    def test_the_policy_is_missing(self):
        draft = self.draft("bare")
        self.bucket("bare", draft).sessions = set()
        last = self.failed("bare", "list", "s3:ListBucket")
        self.assertEqual(last["change"]["Principal"]["AWS"], draft["auth"]["principal"])

    def test_list_is_not_allowed(self):
        self.bucket("no-list", self.draft("no-list"), list_denied=True)
        self.assertEqual(self.failed("no-list", "list", "s3:ListBucket")["change"]["Action"], "s3:ListBucket")

    def test_put_is_not_allowed(self):
        self.bucket("no-put", self.draft("no-put"), put_denied=True)
        self.assertEqual(self.failed("no-put", "put", "s3:PutObject")["change"]["Action"], ["s3:PutObject"])

    def test_put_acl_is_not_allowed(self):
        self.bucket("no-acl", self.draft("no-acl"), acl_denied=True)
        self.assertEqual(self.failed("no-acl", "put_acl", "PutObjectAcl")["change"]["Action"], ["s3:PutObjectAcl"])

    def test_acls_are_disabled(self):
        """Everything belongs to the bucket's owner already: that is fine, and no ACL is sent from then on."""
        self.bucket("acls-off", self.draft("acls-off"), acl_disabled=True)
        outcome = self.validate("acls-off")
        self.assertTrue(outcome["ok"], outcome)
        said = next(check for check in outcome["checks"] if check["name"] == "put_acl")
        self.assertIn("disabled", said["detail"])

    def test_the_bucket_belongs_to_somebody_else(self):
        self.bucket("foreign", self.draft("foreign", account_id=ACCOUNT), owner="444455556666")
        self.failed("foreign", "list", "refused")

    def test_the_key_refuses(self):
        self.bucket("key", self.draft("key", encryption="kms"), key_denied=True)
        last = self.failed("key", "encryption", "kms:GenerateDataKey")
        self.assertIn("kms:GenerateDataKey", last["change"]["Action"])

    def test_the_bucket_is_open_to_every_customer(self):
        self.bucket("open", self.draft("open"), open_to_all=True)
        last = self.failed("open", "other_session_list", "every customer")
        self.assertIn("tk-", last["change"]["Principal"]["AWS"])
        self.assertEqual(self.double.buckets["open"].objects, {})

    def test_conditions_are_ignored(self):
        self.bucket("careless", self.draft("careless"), ignores_conditions=True)
        self.failed("careless", "conditional_put", "If-None-Match")

    def test_the_service_does_not_answer(self):
        """A key that lasts no longer, a clock that is wrong, a busy service: each in its own words."""
        from support.s3_double import Fault
        for kind, says in (("skewed", "clock"), ("busy", "busy"), ("expired", "new one"), ("wrong_region", "region")):
            with self.subTest(kind):
                name = "f-" + kind.replace("_", "-")
                self.bucket(name, self.draft(name, path="x/audit_logs/y"))
                self.double.faults[name] = [Fault("PutObject", kind, times=9)]
                outcome = self.validate(name)
                self.assertFalse(outcome["ok"])
                last = outcome["checks"][-1]
                self.assertIn(says, f"{last['detail']} {last['remedy']}".lower(), last)

    def test_nobody_listens_there(self):
        self.draft("silent", endpoint=NOBODY)
        self.failed("silent", "reachable", "did not answer")

    def test_the_service_answers_a_byte_a_second(self):
        """It ends, and others can validate meanwhile."""
        self.draft("trickle", endpoint=self.proxy.endpoint)
        self.failed("trickle", "reachable", "did not answer in time")

    def test_a_role_of_the_customer_must_ask_for_the_external_id(self):
        role = "arn:aws:iam::111122223333:role/acme-audit"
        draft = self.draft("own-role", role_arn=role)
        self.bucket("own-role", draft)
        self.double.roles[role] = None
        last = self.failed("own-role", "external_id", "sts:ExternalId")
        external_id = draft["auth"]["external_id"]
        self.assertEqual(last["change"]["Condition"]["StringEquals"]["sts:ExternalId"], external_id)
        self.double.roles[role] = "another"
        self.failed("own-role", "assume_role", external_id)
        self.double.roles[role] = external_id
        outcome = self.validate("own-role")
        self.assertTrue(outcome["ok"], outcome)
        names = {document["name"] for document in draft["setup"]}
        self.assertEqual(names, {"json", "trust", "optional", "terraform", "cloudformation", "cli"})

    def test_the_setup_has_the_customers_own_values(self):
        draft = self.draft("setup-values")
        texts = {document["name"]: document["text"] for document in draft["setup"]}
        self.assertEqual(json.loads(texts["json"]), draft["policy"])
        for name in ("json", "terraform", "cloudformation", "cli"):
            self.assertIn(draft["auth"]["principal"], texts[name])
            self.assertIn("arn:aws:s3:::setup-values/audit/*", texts[name])
        self.assertIn(f'*:{draft["auth"]["session_name"]}', texts["json_user_id"])
        self.assertIn("s3:AbortMultipartUpload", texts["optional"])
        self.assertNotIn("s3:AbortMultipartUpload", texts["json"])

    def test_another_orgs_bucket_can_neither_be_connected_nor_told(self):
        """REQUIREMENTS C16: the attacker types a claimed bucket, a path within it and one around it."""
        owner = self.draft("claimed", path="logs/audit")
        bucket = self.bucket("claimed", owner)
        self.assertTrue(self.validate("claimed")["ok"])
        self.assertEqual(self.people["acme"].post("/v1/orgs/acme/integrations/s3/claimed/activate").status, 200)
        until("its stream is open, so that nothing calls by itself", 30,
              lambda: [key for key in bucket.objects if "audit_logs_manifest" in key])
        lookalike = self.draft("lookalike", org="globex")
        self.bucket("lookalike", lookalike).sessions = set()
        real = self.failed("lookalike", "list", "AccessDenied", org="globex")
        for path in ("logs/audit", "logs/audit/deep", "logs"):
            with self.subTest(path):
                attack = self.draft("claimed", org="globex", path=path)
                bucket.sessions.add(attack["auth"]["session_name"])  # even when the owner lets them in
                before = list(self.double.calls)
                played = self.failed("claimed", "list", "AccessDenied", org="globex")
                self.assertEqual([call for call in self.double.calls[len(before):] if call[1]], [],
                                 "the bucket was not asked")
                self.assertEqual(played["detail"], real["detail"])
                self.assertEqual(played["remedy"].replace("claimed", "lookalike"), real["remedy"])
                self.assertRegex(played["request_id"], r"^[0-9A-Z]{16}$")
        self.assertFalse([key for key in bucket.objects if not key.startswith("logs/audit/")])

    def test_values_are_checked_before_anything_is_kept(self):
        ann = self.people["acme"]
        good = {"bucket": "fine-name", "region": "us-east-1", "endpoint": self.double.endpoint}
        for bad in ({"form": "xml"}, {"compression": "rar"}, {"encryption": "rot13"}, {"kms_key": "arn:aws:kms:x:1:key/2"},
                    {"filter": {"categories": ["nonsense"]}}, {"filter": {"colour": ["red"]}}, {"path": "a/../b"}):
            with self.subTest(bad):
                answer = ann.put("/v1/orgs/acme/integrations/s3/odd", good | bad)
                self.assertIn(answer.status, (400, 422), answer.body)
                self.assertTrue(answer.json()["errors"])
                self.assertEqual(ann.get("/v1/orgs/acme/integrations/s3/odd").status, 404)
        kept = self.draft("kept", form="ocsf", compression="zstd", encryption="s3",
                          filter={"categories": ["data", "authentication", "data"]})
        self.assertEqual((kept["form"], kept["compression"], kept["encryption"]), ("ocsf", "zstd", "s3"))
        self.assertEqual(kept["filter"]["categories"], ["authentication", "data"])


if __name__ == "__main__":
    unittest.main()
