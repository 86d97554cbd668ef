#!/usr/bin/env python3
"""TLS to the vendor's databases, with a certificate of an authority of the vendor's own: real PostgreSQL and MariaDB that take
encrypted connections only. The right name and authority are let through; every other combination says why not."""
import unittest

from support import places
from support.certificates import Authority
from support.mariadb import Mariadb
from support.postgres import Postgres
from support.server import Server


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("pack_tls")
        cls.ours, cls.theirs = (Authority(folder / "ca", name) for name in ("ours", "theirs"))
        cls.right, cls.other = cls.ours.issue("localhost"), cls.ours.issue("db.elsewhere.example")
        cls.server = Server(folder).start()
        cls.addClassCleanup(cls.server.stop)
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)

    def check(self, database, **settings) -> tuple[bool, str]:
        """Whether the source works, and the words when it does not."""
        answer = self.vendor.put("/v1/data_sources/database", database.source() | {"host": "localhost"} | settings)
        self.assertIn(answer.status, (200, 201), answer.body)
        checked = self.vendor.post("/v1/data_sources/database/check")
        body = checked.json()
        if checked.status == 200 and body["ok"]:
            return True, ""
        return False, str(body.get("error") or body.get("detail"))

    def try_all(self, make) -> None:
        with make(self.right) as database:
            self.assertEqual(self.check(database, tls="verify", ca=self.ours.ca), (True, ""))
            self.assertEqual(self.check(database, tls="require"), (True, ""), "encrypted, whoever it is")
            for title, settings in (
                    ("the certificate is of another name", {"tls": "verify", "ca": self.ours.ca, "host": "127.0.0.1"}),
                    ("another authority", {"tls": "verify", "ca": self.theirs.ca}),
                    ("the system's authorities do not know it", {"tls": "verify"}),
                    ("the server takes encrypted connections only", {"tls": "off", "host": "127.0.0.1"})):
                with self.subTest(title):
                    ok, words = self.check(database, **settings)
                    self.assertFalse(ok, title)
                    self.assertGreater(len(words), 10)
                    self.assertNotIn(database.source()["password"], words)
        with make(self.other) as database:
            ok, words = self.check(database, tls="verify", ca=self.ours.ca)
            self.assertFalse(ok, "a certificate of another host")
            self.assertGreater(len(words), 10)
        with make(None) as database:
            for tls in ("require", "verify"):
                ok, words = self.check(database, tls=tls, ca=self.ours.ca)
                self.assertFalse(ok, "a server without TLS gets no password")
                self.assertRegex(words, "(?i)ssl|tls")

    def test_the_authority_is_named_by_a_file_on_the_command_line(self):
        with Postgres(tls=self.right) as database:
            settings = database.source()

            def check(authority: str) -> dict:
                file = self.server.folder / "authority.pem"
                file.write_text(authority)
                shown = self.server.admin(
                    "source", "set", "by_file", "--type", "postgresql", "--host", "localhost", "--port", str(settings["port"]),
                    "--database", settings["database"], "--user", settings["user"], "--tls", "verify", "--ca-file", str(file),
                    stdin=settings["password"] + "\n")
                self.assertEqual((shown["tls"], shown["ca"].strip()), ("verify", authority.strip()))
                return self.vendor.post("/v1/data_sources/by_file/check").json()

            self.assertTrue(check(self.ours.ca)["ok"])
            refused = check(self.theirs.ca)
            self.assertFalse(refused.get("ok", False), refused)
            self.assertRegex(str(refused), "(?i)certificate")
            with self.assertRaisesRegex(AssertionError, "no-such-file.pem"):
                self.server.admin("source", "set", "by_file", "--type", "postgresql", "--host", "localhost", "--database", "postgres",
                                  "--user", "reader", "--ca-file", str(self.server.folder / "no-such-file.pem"), stdin="a word\n")

    def test_postgresql(self):
        self.try_all(lambda files: Postgres(tls=files))

    def test_mariadb(self):
        self.try_all(lambda files: Mariadb(tls=files))


if __name__ == "__main__":
    unittest.main(verbosity=2)
