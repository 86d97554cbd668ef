#include "compare.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "json/document.h"
#include "s3_sink.h"

// What two sides hold of a run, against what was sent.
namespace trailkeeper::packs {
namespace {

ExpectedFile file(std::string name, std::uint64_t bytes = 10, std::string etag = "e1") {
  return {.name = std::move(name), .bytes = bytes, .etag = std::move(etag)};
}

Side side(std::string sink, std::vector<HeldFile> files) {
  return {.sink = std::move(sink), .found = {.files = std::move(files), .read_by = "size"}};
}

TEST(JudgeTest, SidesThatHoldEverythingAreEqual) {
  const Verdict verdict =
      judge({file("a"), file("b", 20)},
            {side("s3", {{"a", Holding::same, 10}, {"b", Holding::same, 20}}),
             side("sftp", {{"a", Holding::same, 10}, {"b", Holding::same, 20}})});
  EXPECT_TRUE(verdict.equal);
  EXPECT_EQ(verdict.first_difference, "");
  json::Document document;
  const auto root = document.parse(verdict.result);
  ASSERT_TRUE(root) << verdict.result;
  EXPECT_EQ(root->find("files")->integer(), 2);
  EXPECT_EQ(root->find("bytes")->integer(), 30);
  EXPECT_EQ(root->find("differences")->size(), 0u);
}

TEST(JudgeTest, EachFileThatIsNotAsItWasSentIsNamedWithItsSide) {
  const Verdict verdict = judge(
      {file("a"), file("b"), file("c")},
      {side("s3",
            {{"a", Holding::same, 10}, {"b", Holding::other_size, 7}, {"c", Holding::same, 10}}),
       side("sftp", {{"a", Holding::missing, 0},
                     {"b", Holding::same, 10},
                     {"c", Holding::other_content, 10}})});
  EXPECT_FALSE(verdict.equal);
  EXPECT_EQ(verdict.first_difference, "S3 holds b with 7 bytes instead of 10.");
  json::Document document;
  const auto root = document.parse(verdict.result);
  ASSERT_TRUE(root);
  const auto differences = root->find("differences");
  std::string seen;
  for (const json::Node one : *differences) {
    for (const char* key : {"destination", "file", "what"})
      seen += std::string(one.find(key)->text()) + " ";
  }
  EXPECT_EQ(seen, "s3 b size sftp a missing sftp c content ");
}

TEST(JudgeTest, ASideThatSaidNothingOfAFileDoesNotHoldIt) {
  const Verdict verdict = judge({file("a")}, {side("sftp", {})});
  EXPECT_FALSE(verdict.equal);
  EXPECT_EQ(verdict.first_difference, "SFTP does not hold a.");
}

TEST(JudgeTest, NamesOfTheirsMayBeAnything) {
  Side theirs = side("sftp", {{"a", Holding::same, 10}});
  theirs.found.others = {"\xff\"quoted", std::string(100, 'x')};
  json::Document document;
  const auto root = document.parse(judge({file("a")}, {theirs}).result);
  ASSERT_TRUE(root);
  const auto sides = root->find("sides");
  EXPECT_EQ((*sides->begin()).find("other_files")->integer(), 2);
}

// A bucket that is only ever listed, in pages as S3 gives them.
class ListedBucket final : public deliver::ObjectSink {
 public:
  std::map<std::string, deliver::ListedObject> objects;
  int lists = 0;

  void add(const std::string& key, std::uint64_t bytes, const std::string& etag) {
    objects[key] = {.key = key, .bytes = bytes, .etag = etag};
  }
  deliver::PutOutcome put(const deliver::SinkTarget&, const deliver::SinkObject&) override {
    ADD_FAILURE() << "a look changes nothing";
    return {};
  }
  deliver::ListOutcome list(const deliver::SinkTarget&, const std::string& prefix,
                            std::size_t keys_max, const std::string& after) override {
    ++lists;
    deliver::ListOutcome out;
    for (auto at = objects.upper_bound(std::max(after, prefix)); at != objects.end(); ++at) {
      if (!at->first.starts_with(prefix) || out.objects.size() == keys_max) break;
      out.objects.push_back(at->second);
    }
    return out;
  }
  deliver::Reach reach(const deliver::SinkTarget&) override { return {}; }
  std::optional<deliver::SinkFailure> assume(const deliver::SinkTarget&) override { return {}; }
};

LookResult look(ListedBucket& bucket, std::vector<ExpectedFile> files, bool etag_is_md5 = true) {
  deliver::Place place;
  place.target.bucket = "b";
  place.target.prefix = "vendor/";
  place.etag_is_md5 = etag_is_md5;
  return make_s3_pack_sink(bucket, place, "packs", 1u << 20)
      ->look({.folder = "deals/run=1", .files = std::move(files)});
}

TEST(S3LookTest, SizesAndDigestsComeFromTheList) {
  ListedBucket bucket;
  const std::string folder = "vendor/packs/deals/run=1/";
  bucket.add(folder + "a", 10, "e1");
  bucket.add(folder + "b", 10, "e2");
  bucket.add(folder + "c", 11, "e1");
  bucket.add(folder + "theirs", 1, "e9");
  bucket.add("vendor/packs/deals/run=10/a", 10, "e1");
  const LookResult found = look(bucket, {file("a"), file("b"), file("c"), file("d")});
  ASSERT_FALSE(found.failure);
  EXPECT_EQ(found.read_by, "etag");
  ASSERT_EQ(found.files.size(), 4u);
  EXPECT_EQ(found.files[0].holding, Holding::same);
  EXPECT_EQ(found.files[1].holding, Holding::other_content);
  EXPECT_EQ(found.files[2].holding, Holding::other_size);
  EXPECT_EQ(found.files[3].holding, Holding::missing);
  EXPECT_EQ(found.others, std::vector<std::string>{"theirs"});
}

TEST(S3LookTest, WhereETagsSayNothingTheSizeHasToDoAndIsNamed) {
  ListedBucket bucket;
  bucket.add("vendor/packs/deals/run=1/a", 10, "kms");
  const LookResult found = look(bucket, {file("a")}, false);
  EXPECT_EQ(found.read_by, "size");
  EXPECT_EQ(found.files.at(0).holding, Holding::same);
}

TEST(S3LookTest, ManyFilesAreListedInPages) {
  ListedBucket bucket;
  std::vector<ExpectedFile> files;
  for (int i = 0; i < 2500; ++i) {
    files.push_back(file("part-" + std::to_string(100'000 + i)));
    bucket.add("vendor/packs/deals/run=1/" + files.back().name, 10, "e1");
  }
  const LookResult found = look(bucket, files);
  EXPECT_EQ(bucket.lists, 3);
  for (const HeldFile& held : found.files) EXPECT_EQ(held.holding, Holding::same) << held.name;
}

}  // namespace
}  // namespace trailkeeper::packs
