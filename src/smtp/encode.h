#pragma once

#include <string>
#include <string_view>

// The encodings of RFC 2045 and 2047.
namespace trailkeeper::smtp {

// Quoted-printable (RFC 2045 section 6.7) of a text: lines of at most 76 characters, ended by CRLF,
// the last too. No line begins with "." or "From ", which old relays change.
std::string quoted_printable(std::string_view text);

// Encoded words (RFC 2047) with a fold between them; no line is longer than 76 characters when the
// first begins at `column` (at most 62). UTF-8 sequences stay whole.
std::string encoded_words(std::string_view text, std::size_t column);

// An unstructured header's value: as it is when it is short printable ASCII, else encoded words.
std::string header_text(std::string_view text, std::size_t column);

// A display name before an address: an atom, a quoted string or encoded words.
std::string display_name(std::string_view name, std::size_t column);

}  // namespace trailkeeper::smtp
