#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"
#include "ingest/event_rules.h"
#include "ingest/limits.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

// The intake forms: a request's bytes become events, the good ones are committed by the journal,
// each item gets its answer.
namespace trailkeeper::ingest {

enum class Form {
  own_json,    // one event object, or an array of them
  own_ndjson,  // one event a line
  workos,      // {"organization_id", "event": {...}}
  otlp_json,   // OpenTelemetry's ExportLogsServiceRequest
  otlp_protobuf,
  cloudevent,  // CloudEvents 1.0: one event in JSON, an array of them, or one in headers and body
  cloudevent_batch,
  cloudevent_binary,
  retraced,       // one event of Retraced's publisher API
  retraced_bulk,  // {"events": [...]}
};

struct Request {
  Form form = Form::own_json;
  std::string body;                         // already unpacked
  std::string application;                  // the key's
  std::optional<OrgId> key_organization{};  // empty: the key is for all orgs
  std::string route;                        // scope of the idempotency key
  std::string idempotency_key{};            // empty: none
  bool atomic = false;
  // Trailkeeper's own actions, from the outbox. Only they may use what is reserved: the
  // organization and the application `trailkeeper` and actions that begin with `trailkeeper.`, so
  // that no key can forge them.
  bool own = false;
  Sender sender{};                // whose limits count
  LimitReport* limits = nullptr;  // filled before `done` is called; lives until then
  std::string otlp_mapping{};     // the key's, for OTLP; empty: only ours
  // Of a CloudEvent in binary mode: its attributes, decoded, and the body's media type.
  std::vector<std::pair<std::string, std::string>> attributes{};
  std::string media_type{};
};

// Which organizations there are; owned by the ingest service, answered by `access`. Thread-safe,
// quick.
class Organizations {
 public:
  virtual ~Organizations() = default;
  virtual bool exists(const OrgId& org) const = 0;
};

struct Answer {
  journal::Receipt receipt;
  std::size_t stored = 0;  // created and duplicate
  std::size_t rejected = 0;
  // Name of the log that holds what was stored; empty when that is several logs.
  std::string log{};
  // Then: an item's log each; empty where it is not known.
  std::vector<std::string> logs{};
  // What a form's answer needs besides the receipt, an item each; empty for most forms.
  std::vector<std::string> echoes{};
};

inline constexpr std::size_t kEventsPerRequestMax = 50'000;
inline constexpr std::size_t kBodyBytesMax = 10u << 20;

class Ingest {
 public:
  // `rules` may be null: events are stored as they are sent. Our own actions are in any case.
  // `limits` may be null: then everyone sends as much as they like. `logs` may be null: then
  // answers name none.
  Ingest(journal::Journal& journal, const Organizations& organizations, const Clock& clock,
         metrics::Registry& metrics, const EventRulesSource* rules = nullptr,
         Limits* limits = nullptr, ledger::Ledger* logs = nullptr);
  ~Ingest();

  // Parses and validates on the calling thread, then commits; `done` is called once, on this or the
  // journal's thread. What it reports as stored is durable. Errors: `invalid` when no event could
  // be stored (with `fields` telling why, and code `malformed_json`, `invalid_event`, `no_events`,
  // `too_many_events`, `idempotency_key_reused` ...), `not_found` for an org that is not there or
  // not the key's, `limited` (`rate_limited`), `unavailable`.
  void accept(Request request, std::function<void(Result<Answer>)> done);

  // What the sender has left now, for requests that were refused before accept().
  LimitReport limits(const Sender& sender) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::ingest
