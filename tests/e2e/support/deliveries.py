"""What the scenarios of deliveries have in common: an org with an admin, destinations at the double, hours that pass."""
import datetime
import random

from support import bucket_check, manifest_check
from support.client import until
from support.s3_double import Bucket, Double

PASSWORD = "correct horse battery"


def tomorrow(hour: int, minute: int = 10) -> datetime.datetime:
    day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


class Customer:
    """An org, its admin's session (signed in anew after the clock moved) and its key."""

    def __init__(self, server, double: Double, org: str):
        self.server, self.double, self.org = server, double, org
        self.key = server.make_org(org, org.title(), "--s3")
        server.make_person(org, f"ann@{org}.example", "Ann Park", "admin", PASSWORD)
        self.sent = 0
        self.random = random.Random(org)
        self.sign_in()

    def sign_in(self):
        self.admin = self.server.client()
        assert self.admin.sign_in(f"ann@{self.org}.example", PASSWORD).status == 201

    def path(self, name: str) -> str:
        return f"/v1/orgs/{self.org}/integrations/s3/{name}"

    def connect(self, name: str, **more) -> Bucket:
        settings = {"bucket": name, "region": "us-east-1", "endpoint": self.double.endpoint, "path": "audit",
                    "account_id": "111122223333", "path_style": True, "frequency": "hourly"} | more
        draft = self.admin.put(self.path(name), settings)
        assert draft.status == 201, draft.body
        bucket = self.double.buckets[name] = Bucket(sessions={draft.json()["auth"]["session_name"]})
        checked = self.admin.post(self.path(name) + "/validate")
        assert checked.json()["ok"], checked.body
        active = self.admin.post(self.path(name) + "/activate")
        assert active.status == 200, active.body
        return bucket

    def send(self, count: int, padding: int = 40, **more) -> None:
        events = [{"action": "report.viewed", "category": self.random.choice(["data", "authentication", "error"]),
                   "area": "Reports", "actor": {"id": f"u_{number % 7}", "name": "Zoë Müller"},
                   "metadata": {"n": number, "x": self.random.randbytes(padding).hex()}} | more
                  for number in range(count)]
        for start in range(0, count, 1000):
            answer = self.server.client(self.key).post("/v1/events", events[start:start + 1000])
            assert answer.status == 200, answer.body
        self.sent += count

    def destination(self, name: str) -> dict:
        answer = self.admin.get(self.path(name))
        assert answer.status == 200, answer.body
        return answer.json()

    def wait_delivered(self, names: list[str], time: datetime.datetime, seconds: float = 120) -> None:
        """Until everything received before `time` is in each bucket."""
        wanted = time.strftime("%Y-%m-%dT%H:%M:%S")

        def look() -> bool:
            views = {view["id"]: view for view in
                     self.admin.get(f"/v1/orgs/{self.org}/integrations/s3").json()["data"]}
            return all((views[name]["delivered_until"] or "") >= wanted for name in names)

        until(f"everything before {wanted} is delivered to {names[:3]}...", seconds, look, every=0.3)

    def keys_of_log(self, *older: str) -> manifest_check.Keys:
        """The public keys of the org's log, with those of epochs before."""
        log = self.admin.get(f"/v1/orgs/{self.org}/log").json()
        return manifest_check.Keys(log["vkey"], log["manifest_vkey"], *older)

    def check(self, case, name: str, path: str = "audit", **more):
        """The independent reader's word on a bucket."""
        reader = bucket_check.client(self.double.endpoint, "owner", "owner", "us-east-1")
        report = bucket_check.check(reader, name, path, keys_of_log=self.keys_of_log(), **more)
        case.assertEqual(report.problems, [], name)
        case.assertEqual(self.double.buckets[name].replaced, 0, name)
        return report
