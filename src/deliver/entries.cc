#include "entries.h"

#include "json/writer.h"

namespace trailkeeper::deliver {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  if (!text.empty()) json::append_string_lossy(out, text);
  return out;
}

}  // namespace

Result<> note(settings::WriteTx& tx, const Entry& entry, std::vector<settings::Change> changes,
              bool success) {
  settings::OwnAction action{.info = entry.info,
                             .org = entry.org,
                             .actor = entry.by.actor,
                             .origin = entry.by.origin,
                             .success = success,
                             .changes = std::move(changes)};
  action.targets.push_back({"s3_integration", entry.id});
  return settings::add_to_outbox(tx, action, entry.now);
}

std::vector<settings::Change> changes_between(const settings::Destination* before,
                                              const settings::Destination& after) {
  std::vector<settings::Change> changes;
  const settings::S3Target none;
  const settings::S3Target& was = before != nullptr ? before->shown : none;
  const settings::S3Target& is = after.shown;
  const auto add = [&changes](std::string_view field, std::string from, std::string to) {
    if (from != to) changes.push_back({std::string(field), std::move(from), std::move(to)});
  };
  add("bucket", quoted(was.bucket), quoted(is.bucket));
  add("region", quoted(was.region), quoted(is.region));
  add("endpoint", quoted(was.endpoint), quoted(is.endpoint));
  add("account_id", quoted(was.account_id), quoted(is.account_id));
  add("path", quoted(was.path), quoted(is.path));
  add("role_arn", quoted(was.role_arn), quoted(is.role_arn));
  add("path_style", was.path_style ? "true" : "false", is.path_style ? "true" : "false");
  add("frequency", before != nullptr ? quoted(schedule::to_string(before->frequency)) : "",
      quoted(schedule::to_string(after.frequency)));
  return changes;
}

}  // namespace trailkeeper::deliver
