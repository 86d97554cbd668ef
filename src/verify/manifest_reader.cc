#include "manifest_reader.h"

#include <algorithm>
#include <charconv>

#include "merkle/proof.h"

namespace trailkeeper::verify {
namespace {

// Trees and sequences have fewer: the arithmetic below never runs over.
constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 62;
constexpr std::size_t kListMax = 100'000;

}  // namespace

std::optional<json::Node> Members::find(std::string_view name, json::Type type) {
  if (!ok()) return std::nullopt;
  const auto node = object_.find(name);
  if (node && node->is(type)) return node;
  fail(name);
  return std::nullopt;
}

std::string Members::text(std::string_view name) {
  const auto node = find(name, json::Type::string);
  return node ? std::string(node->text()) : std::string();
}

std::uint64_t Members::count(std::string_view name) {
  const auto node = find(name, json::Type::number);
  if (!node) return 0;
  const auto value = node->integer();
  if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > kNumberMax) fail(name);
  return ok() ? static_cast<std::uint64_t>(*value) : 0;
}

std::uint64_t Members::decimal(std::string_view name) {
  const std::string digits = text(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value > kNumberMax ||
      std::to_string(value) != digits) {
    fail(name);
  }
  return value;
}

bool Members::boolean(std::string_view name) {
  const auto node = find(name, json::Type::boolean);
  return node && node->boolean();
}

Timestamp Members::time(std::string_view name) {
  const auto time = parse_rfc3339(text(name));
  if (!time) fail(name);
  return time.value_or(Timestamp{});
}

Sha256Digest Members::digest(std::string_view name) {
  Sha256Digest digest{};
  const auto bytes = from_hex(text(name));
  if (!bytes || bytes->size() != digest.size()) {
    fail(name);
  } else {
    std::copy(bytes->begin(), bytes->end(), digest.begin());
  }
  return digest;
}

std::vector<merkle::Hash> Members::hashes(std::string_view name) {
  std::vector<merkle::Hash> hashes;
  const auto node = find(name, json::Type::array);
  if (!node) return hashes;
  for (const json::Node item : *node) {
    merkle::Hash hash;
    const auto bytes = from_base64(item.text());
    if (!item.is(json::Type::string) || !bytes || bytes->size() != hash.size() ||
        hashes.size() == merkle::kProofHashesMax) {
      fail(name);
      return {};
    }
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    hashes.push_back(hash);
  }
  return hashes;
}

std::optional<json::Node> Members::object_or_null(std::string_view name) {
  if (!ok()) return std::nullopt;
  const auto node = object_.find(name);
  if (node && node->is(json::Type::null)) return std::nullopt;
  return find(name, json::Type::object);
}

std::optional<json::Node> Members::list(std::string_view name) {
  const auto node = find(name, json::Type::array);
  if (node && node->size() > kListMax) fail(name);
  return node;
}

ManifestRef read_manifest_ref(json::Node node, Members& outer) {
  Members in(node);
  ManifestRef ref{in.text("key"), in.digest("sha256")};
  if (!in.ok()) outer.fail(in.wrong());
  return ref;
}

ObjectRef read_object_ref(json::Node node, bool with_rows, Members& outer) {
  Members in(node);
  ObjectRef ref;
  ref.key = in.text("key");
  ref.bytes = in.count("bytes");
  if (with_rows) ref.rows = in.count("rows");
  ref.sha256 = in.digest("sha256");
  if (!in.ok()) outer.fail(in.wrong());
  return ref;
}

Seal read_seal(std::string_view line, json::Node node, Members& outer) {
  Members in(node);
  Seal seal;
  seal.key = in.text("key");
  const std::string algorithm = in.text("alg");
  const std::string value = in.text("value");
  const auto signature = from_base64(value);
  const std::string tail =
      R"(,"signature":{"key":")" + seal.key + R"(","alg":"ed25519","value":")" + value + "\"}}";
  if (!in.ok() || algorithm != "ed25519" || !signature || signature->size() != 64 ||
      !line.ends_with(tail)) {
    outer.fail("signature");
    return seal;
  }
  seal.signature = *signature;
  seal.signed_bytes = line.size() - tail.size();
  return seal;
}

}  // namespace trailkeeper::verify
