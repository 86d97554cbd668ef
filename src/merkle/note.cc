#include "merkle/note.h"

#include <utf8proc.h>

#include <algorithm>

#include "crypto/hash.h"
#include "merkle/big_endian.h"

namespace trailkeeper::merkle {
namespace {

constexpr std::string_view kDash =
    "\xe2\x80\x94 ";  // U+2014 and a space: what a signature begins with
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kSignatureSize = 64;

Error bad_note(const std::string& why) {
  return Error{ErrorKind::invalid, "note", "this is no signed note: " + why};
}

// UTF-8 without control characters but LF.
bool is_plain_text(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t character = 0;
    const auto size = utf8proc_iterate(at, left, &character);
    if (size <= 0 || (character < 0x20 && character != '\n')) return false;
    at += size;
    left -= size;
  }
  return true;
}

bool is_space(utf8proc_int32_t character) {
  const auto category = utf8proc_category(character);
  return character == 0x85 || category == UTF8PROC_CATEGORY_ZS ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_key_name(std::string_view name) {
  if (name.empty() || !is_plain_text(name)) return false;
  if (name.find_first_of("+\n") != std::string_view::npos) return false;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(name.data());
  auto left = static_cast<utf8proc_ssize_t>(name.size());
  while (left > 0) {
    utf8proc_int32_t character = 0;
    const auto size = utf8proc_iterate(at, left, &character);
    if (is_space(character)) return false;
    at += size;
    left -= size;
  }
  return true;
}

std::string typed_key(KeyType type, const crypto::PublicKey& key) {
  std::string bytes(1, static_cast<char>(type));
  bytes += as_text(key);
  return bytes;
}

std::string cosigned_message(std::string_view text, std::uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string(text);
}

// The two parts of "name base64".
Result<NoteSignature> parse_signature(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return bad_note("a signature has a name and a value");
  const auto bytes = from_base64(line.substr(space + 1));
  const std::string_view name = line.substr(0, space);
  if (!is_key_name(name) || !bytes || bytes->size() <= kKeyIdSize)
    return bad_note("a signature's line is malformed");
  NoteSignature signature;
  signature.name = name;
  signature.key_id = static_cast<std::uint32_t>(read_big_endian(bytes->substr(0, kKeyIdSize)));
  signature.bytes = bytes->substr(kKeyIdSize);
  return signature;
}

std::optional<Verified> check(const Note& note, const NoteSignature& signature,
                              const VerifierKey& key) {
  const std::string_view bytes = signature.bytes;
  if (key.type() == KeyType::ed25519) {
    if (!crypto::verify(as_text(key.key()), note.text, bytes)) return std::nullopt;
    return Verified{key};
  }
  if (bytes.size() != kTimeSize + kSignatureSize) return std::nullopt;
  const std::uint64_t time = read_big_endian(bytes.substr(0, kTimeSize));
  const std::string message = cosigned_message(note.text, time);
  if (!crypto::verify(as_text(key.key()), message, bytes.substr(kTimeSize))) return std::nullopt;
  return Verified{key, time};
}

Result<NoteSignature> signature_of(const std::string& name, KeyType type,
                                   const crypto::SigningKey& key, std::string_view text,
                                   std::string bytes) {
  if (!text.ends_with('\n') || text.size() > kNoteSizeMax || !is_plain_text(text))
    return bad_note("its text cannot be signed");
  const VerifierKey public_key = TRY(VerifierKey::make(name, type, key.public_key()));
  return NoteSignature{name, public_key.id(), std::move(bytes)};
}

}  // namespace

Result<VerifierKey> VerifierKey::make(std::string name, KeyType type,
                                      const crypto::PublicKey& key) {
  if (!is_key_name(name)) {
    return Error{ErrorKind::invalid, "key_name",
                 "a key's name is not empty and has no spaces, no '+' and no control characters"};
  }
  VerifierKey made;
  made.name_ = std::move(name);
  made.type_ = type;
  made.key_ = key;
  const Sha256Digest digest = crypto::sha256(made.name_ + "\n" + typed_key(type, key));
  made.id_ = static_cast<std::uint32_t>(read_big_endian(as_text(digest).substr(0, kKeyIdSize)));
  return made;
}

Result<VerifierKey> VerifierKey::parse(std::string_view vkey) {
  const Error broken{ErrorKind::invalid, "vkey", "this is no verification key"};
  const auto first = vkey.find('+');
  const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return broken;
  const auto bytes = from_base64(vkey.substr(second + 1));
  if (!bytes || bytes->size() != 1 + crypto::PublicKey{}.size()) return broken;
  const auto type = static_cast<KeyType>(bytes->front());
  if (type != KeyType::ed25519 && type != KeyType::cosignature_ed25519) return broken;
  crypto::PublicKey key;
  std::copy(bytes->begin() + 1, bytes->end(), key.begin());
  auto made = make(std::string(vkey.substr(0, first)), type, key);
  // The id is a checksum of name and key, so that a typing mistake is found.
  if (!made || made->vkey() != vkey) return broken;
  return *std::move(made);
}

std::string VerifierKey::vkey() const {
  return name_ + "+" + to_hex(big_endian(id_, kKeyIdSize)) + "+" +
         to_base64(typed_key(type_, key_));
}

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kNoteSizeMax) return bad_note("it is too long");
  if (!is_plain_text(bytes)) return bad_note("it has control characters or is not UTF-8");
  const auto end = bytes.rfind("\n\n");
  if (end == std::string_view::npos) return bad_note("no empty line ends its text");
  Note note;
  note.text = bytes.substr(0, end + 1);
  std::string_view rest = bytes.substr(end + 2);
  if (rest.empty() || !rest.ends_with('\n')) return bad_note("it has no signatures");
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    if (!line.starts_with(kDash)) return bad_note("a signature's line is malformed");
    if (note.signatures.size() == kNoteSignaturesMax) return bad_note("too many signatures");
    note.signatures.push_back(TRY(parse_signature(line.substr(kDash.size()))));
  }
  return note;
}

std::string render_signature(const NoteSignature& signature) {
  return std::string(kDash) + signature.name + " " +
         to_base64(big_endian(signature.key_id, kKeyIdSize) + signature.bytes) + "\n";
}

std::string render_note(const Note& note) {
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) bytes += render_signature(signature);
  return bytes;
}

Result<NoteSignature> sign_note(std::string_view text, const std::string& name,
                                const crypto::SigningKey& key) {
  return signature_of(name, KeyType::ed25519, key, text, std::string(as_text(key.sign(text))));
}

Result<NoteSignature> cosign_note(std::string_view text, std::uint64_t unix_seconds,
                                  const std::string& name, const crypto::SigningKey& key) {
  const crypto::Signature signature = key.sign(cosigned_message(text, unix_seconds));
  return signature_of(name, KeyType::cosignature_ed25519, key, text,
                      big_endian(unix_seconds, kTimeSize) + std::string(as_text(signature)));
}

Result<std::vector<Verified>> verify_note(const Note& note, const std::vector<VerifierKey>& known) {
  std::vector<Verified> verified;
  for (const NoteSignature& signature : note.signatures) {
    const auto key = std::find_if(known.begin(), known.end(), [&](const VerifierKey& candidate) {
      return candidate.name() == signature.name && candidate.id() == signature.key_id;
    });
    if (key == known.end()) continue;
    const auto same = [&](const Verified& before) { return before.key == *key; };
    if (std::any_of(verified.begin(), verified.end(), same)) continue;
    auto checked = check(note, signature, *key);
    if (!checked) {
      return Error{ErrorKind::failed, "bad_signature",
                   "the signature of " + key->name() + " does not fit the text"};
    }
    verified.push_back(*std::move(checked));
  }
  return verified;
}

}  // namespace trailkeeper::merkle
