#include "send_state.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/ids.h"

namespace trailkeeper::cli {
namespace {

SendState sample() {
  SendState state;
  state.file = {12345, 1'700'000'000'123'456'789, std::string(64, 'a')};
  state.url = "http://127.0.0.1:8400";
  state.form = "csv,[\"action\",\"A\"]";
  state.batch = 700;
  state.offset = 4096;
  state.line = 41;
  state.created = 30;
  state.duplicates = 7;
  state.rejected = 4;
  state.rejected_bytes = 512;
  state.pending_since = parse_rfc3339("2026-11-23T04:00:00Z");
  return state;
}

TEST(SendState, ComesBackAsItWas) {
  const SendState state = sample();
  const auto back = parse_state(render_state(state));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->file, state.file);
  EXPECT_EQ(render_state(*back), render_state(state));
  SendState settled = state;
  settled.pending_since.reset();
  EXPECT_FALSE(parse_state(render_state(settled))->pending_since);
}

TEST(SendState, WhatIsCutOrForeignIsRefused) {
  const std::string text = render_state(sample());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    EXPECT_FALSE(parse_state(text.substr(0, size))) << size;
  }
  for (const char* foreign : {"", "{}", "[]", R"({"version":2})", R"({"version":1})"}) {
    EXPECT_FALSE(parse_state(foreign)) << foreign;
  }
}

TEST(SendState, AFileIsAnotherWhenItsStartOrSizeIs) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("send_state_test_" + random_base32(10));
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write("one\n");
  const auto one = identify(path);
  ASSERT_TRUE(one);
  EXPECT_EQ(*identify(path), *one);
  write("two\n");
  EXPECT_NE(identify(path)->head_sha256, one->head_sha256);
  write("one\none\n");
  EXPECT_NE(identify(path)->size, one->size);
  std::filesystem::remove(path);
  EXPECT_FALSE(identify(path));
  EXPECT_FALSE(identify(std::filesystem::temp_directory_path()));
}

}  // namespace
}  // namespace trailkeeper::cli
