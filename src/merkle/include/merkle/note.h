#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/signature.h"

// Signed notes of c2sp.org/signed-note: a text that several keys may sign, as logs, witnesses and
// foreign verifiers exchange them.
namespace trailkeeper::merkle {

inline constexpr std::size_t kNoteSizeMax = 1 << 20;
inline constexpr std::size_t kNoteSignaturesMax = 100;

// How a signature is made; the number is the standard's, in front of the public key.
enum class KeyType : std::uint8_t {
  ed25519 = 0x01,
  // Of a witness: over the checkpoint and the time it was seen (c2sp.org/tlog-cosignature).
  cosignature_ed25519 = 0x04,
};

// A public key with its name: no spaces and no '+', valid UTF-8, not empty.
class VerifierKey {
 public:
  // `name+hex8(id)+base64(type || key)`. `invalid` (code `vkey`) for anything else, a wrong id and
  // an unknown type included.
  static Result<VerifierKey> parse(std::string_view vkey);
  // `invalid` (code `key_name`) for a name that notes cannot carry.
  static Result<VerifierKey> make(std::string name, KeyType type, const crypto::PublicKey& key);

  const std::string& name() const { return name_; }
  std::uint32_t id() const { return id_; }  // the first 4 bytes of SHA-256(name, LF, type, key)
  KeyType type() const { return type_; }
  const crypto::PublicKey& key() const { return key_; }
  std::string vkey() const;
  bool operator==(const VerifierKey&) const = default;

 private:
  std::string name_;
  std::uint32_t id_ = 0;
  KeyType type_ = KeyType::ed25519;
  crypto::PublicKey key_{};
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string bytes;  // what follows the key id
  bool operator==(const NoteSignature&) const = default;
};

// A text and its signatures, none of them checked.
struct Note {
  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;
};

// `invalid` (code `note`) for what is none: too long, no signatures, a malformed line, control
// characters, no valid UTF-8.
Result<Note> parse_note(std::string_view bytes);
std::string render_note(const Note& note);
// One signature's line, with its LF.
std::string render_signature(const NoteSignature& signature);

// The signature of `key`, named `name`, over `text` as it stands (its LF included). `invalid`
// (codes `key_name`, `note`) for a name or a text that notes cannot carry.
Result<NoteSignature> sign_note(std::string_view text, const std::string& name,
                                const crypto::SigningKey& key);
// A witness's signature over `text`, which it saw at `unix_seconds`.
Result<NoteSignature> cosign_note(std::string_view text, std::uint64_t unix_seconds,
                                  const std::string& name, const crypto::SigningKey& key);

// A signature of a known key that holds.
struct Verified {
  VerifierKey key;
  std::optional<std::uint64_t> cosigned_at{};  // unix seconds; only of a cosignature
};
// Those of `note`'s signatures that are by `known` keys, each key once; unknown ones are passed
// over. `failed` (code `bad_signature`) when one that names a known key does not hold: then nothing
// in the note is to be believed.
Result<std::vector<Verified>> verify_note(const Note& note, const std::vector<VerifierKey>& known);

}  // namespace trailkeeper::merkle
