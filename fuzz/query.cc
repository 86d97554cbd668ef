#include <cstdio>
#include <cstdlib>

#include "events/language.h"
#include "forms.h"

namespace trailkeeper::fuzz {
namespace {

void must(bool holds, const char* what, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

}  // namespace

Tally check_query(std::string_view input) {
  const auto terms = events::parse_terms(input);
  if (!terms) {
    const Error& error = terms.error();
    must(error.code == "invalid_query" && error.fields.size() == 1, "a refusal without a place",
         error.message);
    must(error.fields.front().detail.starts_with("At character "), "a refusal without a place",
         error.fields.front().detail);
    return {.refused = 1};
  }
  const std::string written = events::write_terms(*terms);
  // Quotes make it longer, perhaps longer than a query may be.
  if (written.size() > events::kQueryBytesMax) return {.accepted = 1};
  const auto again = events::parse_terms(written);
  must(again.has_value() && *again == *terms, "a query that reads back as another", written);
  return {.accepted = 1};
}

}  // namespace trailkeeper::fuzz
