#include "layout.h"

#include <gtest/gtest.h>

namespace trailkeeper::deliver {
namespace {

const Timestamp kStart = parse_rfc3339("2026-11-22T14:00:00Z").value();

TEST(Layout, NamesObjectsAsDocumented) {
  EXPECT_EQ(object_key("in/audit", kStart, 1, {Seq{11}, Seq{20}}, std::nullopt),
            "in/audit/audit_logs/dt=2026-11-22/hour=14/"
            "000001-00000000000000000011-00000000000000000020.jsonl.gz");
  EXPECT_EQ(object_key("p", kStart + std::chrono::minutes(59), 1, {Seq{11}, Seq{20}}, 7),
            "p/audit_logs/dt=2026-11-22/hour=14/"
            "000001-00000000000000000011-00000000000000000020-00007.jsonl.gz");
  EXPECT_EQ(object_key("p", parse_rfc3339("2026-11-22T00:00:00Z").value(), 12,
                       {Seq{1}, Seq{18446744073709551615u}}, {}),
            "p/audit_logs/dt=2026-11-22/hour=00/"
            "000012-00000000000000000001-18446744073709551615.jsonl.gz");
  EXPECT_EQ(manifest_key("p", kStart, 3, 42),
            "p/audit_logs_manifest/dt=2026-11-22/000003-000000000042.json");
  EXPECT_EQ(probe_key("p"), "p/.trailkeeper-connection-test");
}

TEST(Layout, KeysSortInTheOrderOfDelivery) {
  std::string before;
  std::string before_manifest;
  std::uint64_t seq = 1;
  for (int hour = 0; hour < 60; ++hour) {
    const Timestamp start = kStart + std::chrono::hours(hour);
    for (int part = 0; part < 12; ++part) {
      const std::string key = object_key("p", start, 1, {Seq{seq}, Seq{seq + 90}}, part);
      EXPECT_LT(before, key);
      before = key;
    }
    seq += 91;
    const std::string manifest = manifest_key("p", start, 1, hour + 1);
    EXPECT_LT(before_manifest, manifest);
    before_manifest = manifest;
  }
}

}  // namespace
}  // namespace trailkeeper::deliver
