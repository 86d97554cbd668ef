#pragma once

#include <sodium.h>

#include <cstdlib>
#include <string_view>

namespace trailkeeper::crypto {

// Must come before any other use of the library; cheap when repeated.
inline void need_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace trailkeeper::crypto
