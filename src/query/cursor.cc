#include "cursor.h"

#include <cstring>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "json/lists.h"

namespace trailkeeper::query {
namespace {

// Fixed layout: occurred_at, seq, total, whether it is exact, then the hash.
struct Fields {
  std::int64_t occurred_at;
  std::uint64_t seq;
  std::uint64_t total;
  std::uint64_t exact;
};

// Everything that decides which rows there are and in which order, without ambiguity.
std::string describe(const SearchRequest& request) {
  const events::Filter& f = request.filter;
  json::Writer out;
  out.begin_object().member("org", request.org.str()).member("ascending", request.ascending);
  if (f.from) out.member("from", to_micros(*f.from));
  if (f.to) out.member("to", to_micros(*f.to));
  out.member("q", f.q).member("name", f.name).member("email", f.email).member("action", f.action);
  out.member("area", f.area).member("ip", f.ip);
  json::write_texts(out, "categories", f.categories);
  json::write_texts(out, "outcomes", f.outcomes);
  json::write_texts(out, "cruds", f.cruds);
  out.key("http_statuses").begin_array();
  for (std::int64_t status : f.http_statuses) out.integer(status);
  out.end_array();
  json::write_texts(out, "actions", f.actions);
  json::write_texts(out, "actor_names", f.actor_names);
  json::write_texts(out, "actor_ids", f.actor_ids);
  json::write_texts(out, "target_types", f.target_types);
  out.member("query", f.query).end_object();
  return out.take();
}

journal::KeyHash hash(const Fields& fields, const SearchRequest& request,
                      const journal::Journal& journal) {
  std::string text = "cursor";
  text.append(reinterpret_cast<const char*>(&fields), sizeof fields);
  text += describe(request);
  return journal.keyed_hash(text);
}

}  // namespace

std::string Cursor::encode(const SearchRequest& request, const journal::Journal& journal) const {
  const Fields fields{to_micros(position.occurred_at), position.seq.value, total.value,
                      total.exact ? 1u : 0u};
  std::string bytes(reinterpret_cast<const char*>(&fields), sizeof fields);
  bytes += as_text(hash(fields, request, journal));
  return to_base64url(bytes);
}

std::optional<Cursor> Cursor::decode(std::string_view text, const SearchRequest& request,
                                     const journal::Journal& journal) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != sizeof(Fields) + sizeof(journal::KeyHash)) return std::nullopt;
  Fields fields;
  std::memcpy(&fields, bytes->data(), sizeof fields);
  const journal::KeyHash expected = hash(fields, request, journal);
  if (!crypto::constant_time_equal(as_text(expected),
                                   std::string_view(*bytes).substr(sizeof fields))) {
    return std::nullopt;
  }
  return Cursor{{from_micros(fields.occurred_at), Seq{fields.seq}},
                {fields.total, fields.exact != 0}};
}

}  // namespace trailkeeper::query
