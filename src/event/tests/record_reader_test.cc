#include "record_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "event/record.h"
#include "samples.h"
#include "testing/random_event.h"

// The quick reader against the one that reads any JSON.
namespace trailkeeper::event {
namespace {

using testing::random_event;

constexpr Timestamp kAt = from_micros(1'795'000'000'000'000);
constexpr std::size_t kEvents = 20'000;

TEST(RecordReader, ReadsWhatWasRendered) {
  std::mt19937_64 random(20261123);
  RecordReader reader;
  StoredView view;
  for (std::size_t i = 1; i <= kEvents; ++i) {
    const StoredEvent stored = random_event(random, "acme", i);
    const std::string record = render_record(stored);
    ASSERT_TRUE(reader.read(record, view)) << record;
    ASSERT_EQ(copy_of(view), stored) << record;
  }
}

TEST(RecordReader, EveryField) {
  StoredEvent stored = full_stored_event();
  stored.event.metadata = R"({"quoted \" } ]":["\\",{"a":[]}],"b":"}"})";
  const std::string record = render_record(stored);
  RecordReader reader;
  StoredView view;
  ASSERT_TRUE(reader.read(record, view)) << record;
  EXPECT_EQ(copy_of(view), stored);
}

// A record that another program wrote in another spelling is still read, by the parser.
TEST(RecordReader, TheParserTakesWhatItLeaves) {
  const StoredEvent stored = full_stored_event();
  std::string record = render_record(stored);
  record.insert(1, " ");
  StoredView view;
  EXPECT_FALSE(RecordReader().read(record, view));
  RecordParser parser;
  const auto parsed = parser.parse(record);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(copy_of(**parsed), stored);
}

// Callers pass temporaries.
TEST(RecordReader, TheParserKeepsWhatItsViewsLieIn) {
  const StoredEvent stored = full_stored_event();
  RecordParser parser;
  const auto parsed = parser.parse(render_record(stored));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(copy_of(**parsed), stored);
}

TEST(RecordReader, APartIsNone) {
  std::mt19937_64 random(1);
  const std::string record = render_record(testing::typical_event(random, "acme", 1, kAt));
  RecordReader reader;
  StoredView view;
  ASSERT_TRUE(reader.read(record, view));
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(reader.read(std::string_view(record).substr(0, size), view)) << size;
  }
  EXPECT_FALSE(reader.read(record + " ", view));
}

// Where both take a record that is in its one form, they take it to be the same event.
TEST(RecordReader, NeverReadsAChangedRecordAsAnotherEvent) {
  std::mt19937_64 random(1);
  const std::string characters = R"({}[]":,\ 019aZ-)";
  RecordReader reader;
  StoredView view;
  std::size_t compared = 0;
  for (std::size_t i = 1; i <= kEvents; ++i) {
    std::string record = render_record(testing::typical_event(random, "acme", i, kAt));
    record[random() % record.size()] = characters[random() % characters.size()];
    const auto parsed = parse_record(record);
    if (!parsed || render_record(*parsed) != record || !reader.read(record, view)) continue;
    ++compared;
    ASSERT_EQ(copy_of(view), *parsed) << record;
  }
  EXPECT_GT(compared, kEvents / 100);
}

}  // namespace
}  // namespace trailkeeper::event
