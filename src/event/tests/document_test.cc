#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "event/parse.h"
#include "event/record.h"

// The examples of docs/formats/record.md are what this code does.
namespace trailkeeper::event {
namespace {

struct Example {
  std::string sent;
  std::string record;
  std::string sha256;
};

// The next fenced block of the kind, from `at` on; empty when there is none.
std::string next_block(const std::string& page, const std::string& kind, std::size_t& at) {
  const std::string opening = "\n```" + kind + "\n";
  const std::size_t found = page.find(opening, at);
  if (found == std::string::npos) return {};
  const std::size_t begin = found + opening.size();
  at = page.find("\n```", begin);
  return page.substr(begin, at - begin);
}

std::vector<Example> examples() {
  std::ifstream file(TRAILKEEPER_SOURCE_DIR "/docs/formats/record.md");
  std::stringstream page;
  page << file.rdbuf();
  std::vector<Example> out;
  std::size_t at = 0;
  for (;;) {
    Example example;
    example.sent = next_block(page.str(), "json", at);
    if (example.sent.empty()) return out;
    example.record = next_block(page.str(), "record", at);
    example.sha256 = next_block(page.str(), "sha256", at);
    out.push_back(std::move(example));
  }
}

TEST(RecordDocument, ItsExamplesAreWhatHappens) {
  const std::vector<Example> all = examples();
  ASSERT_GE(all.size(), 4u);
  json::Document document;
  for (const Example& example : all) {
    auto stored = parse_record(example.record);
    ASSERT_TRUE(stored) << stored.error().message << "\n" << example.record;
    EXPECT_EQ(render_record(*stored), example.record);
    EXPECT_EQ(to_hex(as_text(hash_record(example.record))), example.sha256);

    auto node = document.parse(example.sent);
    ASSERT_TRUE(node) << node.error().message << "\n" << example.sent;
    auto event = parse_event(*node, {.now = stored->event.occurred_at,
                                     .default_organization = OrgId::parse("acme"),
                                     .default_application = "crm"});
    ASSERT_TRUE(event) << event.error().message << "\n" << example.sent;
    EXPECT_EQ(*event, stored->event) << example.sent;
  }
}

}  // namespace
}  // namespace trailkeeper::event
