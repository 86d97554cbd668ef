#!/usr/bin/env python3
"""A bucket that is wrong, a role that cannot be assumed, no permission to put: each has a clear answer with a remedy,
and nothing is switched on or written."""
import json
import unittest

from support import places
from support.lab import Lab
from support.server import Server, s3_config

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
PATH = "/v1/orgs/acme/integrations/s3/"


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("s3_refusals")
        cls.lab = cls.enterClassContext(Lab(folder))
        config, environment = s3_config(cls.lab.env)
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.make_org("acme", "Acme", "--s3")
        cls.server.make_person("acme", EMAIL, "Ann Park", "admin", PASSWORD)
        cls.ann = cls.server.client(timeout=120)
        assert cls.ann.sign_in(EMAIL, PASSWORD).status == 201

    def draft(self, name: str, **more) -> dict:
        settings = {"bucket": name, "region": self.lab.env["region"], "endpoint": self.lab.env["endpoint"],
                    "path": "audit", "path_style": True, "frequency": "hourly"} | more
        answer = self.ann.put(PATH + name, settings)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json()

    def check_refused(self, name: str) -> list[dict]:
        """Validation says no with a remedy, activation refuses; the failed checks."""
        answer = self.ann.post(PATH + name + "/validate")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertFalse(answer.json()["ok"])
        failed = [check for check in answer.json()["checks"] if not check["ok"]]
        self.assertTrue(failed)
        for check in failed:
            self.assertTrue(check.get("detail"), check)
        self.assertTrue(any(check.get("remedy") for check in failed), failed)
        activated = self.ann.post(PATH + name + "/activate")
        self.assertEqual((activated.status, activated.json()["code"]), (409, "not_validated"))
        self.assertEqual(self.ann.get(PATH + name).json()["state"], "draft")
        return failed

    def test_a_bucket_that_is_not_there(self):
        self.draft("not-there")
        self.check_refused("not-there")

    def test_a_bucket_without_our_policy(self):
        self.draft("no-policy")
        self.lab.customer().make("no-policy")
        self.check_refused("no-policy")
        self.assertEqual(self.lab.keys("no-policy"), [])

    def test_no_permission_to_put(self):
        policy = self.draft("no-put")["policy"]
        policy["Statement"] = [statement for statement in policy["Statement"]
                               if "PutObject" not in json.dumps(statement.get("Action"))]
        self.assertTrue(policy["Statement"], "the policy grants the list in a statement of its own")
        customer = self.lab.customer()
        customer.make("no-put")
        customer.put_policy("no-put", json.dumps(policy))
        failed = self.check_refused("no-put")
        self.assertTrue(any("put" in check["name"].lower() for check in failed), failed)
        self.assertEqual(self.lab.keys("no-put"), [])

    def test_a_role_that_cannot_be_assumed(self):
        self.draft("no-role", role_arn="arn:aws:iam:::role/somebody-elses")
        self.lab.customer().make("no-role")
        failed = self.check_refused("no-role")
        self.assertTrue(any("role" in json.dumps(check).lower() for check in failed), failed)

    def test_values_that_cannot_be_meant(self):
        for more in [{"bucket": "Not_A_Bucket"}, {"region": "mars-north-1", "endpoint": None}, {"frequency": "weekly"},
                     {"endpoint": "http://169.254.169.254"}, {"account_id": "12"}, {"role_arn": "arn:nonsense"}]:
            with self.subTest(more):
                settings = {"bucket": "fine-name", "region": "us-east-1", "path": "audit", "frequency": "hourly"} | more
                settings = {name: value for name, value in settings.items() if value is not None}
                answer = self.ann.put(PATH + "odd", settings)
                self.assertIn(answer.status, (400, 422), answer.body)
                self.assertTrue(answer.json()["errors"])
                self.assertEqual(self.ann.get(PATH + "odd").status, 404)


if __name__ == "__main__":
    unittest.main()
