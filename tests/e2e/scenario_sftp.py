#!/usr/bin/env python3
"""An organization's SFTP server against a real OpenSSH: the host key is shown, confirmed and pinned; every step has a
check with a remedy; secrets are never shown and go to no other server; another key than the confirmed one gets nothing."""
import unittest

from support import places
from support.client import until
from support.server import Server
from support.sshd import Sshd

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
PATH = "/v1/orgs/acme/integrations/sftp"


class Sftp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("sftp")
        cls.server = Server(cls.folder, '[sftp]\nprivate_hosts = ["127.0.0.1"]\n').start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.make_org("acme", "Acme", "--data-packs")
        cls.server.make_org("plain", "Plain")
        for org, email in (("acme", EMAIL), ("plain", "bob@plain.example")):
            cls.server.make_person(org, email, "Ann Park", "admin", PASSWORD)
        cls.ann = cls.server.client(timeout=120)
        assert cls.ann.sign_in(EMAIL, PASSWORD).status == 201
        cls.sshd = cls.enterClassContext(Sshd(cls.folder))

    def put(self, settings: dict, status: int = 200) -> dict:
        answer = self.ann.put(PATH, settings)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json()

    def check(self) -> tuple[bool, dict, list[dict]]:
        answer = self.ann.post(PATH + "/check")
        self.assertEqual(answer.status, 200, answer.body)
        found = answer.json()
        return found["ok"], found, found["checks"]

    def failed(self, name: str) -> dict:
        ok, _, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(checks[-1]["name"], name, checks)
        self.assertTrue(checks[-1]["detail"] and checks[-1]["remedy"], checks[-1])
        return checks[-1]

    def connected(self) -> None:
        self.ann.request("DELETE", PATH)
        self.put(self.sshd.settings(host_key=self.sshd.host_key), 201)
        ok, _, checks = self.check()
        self.assertTrue(ok, checks)

    def test_from_nothing_to_active(self):
        self.ann.request("DELETE", PATH)
        self.assertEqual(self.ann.get(PATH).json()["code"], "sftp_not_set")
        made = self.put(self.sshd.settings(path="fresh"), 201)
        self.assertEqual((made["state"], made["host_key"], made["auth"]), ("draft", None, {"method": "private_key"}))
        ok, found, checks = self.check()
        self.assertEqual((ok, found["host_key"]), (False, self.sshd.host_key))
        self.assertEqual([check["name"] for check in checks], ["resolve", "connect", "host_key"])
        self.assertFalse((self.sshd.files / "fresh").exists(), "nothing was sent before the key is confirmed")
        settings = self.sshd.settings(path="fresh", host_key=found["host_key"])
        del settings["auth"]  # it stays
        self.assertEqual(self.put(settings)["state"], "draft")
        ok, _, checks = self.check()
        self.assertTrue(ok, checks)
        self.assertEqual([check["name"] for check in checks],
                         ["resolve", "connect", "host_key", "sign_in", "folder", "write", "rename", "delete"])
        self.assertEqual(self.ann.get(PATH).json()["state"], "active")
        self.assertEqual(list((self.sshd.files / "fresh").iterdir()), [], "the probe is gone again")

    def test_another_host_key_suspends_and_sends_nothing(self):
        self.connected()
        before = self.sshd.host_key
        self.sshd.change_host_key()
        self.assertIn("not the one", self.failed("host_key")["detail"])
        shown = self.ann.get(PATH).json()
        self.assertEqual((shown["state"], shown["reason"], shown["host_key"]),
                         ("suspended", "host_key_changed", before))
        self.put(self.sshd.settings(host_key=self.sshd.host_key))
        self.assertTrue(self.check()[0])
        self.assertEqual(self.ann.get(PATH).json()["state"], "active")

    def test_secrets_are_never_shown_and_stay_with_their_server(self):
        self.connected()
        self.assertNotIn("BEGIN", self.ann.get(PATH).body.decode())
        database = b"".join(path.read_bytes() for path in self.server.data.rglob("settings.db*"))
        self.assertNotIn(self.sshd.private_key.splitlines()[1].encode(), database, "sealed")
        moved = self.sshd.settings(port=places.free_port())
        del moved["auth"]
        shown = self.put(moved)
        self.assertEqual((shown["auth"], shown["host_key"]), ({"method": "none"}, None))

    def test_each_step_that_fails_has_a_remedy(self):
        self.connected()
        key = self.sshd.host_key
        self.put(self.sshd.settings(host_key=key, host="no-such-host.invalid"))
        self.failed("resolve")
        self.put(self.sshd.settings(host_key=key, host="10.1.2.3"))
        self.assertIn("internal address", self.failed("resolve")["detail"])
        self.put(self.sshd.settings(host_key=key, port=places.free_port()))
        self.failed("connect")
        self.put(self.sshd.settings(host_key=key, auth={"password": "wrong"}))
        self.failed("sign_in")
        (self.sshd.files / "a-file").write_text("in the way")
        self.put(self.sshd.settings(host_key=key, path="a-file/packs"))
        self.failed("folder")

    def test_a_folder_that_cannot_be_written(self):
        with Sshd(self.folder / "read_only", "-R") as closed:
            (closed.files / "packs").mkdir()
            self.ann.request("DELETE", PATH)
            self.put(closed.settings(host_key=closed.host_key), 201)
            self.failed("write")

    def test_what_cannot_be_taken_is_refused_by_its_pointer(self):
        for change, pointer in (({"host": "a b"}, "/host"), ({"user": "a;b"}, "/user"), ({"path": "a/../b"}, "/path"),
                                ({"host_key": "MD5:00"}, "/host_key"), ({"port": 70000}, "/port"),
                                ({"auth": {"private_key": "nonsense"}}, "/auth/private_key"),
                                ({"auth": {}}, "/auth/password"), ({"more": 1}, "/more")):
            answer = self.ann.put(PATH, self.sshd.settings(**change))
            self.assertEqual(answer.status, 422, (change, answer.body))
            self.assertEqual(answer.json()["errors"][0]["pointer"], pointer, answer.body)

    def test_only_admins_of_an_organization_with_data_packs(self):
        bob = self.server.client()
        self.assertEqual(bob.sign_in("bob@plain.example", PASSWORD).status, 201)
        self.assertEqual(bob.get("/v1/orgs/plain/integrations/sftp").json()["code"], "not_enabled")
        self.assertEqual(bob.get(PATH).status, 404)
        self.assertEqual(self.server.client().get(PATH).status, 401)

    def test_changes_are_in_the_organizations_trail(self):
        self.connected()
        found = until("the change is in the trail", 60, lambda: self.ann.get(
            "/v1/orgs/acme/events", action="trailkeeper.sftp.changed").json()["data"])
        self.assertNotIn("BEGIN", str(found))


if __name__ == "__main__":
    unittest.main(verbosity=2)
