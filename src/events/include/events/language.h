#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/filter.h"

// The search language of docs/search.md: one line of text that says which events are meant. Pure;
// thread-safe.
namespace trailkeeper::events {

inline constexpr std::size_t kQueryBytesMax = 2048;
inline constexpr std::size_t kTermsMax = 40;
inline constexpr std::size_t kValuesMax = 50;       // of one condition
inline constexpr std::size_t kValueBytesMax = 256;  // of one value

// The conditions in the order in which they stand there. `invalid`, code `invalid_query`, for what
// is no such text; its one field problem has the pointer given and says at which character.
Result<std::vector<Term>> parse_terms(std::string_view text, std::string_view pointer = "query");

// Sets `query` and `terms` of the filter.
Result<> set_query(Filter& filter, std::string_view text, std::string_view pointer = "query");

// A text that parse_terms() reads as these very terms. REQUIRES: they came from there.
std::string write_terms(const std::vector<Term>& terms);

std::string_view field_name(Field field);
// Without regard to case; empty when there is none of that name. `text` has none.
std::optional<Field> find_field(std::string_view name);

// What `field` can be, where that is a closed list; empty for the others.
const std::vector<std::string_view>& choices_of(Field field);

// The values of `is:`.
inline constexpr std::string_view kUnauthorised = "unauthorised";
inline constexpr std::string_view kCriticalChange = "critical_change";
inline constexpr std::string_view kUnusualSource = "unusual_source";

}  // namespace trailkeeper::events
