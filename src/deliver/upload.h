#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "s3/client.h"

namespace trailkeeper::deliver {

// Sends `request.file` in parts. What was begun and did not end well is aborted, as far as the
// bucket lets us; nothing of it is ever visible.
s3::Outcome<s3::PutAnswer> put_in_parts(s3::Client& client, const s3::PutRequest& request,
                                        std::uint64_t part_bytes);

// The ETag that S3 gives a file sent in parts of this size: the MD5 of the parts' MD5s, and their
// number.
Result<std::string> parts_etag(const std::string& file, std::uint64_t part_bytes);

}  // namespace trailkeeper::deliver
