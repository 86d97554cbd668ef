#!/usr/bin/env python3
"""A data pack from PostgreSQL to an SFTP server and a bucket, beside what one would do without the product: psql's \\copy
through gzip, sftp and awscli, in the same run on the same machine. Rows compare within a run; between days they do not.

  .venv/bin/python tools/bench_packs.py [--rows 200000] [--build build] [--json FILE]

Everything is real and local: PostgreSQL 15, OpenSSH, radosgw."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

TABLE = """
CREATE TABLE deals AS SELECT n AS id, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'umbrella' END AS org, 'Deal no. ' || n AS title,
  (n * 0.25)::numeric(12,2) AS amount, n * 0.5::float8 AS ratio, n % 4 = 0 AS won, date '2026-01-01' + (n % 300)::int AS day,
  timestamptz '2026-01-01 00:00:00+00' + n * interval '1 second' AS at, md5(n::text) AS token
FROM generate_series(1, {rows}::bigint * 2) AS n"""
QUERY = "SELECT id, title, amount, ratio, won, day, at, token FROM deals WHERE org = {org} ORDER BY id"
PASSWORD = "correct horse battery"


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process so far, in user and system."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, what: str) -> int:
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split(f"{what}:")[1].split()[0]) << 10


class Bench:
    def __init__(self, options, world):
        self.options = options
        self.folder, self.lab, self.postgres, self.sshd, self.server = world
        self.until = __import__("support.client", fromlist=["until"]).until
        self.prepare()

    def prepare(self):
        server, lab = self.server, self.lab
        server.make_org("acme", "Acme", "--data-packs", "--s3")
        server.make_person("acme", "ann@acme.example", "Ann Park", "admin", PASSWORD)
        self.vendor = server.client(server.make_key("*", "manage"), timeout=600)
        self.ann = server.client(timeout=600)
        self.expect(self.ann.sign_in("ann@acme.example", PASSWORD), 201)
        sftp, s3 = "/v1/orgs/acme/integrations/sftp", "/v1/orgs/acme/integrations/s3/main"
        self.expect(self.ann.put(sftp, self.sshd.settings(host_key=self.sshd.host_key)), 201)
        assert self.expect(self.ann.post(sftp + "/check"), 200)["ok"]
        draft = self.expect(self.ann.put(s3, {
            "bucket": "packs", "region": lab.env["region"], "path": "vendor", "endpoint": lab.env["endpoint"], "path_style": True,
            "frequency": "hourly"}), 201)
        customer = lab.customer()
        customer.make("packs")
        customer.put_policy("packs", json.dumps(draft["policy"]))
        assert self.expect(self.ann.post(s3 + "/validate"), 200)["ok"]
        self.expect(self.ann.post(s3 + "/activate"), 200)
        self.expect(self.vendor.put("/v1/data_sources/warehouse", self.postgres.source()), 201)
        self.expect(self.vendor.put("/v1/data_packs/deals", {
            "name": "Deals", "source": {"id": "warehouse", "query": QUERY.format(org=":org")},
            "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "monthly", "day": 1},
            "size_tolerance_percent": None}), 201)
        self.expect(self.vendor.post("/v1/data_packs/deals/release", {}), 200)
        self.expect(self.vendor.put("/v1/orgs/acme/data_packs/deals", {}), 201)

    @staticmethod
    def expect(answer, status: int) -> dict:
        assert answer.status == status, answer.body
        return answer.json()

    def pack(self, destination: dict) -> dict:
        """One run, from asking to having it at its destinations."""
        self.expect(self.ann.put("/v1/orgs/acme/data_pack_destination", destination), 200)
        pid = self.server.process.pid
        before, cpu, began = memory_of(pid, "VmRSS"), cpu_of(pid), time.monotonic()
        path = "/v1/orgs/acme/data_packs/deals/runs"
        run = self.expect(self.ann.post(path, {}), 202)["data"][0]["id"]
        found = self.until("the run is delivered", 7200, lambda: (now := self.ann.get(f"{path}/{run}").json())["state"] in (
            "delivered", "failed", "held") and now, every=0.1)
        assert found["state"] == "delivered" and found["rows"] == self.options.rows, found
        return {"seconds": round(time.monotonic() - began, 2), "cpu_seconds": round(cpu_of(pid) - cpu, 2), "bytes": found["bytes"],
                "memory_grew_mib": round((memory_of(pid, "VmHWM") - before) / (1 << 20), 1)}

    def by_hand(self, send) -> dict:
        """psql \\copy | gzip into a file, its SHA-256, then `send(file)`."""
        file = self.folder / "deals.csv.gz"
        source = self.postgres.source()
        began = time.monotonic()
        used = sum(os.times()[2:4])
        copy = f"\\copy ({QUERY.format(org=chr(39) + 'acme' + chr(39))}) TO STDOUT WITH (FORMAT csv, HEADER)"
        with file.open("wb") as out:
            psql = subprocess.Popen(["psql", "-X", "-q", "-h", source["host"], "-p", str(source["port"]), "-U", source["user"], "-d",
                                     source["database"], "-c", copy], stdout=subprocess.PIPE, env=os.environ | {"PGPASSWORD": source["password"]})
            subprocess.run(["gzip", "-c"], stdin=psql.stdout, stdout=out, check=True)
            assert psql.wait() == 0
        subprocess.run(["sha256sum", file], check=True, stdout=subprocess.DEVNULL)
        send(file)
        took = time.monotonic() - began
        return {"seconds": round(took, 2), "cpu_seconds": round(sum(os.times()[2:4]) - used, 2), "bytes": file.stat().st_size}

    def to_s3(self, file: pathlib.Path) -> None:
        self.lab.aws("s3", "cp", "--quiet", str(file), "s3://packs/by_hand/deals.csv.gz")

    def to_sftp(self, file: pathlib.Path) -> None:
        known = self.folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{self.sshd.port} " + (self.sshd.root / "host.pub").read_text())
        subprocess.run(["sftp", "-q", "-b", "-", "-P", str(self.sshd.port), "-i", str(self.sshd.root / "client"), "-o",
                        f"UserKnownHostsFile={known}", "-o", "IdentitiesOnly=yes", f"{self.sshd.user}@127.0.0.1"],
                       input=f"put -f {file} deals.csv.gz.part\nrename deals.csv.gz.part deals.csv.gz\n", text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def run(self) -> dict:
        figures = {"rows": self.options.rows}
        s3, sftp = {"s3": {"destination": "main"}}, {"s3": None}
        # Turn and turn about, so that the machine's moods fall on both.
        for turn in range(self.options.turns):
            for name, measure in (("pack_to_s3", lambda: self.pack(s3)), ("by_hand_to_s3", lambda: self.by_hand(self.to_s3)),
                                  ("pack_to_sftp", lambda: self.pack(sftp)), ("by_hand_to_sftp", lambda: self.by_hand(self.to_sftp))):
                found = measure()
                print(f"{turn + 1}. {name}: {json.dumps(found)}", flush=True)
                if name not in figures or found["seconds"] < figures[name]["seconds"]:
                    figures[name] = found
        for side in ("s3", "sftp"):
            ours, hand = figures[f"pack_to_{side}"], figures[f"by_hand_to_{side}"]
            figures[f"ratio_to_{side}"] = {"seconds": round(ours["seconds"] / hand["seconds"], 2),
                                           "bytes": round(ours["bytes"] / hand["bytes"], 2)}
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    os.environ["TRAILKEEPER_BUILD"] = str(options.build.resolve())
    from support.lab import Lab
    from support.postgres import Postgres
    from support.server import Server, s3_config
    from support.sshd import Sshd
    folder = pathlib.Path(tempfile.mkdtemp(prefix="trailkeeper-bench-packs-"))
    try:
        with Lab(folder) as lab, Postgres() as postgres, Sshd(folder) as sshd:
            postgres.run(TABLE.format(rows=options.rows))
            postgres.run("ANALYZE deals")
            config, environment = s3_config(lab.env)
            server = Server(folder, config + '[sftp]\nprivate_hosts = ["127.0.0.1"]\n', environment).start()
            try:
                figures = Bench(options, (folder, lab, postgres, sshd, server)).run()
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
