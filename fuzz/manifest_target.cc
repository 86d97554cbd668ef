#include <cstdint>

#include "forms.h"

// The libFuzzer entry of what the verifier reads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  trailkeeper::fuzz::check_manifest({reinterpret_cast<const char*>(data), size});
  return 0;
}
