#pragma once

#include <memory>
#include <string>

#include "deliver/deliveries.h"
#include "deliver/place.h"
#include "deliver/ports.h"
#include "packs/sink.h"

namespace trailkeeper::packs {

// Below `path` of a validated S3 destination: `<destination's path>/<path>/<pack>/run=<id>/...`.
// Everything given outlives it. `part_bytes`: larger files go up in parts of this size.
std::unique_ptr<PackSink> make_s3_pack_sink(deliver::ObjectSink& sink, deliver::Place place,
                                            std::string path, std::uint64_t part_bytes);

// s3://bucket/path/
std::string s3_place(const deliver::SinkTarget& target, const std::string& path);

}  // namespace trailkeeper::packs
