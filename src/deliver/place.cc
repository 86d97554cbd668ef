#include "deliver/place.h"

#include <chrono>

#include "base/bytes.h"
#include "upload.h"
#include "values.h"

namespace trailkeeper::deliver {
namespace {

constexpr Duration kClockDifference = std::chrono::minutes(15);

}  // namespace

std::string expected_etag(const SinkObject& object) {
  const bool in_parts =
      object.part_bytes > 0 && !object.file.empty() && object.bytes > object.part_bytes;
  if (!in_parts) return to_hex(object.md5);
  const auto etag = parts_etag(object.file, object.part_bytes);
  return etag ? *etag : std::string();
}

Result<Place> place_of(settings::Deliveries& state, const OrgId& org, const std::string& id,
                       const Settings& settings) {
  const settings::Destination destination = TRY(state.find(org, id));
  // Where data packs go is asked before the last step of the wizard activates.
  bool usable = destination.active.has_value();
  if (!usable && destination.validated_at)
    usable = !TRY(state.claimed_by(org, id, destination.shown));
  if (!usable || destination.state == settings::DestinationState::disabled)
    return Error{ErrorKind::conflict, "not_live", "The S3 integration is not active."};
  const settings::S3Target& target = destination.active ? *destination.active : destination.shown;
  Place place{.target = sink_target(target, destination, settings)};
  place.state = destination.state;
  place.reason = destination.reason;
  place.etag_is_md5 = destination.etag_is_md5;
  return place;
}

std::optional<SinkFailure> settle_existing(ObjectSink& sink, const SinkTarget& target,
                                           const SinkObject& object, bool etag_is_md5,
                                           std::optional<Timestamp> first_try_at) {
  const ListOutcome listed = sink.list(target, object.key, 2);
  if (listed.failure) return listed.failure;
  for (const ListedObject& found : listed.objects) {
    if (found.key != object.key) continue;
    const bool same = etag_is_md5
                          ? found.etag == expected_etag(object)
                          : first_try_at && found.modified >= *first_try_at - kClockDifference;
    if (found.bytes == object.bytes && same) return std::nullopt;
    return SinkFailure{Blame::ours, "object_differs",
                       "The bucket holds another object under the key " + object.key + ".",
                       "Find out who wrote this object; deliveries go on when it is gone."};
  }
  // Deleted between the two calls, or hidden from the list.
  return SinkFailure{Blame::transient, "exists_unlisted",
                     "The bucket refuses the key as taken but does not list it.", ""};
}

PutOutcome put_once(ObjectSink& sink, const SinkTarget& target, const SinkObject& object,
                    bool etag_is_md5, std::optional<Timestamp> first_try_at) {
  PutOutcome put = sink.put(target, object);
  if (put.kind != PutOutcome::Kind::exists) return put;
  const auto failure = settle_existing(sink, target, object, etag_is_md5, first_try_at);
  put.kind = failure ? PutOutcome::Kind::failed : PutOutcome::Kind::stored;
  if (failure) put.failure = *failure;
  return put;
}

}  // namespace trailkeeper::deliver
