#include "compare.h"
#include "json/writer.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kDifferencesMax = 100;
constexpr std::size_t kOthersMax = 20;

std::string_view word_of(Holding holding) {
  switch (holding) {
    case Holding::same:
      return "same";
    case Holding::missing:
      return "missing";
    case Holding::other_size:
      return "size";
    case Holding::other_content:
      return "content";
  }
  return "";
}

std::string sentence(const std::string& sink, const HeldFile& held, const ExpectedFile& expected) {
  const std::string side = sink == "s3" ? "S3" : "SFTP";
  switch (held.holding) {
    case Holding::missing:
      return side + " does not hold " + held.name + ".";
    case Holding::other_size:
      return side + " holds " + held.name + " with " + std::to_string(held.bytes) +
             " bytes instead of " + std::to_string(expected.bytes) + ".";
    default:
      return side + " holds " + held.name + " with other bytes than were sent.";
  }
}

// Names come from the customer's side and may be anything.
std::string readable(std::string_view name) {
  std::string quoted;
  json::append_string_lossy(quoted, name);
  return quoted;
}

void write_side(json::Writer& out, const Side& side) {
  out.begin_object().member("destination", side.sink).member("read_by", side.found.read_by);
  out.member("other_files", static_cast<std::uint64_t>(side.found.others.size()));
  out.key("others").begin_array();
  for (std::size_t i = 0; i < side.found.others.size() && i < kOthersMax; ++i)
    out.raw(readable(side.found.others[i]));
  out.end_array().end_object();
}

void write_difference(json::Writer& out, const Side& side, const HeldFile& held,
                      const ExpectedFile& expected) {
  out.begin_object()
      .member("destination", side.sink)
      .member("file", held.name)
      .member("what", word_of(held.holding))
      .member("expected_bytes", expected.bytes);
  out.key("found_bytes");
  held.holding == Holding::missing ? out.null() : out.unsigned_integer(held.bytes);
  out.end_object();
}

}  // namespace

Verdict judge(const std::vector<ExpectedFile>& expected, const std::vector<Side>& sides) {
  Verdict verdict;
  std::uint64_t bytes = 0;
  for (const ExpectedFile& file : expected) bytes += file.bytes;
  json::Writer out;
  out.begin_object().member("files", static_cast<std::uint64_t>(expected.size()));
  out.member("bytes", bytes).key("sides").begin_array();
  for (const Side& side : sides) write_side(out, side);
  out.end_array().key("differences").begin_array();
  std::size_t differences = 0;
  for (const Side& side : sides) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const HeldFile held =
          i < side.found.files.size() ? side.found.files[i] : HeldFile{.name = expected[i].name};
      if (held.holding == Holding::same) continue;
      if (verdict.equal) verdict.first_difference = sentence(side.sink, held, expected[i]);
      verdict.equal = false;
      if (differences++ < kDifferencesMax) write_difference(out, side, held, expected[i]);
    }
  }
  out.end_array().member("different_files", static_cast<std::uint64_t>(differences));
  verdict.result = out.end_object().take();
  return verdict;
}

}  // namespace trailkeeper::packs
