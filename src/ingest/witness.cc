#include "ingest/witness.h"

#include <charconv>

#include "base/log.h"
#include "httpc/client.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr std::chrono::seconds kRetry{10};
constexpr std::size_t kAtOnce = 256;
constexpr std::size_t kAnswerMax = 64u << 10;

std::string body_of(std::uint64_t old_size, const ledger::Submission& submission) {
  std::string body = "old " + std::to_string(old_size) + "\n";
  for (const merkle::Hash& hash : submission.hashes) body += to_base64(as_text(hash)) + "\n";
  return body + "\n" + submission.checkpoint;
}

std::optional<std::uint64_t> size_in(std::string_view body) {
  if (!body.ends_with('\n')) return std::nullopt;
  std::uint64_t size = 0;
  const char* const end = body.data() + body.size() - 1;
  const auto read = std::from_chars(body.data(), end, size);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return size;
}

}  // namespace

Result<std::unique_ptr<Witness>> Witness::make(Settings settings, ledger::Ledger& ledger,
                                               httpc::Client& http, Stop stop,
                                               metrics::Registry& metrics) {
  auto key = TRY(merkle::VerifierKey::parse(settings.vkey));
  if (key.type() != merkle::KeyType::cosignature_ed25519)
    return Error{ErrorKind::invalid, "vkey", "A witness's key signs cosignatures (type 0x04)."};
  std::unique_ptr<Witness> witness(
      new Witness(std::move(settings), std::move(key), ledger, http, std::move(stop), metrics));
  TRY(witness->hold_known());
  return witness;
}

Witness::Witness(Settings settings, merkle::VerifierKey key, ledger::Ledger& ledger,
                 httpc::Client& http, Stop stop, metrics::Registry& metrics)
    : settings_(std::move(settings)),
      key_(std::move(key)),
      ledger_(ledger),
      http_(http),
      stop_(std::move(stop)),
      signed_(metrics.counter("trailkeeper_cosignatures_total",
                              "Checkpoints that the witness has signed.")),
      failed_(metrics.counter("trailkeeper_cosignature_failures_total",
                              "Checkpoints that the witness was asked to sign and did not.")),
      asker_("witness", kPause, [this] { return step(); }) {}

Result<> Witness::hold_known() {
  std::vector<OrgId> all;
  TRY(ledger_.for_each([&](const OrgId& org, std::uint64_t) { all.push_back(org); }));
  for (const OrgId& org : all) {
    if (TRY(ledger_.witnessed_size(org)) == 0) continue;
    waiting_.insert(org);
    ledger_.hold(org, ledger::HeldFor::witness, true);
  }
  return {};
}

bool Witness::step() {
  const auto now = Clock::now();
  // One that is held is asked first; it is let go when the witness does not answer.
  for (const OrgId& org : std::set<OrgId>(waiting_)) {
    if (asker_.stopping()) return false;
    if (const auto asked = ask(org); !asked) {
      log::warn("the witness was not asked", {{"org", org.str()}, {"why", asked.error().message}});
      failed_.add();
    }
    waiting_.erase(org);
    ledger_.hold(org, ledger::HeldFor::witness, false);
  }
  const auto orgs = ledger_.unwitnessed(kAtOnce + later_.size() + refused_.size());
  if (!orgs) return false;
  for (const OrgId& org : *orgs) {
    if (asker_.stopping()) return false;
    const auto later = later_.find(org);
    if (is_refused(org) || (later != later_.end() && now < later->second)) continue;
    if (const auto asked = ask(org); !asked) {
      log::warn("a checkpoint has no cosignature",
                {{"org", org.str()}, {"why", asked.error().message}});
      failed_.add();
      later_[org] = Clock::now() + kRetry;
    } else {
      later_.erase(org);
    }
  }
  return false;
}

Result<> Witness::ask(const OrgId& org) {
  const std::uint64_t known = TRY(ledger_.witnessed_size(org));
  const auto other = TRY(submit(org, known));
  if (!other) return {};
  if (TRY(submit(org, *other)))
    return Error{ErrorKind::unavailable, "witness", "The witness's size changed meanwhile."};
  return {};
}

void Witness::refuse(const OrgId& org, const std::string& reason) {
  if (const auto log = ledger_.log(org)) refused_[org] = log->epoch;
  stop_(org, reason);
}

// Until another log is open.
bool Witness::is_refused(const OrgId& org) {
  const auto found = refused_.find(org);
  if (found == refused_.end()) return false;
  const auto log = ledger_.log(org);
  if (!log || log->epoch == found->second) return true;
  refused_.erase(found);
  return false;
}

Result<std::optional<std::uint64_t>> Witness::submit(const OrgId& org, std::uint64_t old_size) {
  const ledger::Submission submission = TRY(ledger_.submission(org, old_size));
  httpc::Request request{.method = "POST", .url = settings_.url + "/add-checkpoint"};
  request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  request.body = body_of(old_size, submission);
  request.total_timeout = settings_.answer_time;
  request.response_bytes_max = kAnswerMax;
  const httpc::Response answer = TRY(http_.send(request));
  if (answer.status == 200) {
    TRY(keep(org, submission, answer.body));
    return std::optional<std::uint64_t>();
  }
  if (answer.status == 409) {
    const auto size = size_in(answer.body);
    // Not the word of a witness: something between may answer so, and no log stops for that.
    if (!size) return Error{ErrorKind::unavailable, "witness", "The witness named no size."};
    if (*size > submission.size) {
      refuse(org, "The witness has signed this log at size " + std::to_string(*size) +
                      ", and this server knows only " + std::to_string(submission.size) + ".");
      return std::optional<std::uint64_t>();
    }
    if (*size != old_size) return std::optional(*size);
    if (submission.size != old_size)
      return Error{ErrorKind::unavailable, "witness", "The witness contradicts itself."};
    refuse(org, "The witness has signed another log at size " + std::to_string(old_size) + ".");
    return std::optional<std::uint64_t>();
  }
  if (answer.status == 422) {
    refuse(org, "What the witness has signed at size " + std::to_string(old_size) +
                    " is not the beginning of this log.");
    return std::optional<std::uint64_t>();
  }
  return Error{ErrorKind::unavailable, "witness",
               "The witness answered with status " + std::to_string(answer.status) + "."};
}

// Only its own signature is kept, and only when it holds.
Result<> Witness::keep(const OrgId& org, const ledger::Submission& submission,
                       const std::string& lines) {
  merkle::Note note = TRY(merkle::parse_note(submission.checkpoint + lines));
  std::string own;
  for (const merkle::NoteSignature& signature : note.signatures) {
    if (signature.name == key_.name() && signature.key_id == key_.id())
      own = merkle::render_signature(signature);
  }
  if (own.empty() || TRY(merkle::verify_note(note, {key_})).empty())
    return Error{ErrorKind::unavailable, "witness", "The witness gave no signature of its key."};
  TRY(ledger_.add_cosignature(org, submission.size, own));
  signed_.add();
  return {};
}

}  // namespace trailkeeper::ingest
