#!/usr/bin/env python3
"""`trailkeeper send`: files of both forms arrive whole; a sender that is killed, a server that is killed, and both again
and again lose nothing and double nothing; what is refused is named by its line."""
import gzip
import http.server
import json
import os
import pathlib
import pty
import random
import signal
import subprocess
import threading
import time
import unittest

from support import places
from support.client import until
from support.server import Server


class Sender:
    """One run of `trailkeeper send`."""

    def __init__(self, server_url: str, key: str, file: pathlib.Path | str, *words: str, **more):
        self.command = [places.PROGRAM, "send", file, "--url", server_url, *words]
        self.environment = os.environ | {"TRAILKEEPER_KEY": key}
        self.more = more

    def run(self) -> subprocess.CompletedProcess:
        return subprocess.run(self.command, env=self.environment, capture_output=True, text=True, timeout=300, **self.more)

    def start(self) -> subprocess.Popen:
        return subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, **self.more)


class Send(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("send")
        cls.server = Server(cls.folder).start()
        cls.addClassCleanup(cls.server.stop)
        cls.orgs = 0

    def setUp(self):
        """An organization of its own for each test."""
        type(self).orgs += 1
        self.org = f"org{self.orgs}"
        self.key = self.server.make_org(self.org, "An org")
        self.client = self.server.client(self.key)

    def file(self, name: str, text: str | bytes) -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def send(self, file, *words: str, expect: int = 0, **more) -> dict:
        done = Sender(self.server.url, self.key, file, "--json", *words, **more).run()
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return json.loads(done.stdout) if done.stdout else {}

    def stored(self, count: int) -> list[dict]:
        """The product's records in the order of commit, by the feed."""
        def look():
            records = [json.loads(line) for line in self.lines()]
            found = [record for record in records if record.get("application") != "trailkeeper"]
            return found if len(found) >= count else None
        return until(f"{count} events are in the feed", 60, look) if count else (look() or [])

    def lines(self):
        cursor = ""
        while True:
            path = f"/v1/orgs/{self.org}/feed?limit=1000" + (f"&cursor={cursor}" if cursor else "")
            page = self.client.request("GET", path, headers={"Accept": "application/x-ndjson"})
            self.assertEqual(page.status, 200, page.body)
            yield from page.body.splitlines()
            cursor = page.headers["trailkeeper-next-cursor"]
            if page.headers["trailkeeper-has-more"] == "false":
                return

    @staticmethod
    def jsonl(count: int, pad: int = 0) -> str:
        return "".join(json.dumps({"action": "file.sent", "actor": {"id": f"u_{n % 7}"},
                                   "metadata": {"n": n, "pad": "x" * pad}}) + "\n" for n in range(count))

    def test_1_json_lines_plain_packed_and_piped(self):
        plain = self.file("plain.jsonl", self.jsonl(2500))
        self.assertEqual(self.send(plain)["created"], 2500)
        packed = self.file("packed.jsonl.gz", gzip.compress(self.jsonl(1500).encode()))
        self.assertEqual(self.send(packed, "--gzip")["created"], 1500)
        with plain.open("rb") as piped:
            self.assertEqual(self.send("-", "--batch", "700", stdin=piped)["created"], 2500)
        found = self.stored(6500)
        self.assertEqual(len(found), 6500)
        self.assertEqual([record["metadata"]["n"] for record in found][:2500], list(range(2500)), "not in the file's order")
        # A finished file is not sent again, and a piped one not stored again.
        self.assertEqual(self.send(plain)["created"], 2500)
        with plain.open("rb") as piped:
            self.send("-", "--batch", "700", stdin=piped)
        self.assertEqual(len(self.stored(6500)), 6500)

    def test_2_csv_with_a_mapping(self):
        text = ('\ufeffWhen,Who,"Full ""name""",What,IP,Plan,Status\r\n'
                '2026-11-20T10:00:00Z,u_1,"Ann, B.",invoice.paid,192.0.2.1,pro,200\r\n'
                '2026-11-20T10:00:01Z,u_2,"two\r\nlines ""quoted""",invoice.sent,,,\r\n'
                '\r\n'
                '2026-11-20T10:00:02Z,u_3,Cy,invoice.paid,nonsense,pro,200\r\n'
                '2026-11-20T10:00:03Z,u_4,short\r\n'
                '2026-11-20T10:00:04Z,u_5,"Zoë 🦊",invoice.paid,2001:db8::1,free,404')
        file = self.file("invoices.csv", text)
        rules = self.file("rules", "# of the old system\noccurred_at = When\nactor.id = Who\nactor.name = Full \"name\"\n"
                                   "action = What\ncontext.ip = IP\nmetadata.plan = Plan\nhttp_status = Status\n"
                                   "targets.0.type := invoice\n")
        summary = self.send(file, "--mapping", str(rules), "--map", "area:=Billing", expect=1)
        self.assertEqual((summary["created"], summary["rejected"]), (3, 2))
        first, second, last = self.stored(3)
        self.assertEqual(first["actor"], {"id": "u_1", "name": "Ann, B."})
        self.assertEqual((first["http_status"], first["metadata"], first["area"], first["targets"]),
                         (200, {"plan": "pro"}, "Billing", [{"type": "invoice"}]))
        self.assertEqual(second["actor"]["name"], 'two\r\nlines "quoted"')
        self.assertNotIn("metadata", second)
        self.assertEqual((last["actor"]["name"], last["context"]["ip"]), ("Zoë 🦊", "2001:db8::1"))
        rejected = [json.loads(line) for line in (self.folder / "invoices.csv.rejected.jsonl").read_text().splitlines()]
        by_line = {item["line"]: item for item in rejected}
        self.assertEqual(by_line[6]["pointer"], "/context/ip")
        self.assertEqual(by_line[7]["reason"], "The record has 3 fields and the header 7.")

    def test_3_what_cannot_be_sent_is_said_and_nothing_is_stored(self):
        good = self.file("good.jsonl", self.jsonl(3))
        for words, expect in (((good, "--map", "action=A"), 2), ((self.folder / "missing.jsonl",), 2),
                              ((good, "--batch", "0"), 2), ((good, "--nonsense"), 2),
                              ((self.file("a.csv", "A,B\n1,2\n"), "--map", "action=C"), 2),
                              ((self.file("b.csv", "A\n\"open\n"), "--map", "action=A"), 2),
                              ((good, "--patience", "0"), 75)):
            url = "http://127.0.0.1:1" if expect == 75 else self.server.url
            done = Sender(url, self.key, *words).run()
            self.assertEqual(done.returncode, expect, f"{words}: {done.stderr}")
            self.assertTrue(done.stderr)
            self.assertNotIn(self.key, done.stderr + done.stdout)
        wrong_key = Sender(self.server.url, "tk_wrong", good, "--restart").run()
        self.assertEqual(wrong_key.returncode, 2, wrong_key.stderr)
        self.assertEqual(self.stored(0), [])
        # A dry run checks each event here.
        mixed = self.file("mixed.jsonl", self.jsonl(2) + '{"action":"x"}\n')
        dry = self.send(mixed, "--dry-run", expect=1)
        self.assertEqual((dry["stored"], dry["rejected"]), (2, 1))
        self.assertEqual(self.stored(0), [])

    def test_4_another_file_is_refused(self):
        file = self.file("grows.jsonl", self.jsonl(100))
        self.send(file)
        file.write_text(self.jsonl(101))
        done = Sender(self.server.url, self.key, file).run()
        self.assertEqual(done.returncode, 2)
        self.assertIn("not the file that was being sent", done.stderr)
        other = Sender("http://127.0.0.1:9", self.key, self.file("grows2.jsonl", self.jsonl(5)), "--patience", "0")
        self.assertEqual(other.run().returncode, 75)
        self.assertEqual(len(self.stored(100)), 100)

    def test_5_a_whole_request_of_bad_lines_is_named_line_by_line(self):
        bad = self.file("bad.jsonl", "".join('{"action":"x%d"}\n' % n for n in range(60)) + self.jsonl(1))
        summary = self.send(bad, "--batch", "20", expect=1)
        self.assertEqual((summary["created"], summary["rejected"]), (1, 60))
        rejected = [json.loads(line) for line in (self.folder / "bad.jsonl.rejected.jsonl").read_text().splitlines()]
        self.assertEqual([(r["line"], r["pointer"], r["code"]) for r in rejected],
                         [(n + 1, "/actor", "required") for n in range(60)])

    def test_6_kills_of_sender_and_server_double_and_lose_nothing(self):
        count = 40_000 if not places.full() else 400_000
        kills = 10 if not places.full() else 200
        bad_lines = 40
        lines = self.jsonl(count, pad=60).splitlines()
        for number in range(bad_lines):
            lines.insert(number * (count // bad_lines), '{"action":"bad"}')
        file = self.file("killed.jsonl", "\n".join(lines) + "\n")
        rng = random.Random(3)
        killed = server_kills = 0
        while killed < kills:
            process = Sender(self.server.url, self.key, file, "--batch", "100").start()
            # However slow it starts: the first kills are of one that has sent something.
            until("it has sent something", 60, lambda process=process: self.line_of(file) > 0 or process.poll() is not None, 0.002)
            time.sleep(rng.uniform(0.005, 0.12))
            if killed % 4 == 3:
                self.server.kill()
                server_kills += 1
                time.sleep(rng.uniform(0, 0.1))
                self.server.start()
                time.sleep(rng.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            if process.wait() != -signal.SIGKILL:
                break  # it was done before
            killed += 1
        summary = self.send(file, "--batch", "100", expect=1)
        print(f"{killed} kills of the sender, {server_kills} of the server, last resumed after line "
              f"{summary['resumed_after_line']} of {len(lines)}")
        self.assertGreaterEqual(killed, kills // 2, "the file was sent before it was interrupted often enough")
        self.assertGreater(summary["resumed_after_line"], 0)
        self.assertEqual((summary["stored"], summary["rejected"]), (count, bad_lines))
        found = [record["metadata"]["n"] for record in self.stored(count)]
        self.assertEqual(found, list(range(count)), "sent set and stored set differ")
        rejected = [json.loads(line)["line"] for line in (self.folder / "killed.jsonl.rejected.jsonl").read_text().splitlines()]
        self.assertEqual(rejected, [n + 1 for n, line in enumerate(lines) if line == '{"action":"bad"}'])

    @staticmethod
    def line_of(file: pathlib.Path) -> int:
        """How far the sender says it is."""
        try:
            return json.loads(file.with_name(file.name + ".trailkeeper-send").read_text())["line"]
        except (OSError, ValueError):
            return 0

    def test_7_it_waits_as_long_as_it_is_told_to(self):
        """429 and 503 with Retry-After, answers that are cut: the same request comes again with the same key."""
        seen: list[tuple[str, bytes]] = []
        answers = [503, 429, None, 500, 200]

        class Busy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.headers["Idempotency-Key"], body))
                status = answers[min(len(seen), len(answers)) - 1]
                if status is None:
                    self.connection.close()
                    return
                items = [{"status": "created"} for _ in body.splitlines()]
                text = json.dumps({"data": items} if status == 200 else {"detail": "busy"}).encode()
                self.send_response(status)
                if status in (429, 503):
                    self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        busy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
        threading.Thread(target=busy.serve_forever, daemon=True).start()
        self.addCleanup(busy.server_close)
        self.addCleanup(busy.shutdown)
        done = Sender(f"http://127.0.0.1:{busy.server_port}", self.key, self.file("wait.jsonl", self.jsonl(5)), "--json").run()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["retries"], 4)
        self.assertEqual(len(seen), 5)
        self.assertEqual(len(set(seen)), 1, "each try must be the same request")

    def test_8_an_old_doubt_is_not_passed_over(self):
        """The server knows a request again for a day; a run that ended in doubt before that is not simply gone on with."""
        file = self.file("old.jsonl", self.jsonl(10))
        self.send(file)
        state = json.loads((self.folder / "old.jsonl.trailkeeper-send").read_text())
        state |= {"finished": False, "offset": 0, "line": 0, "created": 0, "pending_since": "2026-01-01T00:00:00Z"}
        (self.folder / "old.jsonl.trailkeeper-send").write_text(json.dumps(state))
        done = Sender(self.server.url, self.key, file).run()
        self.assertEqual(done.returncode, 2)
        self.assertIn("may be stored already", done.stderr)
        self.send(file, "--resend-old")
        self.assertEqual(len(self.stored(10)), 10)

    def test_9_a_person_sees_a_bar(self):
        file = self.file("bar.jsonl", self.jsonl(20_000))
        master, slave = pty.openpty()
        process = subprocess.Popen(Sender(self.server.url, self.key, file).command, stderr=slave, stdout=slave,
                                   env=os.environ | {"TRAILKEEPER_KEY": self.key})
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:
            pass  # the other end is closed
        self.assertEqual(process.wait(), 0)
        text = shown.decode()
        self.assertIn("[########################] 100%", text)
        self.assertIn("events/s", text)
        self.assertIn("20000 events stored, 0 rejected", text)


if __name__ == "__main__":
    unittest.main()
