#include "others.h"

#include <algorithm>

namespace trailkeeper::verify {
namespace {

constexpr std::uint64_t kHeartbeatBytesMax = 1u << 16;
constexpr std::size_t kNamedMax = 1000;  // more of a kind are only counted

// What a heartbeat that holds says of its stream.
OtherReport apply(const Heartbeat& heartbeat, const File& file, std::vector<Stream>& streams) {
  for (Stream& stream : streams) {
    if (stream.number != heartbeat.stream ||
        stream.organization_id() != heartbeat.organization_id) {
      continue;
    }
    const std::uint64_t have = stream.windows.back()->name.window;
    if (Loaded* window = stream.find(heartbeat.window)) {
      if (window->sha256 != heartbeat.manifest.sha256) {
        window->report.add(State::altered, "the heartbeat names another manifest");
      }
      if (heartbeat.window == have) stream.next_due_at = heartbeat.next_due_at;
    } else if (heartbeat.window > have) {
      WindowReport row;
      row.window = have + 1;
      row.windows = heartbeat.window - have;
      row.add(State::gap, "the heartbeat says that it was delivered");
      stream.absent.push_back(std::move(row));
      stream.next_due_at = heartbeat.next_due_at;
    }
    return {file.path, State::complete, ""};
  }
  return {file.path, State::gap,
          "it is of stream " + std::to_string(heartbeat.stream) + ", which is not in the folder"};
}

OtherReport judge_unnamed(const Folder::Root& root, std::size_t index, const std::string& tail,
                          const std::vector<Stream>& streams) {
  const std::string& path = root.files.at(tail).path;
  auto name = object_name(tail);
  if (!name) name = leaves_name(tail);
  if (!name) return {path, State::altered, "it is in no manifest"};
  for (const Stream& stream : streams) {
    if (stream.root != index || stream.number != name->stream) continue;
    const Manifest* last = stream.last();
    if (last != nullptr && !stream.ended && name->first_seq > last->last_seq) {
      return {path, State::unverifiable, "it is in no manifest yet"};
    }
    return {path, State::altered, "it is in no manifest"};
  }
  return {path, State::gap, "its stream has no manifest here"};
}

}  // namespace

void check_heartbeats(const Folder& folder, const std::vector<merkle::VerifierKey>& keys,
                      std::vector<Stream>& streams, Report& report) {
  for (const File& file : folder.heartbeats()) {
    const auto bytes = folder.read(file, kHeartbeatBytesMax);
    const auto heartbeat = bytes ? parse_heartbeat(*bytes) : bytes.error();
    if (!heartbeat) {
      report.others.push_back({file.path, State::altered, "it is no heartbeat"});
      continue;
    }
    const Judgement judgement = check_seal(kHeartbeatType, *bytes, heartbeat->seal, keys);
    if (judgement.state != State::complete) {
      report.others.push_back({file.path, judgement.state, judgement.detail});
      continue;
    }
    report.others.push_back(apply(*heartbeat, file, streams));
  }
}

void check_unnamed(const Folder& folder, const std::vector<Stream>& streams, Report& report) {
  std::uint64_t more = 0;
  for (std::size_t root = 0; root < folder.roots().size(); ++root) {
    for (const auto& [tail, file] : folder.roots()[root].files) {
      if (file.named) continue;
      if (report.others.size() < kNamedMax) {
        report.others.push_back(judge_unnamed(folder.roots()[root], root, tail, streams));
      } else {
        ++more;
      }
    }
  }
  if (more > 0) {
    report.others.push_back(
        {std::to_string(more) + " more files", State::altered, "they are in no manifest"});
  }
}

}  // namespace trailkeeper::verify
