#include "codec.h"

#include <cstring>

namespace trailkeeper::journal {
namespace {

template <typename T>
void append_number(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
bool take(std::string_view& rest, T& value) {
  if (rest.size() < sizeof value) return false;
  std::memcpy(&value, rest.data(), sizeof value);
  rest.remove_prefix(sizeof value);
  return true;
}

bool take_text(std::string_view& rest, std::string& text) {
  std::uint32_t size = 0;
  if (!take(rest, size) || rest.size() < size) return false;
  text.assign(rest.substr(0, size));
  rest.remove_prefix(size);
  return true;
}

bool take_receipt(std::string_view& rest, ItemReceipt& item) {
  std::uint8_t status = 0;
  std::int64_t received_at = 0;
  if (!take(rest, status) || status > 2 || !take(rest, item.id.bytes) ||
      !take(rest, item.seq.value) || !take(rest, received_at) || !take(rest, item.sha256) ||
      !take_text(rest, item.problem)) {
    return false;
  }
  item.status = static_cast<Status>(status);
  item.received_at = from_micros(received_at);
  return true;
}

}  // namespace

void append_frame(std::string& out, const Sha256Digest& sha256, std::string_view record) {
  append_number(out, static_cast<std::uint32_t>(record.size()));
  out += as_text(sha256);
  out += record;
}

std::optional<Frame> next_frame(std::string_view& rest) {
  std::uint32_t size = 0;
  Frame frame;
  if (!take(rest, size) || !take(rest, frame.sha256) || rest.size() < size) return std::nullopt;
  frame.record = rest.substr(0, size);
  rest.remove_prefix(size);
  return frame;
}

void append_id(std::string& out, const KeyHash& key, const KnownId& known) {
  out += as_text(key);
  out += as_text(known.fingerprint);
  append_number(out, to_micros(known.expires));
  out += as_text(known.id.bytes);
  append_number(out, known.seq.value);
  append_number(out, to_micros(known.received_at));
  out += as_text(known.sha256);
}

bool decode_ids(std::string_view bytes,
                const std::function<void(const KeyHash&, const KnownId&)>& sink) {
  while (!bytes.empty()) {
    KeyHash key;
    KnownId known;
    std::int64_t expires = 0;
    std::int64_t received_at = 0;
    if (!take(bytes, key) || !take(bytes, known.fingerprint) || !take(bytes, expires) ||
        !take(bytes, known.id.bytes) || !take(bytes, known.seq.value) ||
        !take(bytes, received_at) || !take(bytes, known.sha256)) {
      return false;
    }
    known.expires = from_micros(expires);
    known.received_at = from_micros(received_at);
    sink(key, known);
  }
  return true;
}

std::string encode_receipts(const std::vector<ItemReceipt>& items) {
  std::string out;
  out.reserve(items.size() * 72);
  for (const ItemReceipt& item : items) {
    append_number(out, static_cast<std::uint8_t>(item.status));
    out += as_text(item.id.bytes);
    append_number(out, item.seq.value);
    append_number(out, to_micros(item.received_at));
    out += as_text(item.sha256);
    append_number(out, static_cast<std::uint32_t>(item.problem.size()));
    out += item.problem;
  }
  return out;
}

std::optional<std::vector<ItemReceipt>> decode_receipts(std::string_view bytes) {
  std::vector<ItemReceipt> items;
  while (!bytes.empty()) {
    if (!take_receipt(bytes, items.emplace_back())) return std::nullopt;
  }
  return items;
}

}  // namespace trailkeeper::journal
