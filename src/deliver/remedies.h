#pragma once

#include "deliver/ports.h"
#include "s3/failure.h"

namespace trailkeeper::deliver {

enum class Call { assume, list, put, reach };

// A failure of S3 or STS in words for the people who can mend it.
SinkFailure explain(const s3::Failure& failure, Call call, const SinkTarget& target);

}  // namespace trailkeeper::deliver
