#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingest/ingest.h"

// What must hold of any bytes that are sent to intake, searched for or verified, whatever they are.
// Shared by the fuzzers and by the replay of their seeds.
namespace trailkeeper::fuzz {

// By the name of its folder of seeds; nothing for another name.
std::optional<ingest::Form> find_form(std::string_view name);

struct Tally {
  std::size_t accepted = 0;
  std::size_t refused = 0;  // events and whole requests
};

// Ends the process with a sentence when a promise is broken: an accepted event renders to a record
// that reads back as the same event; a refused one says why, with pointers that are JSON text.
Tally check(ingest::Form form, std::string_view input);

// The same of a query of the search language (its folder is "query"): what is accepted can be
// written down and reads back as the same; what is refused says where.
Tally check_query(std::string_view input);

// What the offline verifier reads (folder "manifest"): manifests, heartbeats, receipts, proofs,
// rows.
Tally check_manifest(std::string_view input);

}  // namespace trailkeeper::fuzz
