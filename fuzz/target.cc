#include <cstdint>

#include "forms.h"

// The libFuzzer entry of one form; FUZZ_FORM is its name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto form = *trailkeeper::fuzz::find_form(FUZZ_FORM);
  trailkeeper::fuzz::check(form, {reinterpret_cast<const char*>(data), size});
  return 0;
}
