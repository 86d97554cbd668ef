#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "deliver/deliveries.h"
#include "deliver/ports.h"
#include "settings/deliveries.h"

// A validated destination as others write below it: data packs.
namespace trailkeeper::deliver {

struct Place {
  SinkTarget target;
  settings::DestinationState state = settings::DestinationState::draft;
  std::string reason{};  // of its present trouble
  bool etag_is_md5 = true;
};

// `not_found` when there is no such destination; `conflict` (`not_live`) when its values have not
// passed their validation yet, or it was disconnected.
Result<Place> place_of(settings::Deliveries& state, const OrgId& org, const std::string& id,
                       const Settings& settings);

// The ETag that the object gets in a bucket whose ETags are MD5s, without quotes: the MD5, or what
// S3 makes of the parts' when it goes up in parts; empty when its file cannot be read.
std::string expected_etag(const SinkObject& object);

// The key of `object` is taken: empty when what lies there is this object, by size and ETag or,
// where ETags are no MD5s, by size and a time not before `first_try_at` (less 15 minutes, for
// clocks that differ). Otherwise the failure is `object_differs`.
std::optional<SinkFailure> settle_existing(ObjectSink& sink, const SinkTarget& target,
                                           const SinkObject& object, bool etag_is_md5,
                                           std::optional<Timestamp> first_try_at);

// Puts an object that must not replace another. One that is there counts as stored when
// settle_existing() says so.
PutOutcome put_once(ObjectSink& sink, const SinkTarget& target, const SinkObject& object,
                    bool etag_is_md5, std::optional<Timestamp> first_try_at);

}  // namespace trailkeeper::deliver
