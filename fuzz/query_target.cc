#include <cstdint>

#include "forms.h"

// The libFuzzer entry of the search language.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  trailkeeper::fuzz::check_query({reinterpret_cast<const char*>(data), size});
  return 0;
}
