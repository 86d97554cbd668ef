#!/usr/bin/env python3
"""Four calls of S3, fourteen faults of each, three sizes: whatever a call does instead of working, the bucket ends up with
every entry once, and nothing in it is ever replaced. The small size here, all three with the long sizes."""
import unittest

from support import evidence, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.s3_double import FAULTS, Double, Fault
from support.server import Server

CALLS = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]
SIZES = {"small": 900, "medium": 3000, "large": 9000}


class Faults(unittest.TestCase):
    def test_every_fault_of_every_call(self):
        folder = places.workspace("s3_faults")
        sizes = SIZES if places.full() else {"small": SIZES["small"]}
        with Double() as double:
            config, environment = double.config('part = "64 KiB"\n')
            server = Server(folder, config, environment).start()
            self.addCleanup(server.stop)
            at = tomorrow(10)
            server.set_clock(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            cases = 0
            for size, count in sizes.items():
                cases += self.run_size(server, double, size, count, at)
                at = at.replace(hour=at.hour + 2, minute=10)
                server.set_clock(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            evidence.report("s3_faults", cases=cases, calls=CALLS, faults=FAULTS, sizes=sizes,
                            replaced=sum(bucket.replaced for bucket in double.buckets.values()))
            self.assertEqual(cases, 56 * len(sizes))
            self.assertEqual(server.stop(), 0)

    def run_size(self, server, double, size: str, count: int, at) -> int:
        customer = Customer(server, double, size)
        names = []
        for call in CALLS:
            form = "jsonl" if call == "PutObject" else "parquet"
            for fault in FAULTS:
                names.append(f"{size}-{call.lower()}-{fault.replace('_', '-')}")
                customer.connect(names[-1], form=form)
                double.faults[names[-1]] = [Fault(call, fault)]
        customer.send(count, padding=100)
        server.wait_visible(server.client(customer.key), size, count) if count < 2000 else None
        end = at.replace(hour=at.hour + 1, minute=0)
        server.set_clock(end.strftime("%Y-%m-%dT%H:00:02Z"))
        customer.sign_in()
        until("every fault was met", 120, lambda: all(double.faults[name][0].fired for name in names), every=0.2)
        customer.wait_delivered(names, end, 240)
        for name in names:
            with self.subTest(name):
                self.assertEqual(double.faults[name][0].fired, 1)
                report = customer.check(self, name)
                rows = sum(report.rows.values())
                first, last = report.ranges[min(report.ranges)]
                self.assertEqual(rows, last - first + 1)
                self.assertGreaterEqual(rows, count)
                left = double.buckets[name].uploads
                # Only one whose id never reached us can be left behind.
                if "lost-after" not in name and "cut-answer" not in name:
                    self.assertEqual(left, {})
        return len(names)


if __name__ == "__main__":
    unittest.main()
