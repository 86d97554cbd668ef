#include "ingest/ingest.h"

#include <algorithm>

#include "charging.h"
#include "event/record.h"
#include "forms.h"
#include "json/lists.h"
#include "lenient_rules.h"
#include "log_names.h"
#include "reserved.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::size_t kFieldsReportedMax = 100;

constexpr std::string_view kOwnName = "trailkeeper";
constexpr std::string_view kOwnActions = "trailkeeper.";

// An item's problem as it stands in the answer (RFC 9457 members, without those that only a
// response has).
std::string problem_json(const Error& error) {
  json::Writer out;
  out.begin_object().member("code", error.code).member("detail", error.message);
  json::write_problems(out, "errors", error.fields);
  out.end_object();
  return out.take();
}

// The parts cannot be confused with one another: none holds a NUL.
std::string scope(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) {
    out += part;
    out += '\0';
  }
  return out;
}

Error item_error(std::string code, std::string message, std::string pointer) {
  Error error{ErrorKind::invalid, code, message};
  error.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return error;
}

void render(const event::EventView& event, journal::Item& item) {
  constexpr std::size_t kUsualTail = 640;
  event::Nonce nonce;
  fill_random(nonce.data(), nonce.size());
  item.tail.reserve(kUsualTail);
  event::append_tail(item.tail, item.id, nonce, event);
}

// What only our own actions may say of themselves; the name of the member that does, or empty.
std::string_view reserved_member(const event::EventView& event) {
  if (event.action.starts_with(kOwnActions)) return "action";
  if (event.application == kOwnName) return "application";
  if (event.area && is_vendor_area(*event.area)) return "area";
  return {};
}

}  // namespace

struct Ingest::Impl {
  Impl(journal::Journal& journal_in, const Organizations& organizations_in, const Clock& clock_in,
       metrics::Registry& metrics, const EventRulesSource* rules_in, Limits* limits_in,
       ledger::Ledger* logs_in)
      : journal(journal_in),
        organizations(organizations_in),
        clock(clock_in),
        rules(rules_in),
        limits(limits_in),
        logs(logs_in),
        created(counter(metrics, "created")),
        duplicate(counter(metrics, "duplicate")),
        rejected(counter(metrics, "rejected")) {}

  static metrics::Counter& counter(metrics::Registry& metrics, const char* status) {
    return metrics.counter("trailkeeper_intake_events_total",
                           "Events of answered requests by their status.", {{"status", status}});
  }

  // Makes `item` ready to commit, or says why it cannot be; the key of its retries is set all the
  // same, if it has one: what was stored once stays stored, whatever is asked of events since.
  // `applied` may be null.
  Result<> prepare(ParsedItem& parsed, const Request& request, Timestamp now,
                   const EventRules* applied, journal::Item& item);
  journal::RetryKey external_key(const ParsedItem& parsed, const Request& request,
                                 const event::EventView& event) const;
  // `begun`: the answer as far as it is known before the commit.
  void commit(journal::Submission submission, std::optional<Error> refused, Answer begun,
              std::function<void(Result<Answer>)> done);
  Answer answer(journal::Receipt receipt, Answer begun);
  class Gathering;

  journal::Journal& journal;
  const Organizations& organizations;
  const Clock& clock;
  const EventRulesSource* const rules;
  Limits* const limits;
  ledger::Ledger* const logs;
  metrics::Counter& created;
  metrics::Counter& duplicate;
  metrics::Counter& rejected;
};

journal::RetryKey Ingest::Impl::external_key(const ParsedItem& parsed, const Request& request,
                                             const event::EventView& event) const {
  return {journal.keyed_hash(scope(
              {"external_id", request.application, event.organization_id, *event.external_id})),
          journal.keyed_hash(parsed.canonical)};
}

Result<> Ingest::Impl::prepare(ParsedItem& parsed, const Request& request, Timestamp now,
                               const EventRules* applied, journal::Item& item) {
  const event::EventView& event = *TRY(parsed.event);
  auto org = OrgId::parse(event.organization_id);
  const bool forbidden = !request.own && org && org->str() == kOwnName;
  if (!org || forbidden || !organizations.exists(*org)) {
    constexpr const char* kUnknown = "There is no such organization.";
    // Of WorkOS' one event the organization is the address: its clients know 404 for it.
    if (request.form == Form::workos) {
      return Error{ErrorKind::not_found, "unknown_organization", kUnknown};
    }
    return item_error("unknown_organization", kUnknown, parsed.pointer + "/organization_id");
  }
  if (const auto member = reserved_member(event); !request.own && !member.empty()) {
    return item_error("reserved", "This is reserved for Trailkeeper's own entries.",
                      parsed.pointer + "/" + std::string(member));
  }
  if (event.external_id) item.external = external_key(parsed, request, event);
  const bool vendor = request.own && event.action.starts_with(kVendorActions);
  item.id = Uuid::v7(now);
  const auto* const lenient = dynamic_cast<const LenientRules*>(applied);
  if (applied == nullptr || vendor || (lenient != nullptr && lenient->leaves(event))) {
    render(event, item);
  } else {
    event::Event changed = event::copy_of(event);
    TRY(applied->apply(changed, parsed.pointer));
    render(event::view_of(changed), item);
  }
  const std::size_t size = item.tail.size() + event::kHeadBytesMax;
  if (size > event::kRecordBytesMax) {
    return item_error("event_too_large",
                      "The event takes " + std::to_string(size) + " bytes as a record; at most " +
                          std::to_string(event::kRecordBytesMax) + " are allowed.",
                      parsed.pointer);
  }
  item.org = std::move(org);
  return {};
}

Answer Ingest::Impl::answer(journal::Receipt receipt, Answer out) {
  std::size_t fresh = 0;
  for (const journal::ItemReceipt& item : receipt.items) {
    fresh += item.status == journal::Status::created ? 1 : 0;
    (item.status == journal::Status::rejected ? out.rejected : out.stored) += 1;
  }
  if (receipt.replayed) {
    duplicate.add(static_cast<double>(out.stored));
  } else {
    created.add(static_cast<double>(fresh));
    duplicate.add(static_cast<double>(out.stored - fresh));
    rejected.add(static_cast<double>(out.rejected));
  }
  out.receipt = std::move(receipt);
  return out;
}

Ingest::Ingest(journal::Journal& journal, const Organizations& organizations, const Clock& clock,
               metrics::Registry& metrics, const EventRulesSource* rules, Limits* limits,
               ledger::Ledger* logs)
    : impl_(std::make_unique<Impl>(journal, organizations, clock, metrics, rules, limits, logs)) {}
Ingest::~Ingest() = default;

LimitReport Ingest::limits(const Sender& sender) const {
  return impl_->limits != nullptr ? impl_->limits->report(sender) : LimitReport{};
}

// Gathers what is to be committed of one request.
class Ingest::Impl::Gathering {
 public:
  Gathering(Impl& impl, const Request& request, Timestamp now)
      : names(impl.logs, request.key_organization),
        impl_(impl),
        request_(request),
        now_(now),
        rules_(impl.rules != nullptr && !request.own ? impl.rules->rules() : nullptr) {
    submission.atomic = request.atomic;
  }

  void take(ParsedItem&& found) {
    journal::Item& item = submission.items.emplace_back();
    auto prepared = impl_.prepare(found, request_, now_, rules_.get(), item);
    // What is refused now may have been stored before.
    names.add(prepared || item.external ? *found.event : nullptr);
    if (prepared) {
      ++good;
      return;
    }
    Error error = std::move(prepared).error();
    point_to_origin(found, error);
    if (refused.code.empty()) {
      refused.kind = error.kind;
      refused.code = error.code;
      refused.message = error.message;
    }
    known_before |= item.external.has_value();
    item.tail.clear();
    item.problem = problem_json(error);
    for (FieldProblem& field : error.fields) {
      if (refused.fields.size() < kFieldsReportedMax) refused.fields.push_back(std::move(field));
    }
  }

  journal::Submission submission;
  std::size_t good = 0;
  bool known_before = false;  // perhaps: something that is refused now has an external id
  Error refused{ErrorKind::invalid, "", ""};  // of the whole request, if nothing is good
  LogNames names;

 private:
  Impl& impl_;
  const Request& request_;
  const Timestamp now_;
  const std::shared_ptr<const EventRules> rules_;
};

void Ingest::accept(Request request, std::function<void(Result<Answer>)> done) {
  if (auto refused = impl_->journal.refusal()) return done(*refused);
  if (auto admitted = admit(impl_->limits, request); !admitted) return done(admitted.error());
  const Timestamp now = impl_->clock.now();
  const bool keyed = !request.idempotency_key.empty();
  Impl::Gathering gathered(*impl_, request, now);
  Result<ParsedRequest> parsed = parse_request(
      request, now, keyed, [&](ParsedItem&& found) { gathered.take(std::move(found)); });
  if (!parsed) {
    charge_unread(impl_->limits, request);
    return done(parsed.error());
  }
  journal::Submission& submission = gathered.submission;
  if (auto charged = charge(impl_->limits, request, submission.items); !charged)
    return done(charged.error());
  std::optional<Error> refused;
  if (gathered.good == 0 || (request.atomic && gathered.good < submission.items.size())) {
    refused = std::move(gathered.refused);
  }
  if (refused && !keyed && !gathered.known_before) {
    impl_->rejected.add(static_cast<double>(submission.items.size()));
    return done(*std::move(refused));
  }
  if (keyed) {
    const std::string org = request.key_organization ? request.key_organization->str() : "*";
    submission.request = journal::RetryKey{
        impl_->journal.keyed_hash(
            scope({"request", request.application, org, request.route, request.idempotency_key})),
        impl_->journal.keyed_hash(parsed->canonical)};
  }
  Answer begun;
  begun.echoes = std::move(parsed->echoes);
  gathered.names.put(begun);
  impl_->commit(std::move(submission), std::move(refused), std::move(begun), std::move(done));
}

// With `refused`, why nothing of it can be stored as things stand now; it may have been before.
void Ingest::Impl::commit(journal::Submission submission, std::optional<Error> refused,
                          Answer begun, std::function<void(Result<Answer>)> done) {
  const std::size_t items = submission.items.size();
  journal.submit(std::move(submission),
                 [this, items, refused = std::move(refused), begun = std::move(begun),
                  done = std::move(done)](Result<journal::Receipt> receipt) mutable {
                   if (!receipt) {
                     // Of an atomic request the journal only knows that something of it is refused.
                     if (!refused || receipt.error().code != "external_id_reused")
                       return done(receipt.error());
                     rejected.add(static_cast<double>(items));
                     return done(*std::move(refused));
                   }
                   Answer out = answer(std::move(*receipt), std::move(begun));
                   if (out.stored == 0 && refused) return done(*std::move(refused));
                   done(std::move(out));
                 });
}

}  // namespace trailkeeper::ingest
