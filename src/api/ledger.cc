#include "ledger/ledger.h"
#include "crypto/hash.h"
#include "json/document.h"
#include "query_reader.h"
#include "resources.h"

// The organizations' logs: C2SP tiles for whoever may know a log's name, and proofs for the people
// and keys of the organization.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kLogNameMax = 26;
constexpr std::size_t kSizeMax = 9'007'199'254'740'991;  // what every JSON reader takes
// A checkpoint is replaced once a second at most; a tile never changes.
constexpr std::string_view kFresh = "public, max-age=1";
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

void write_hashes(json::Writer& out, const std::vector<merkle::Hash>& hashes) {
  out.key("hashes").begin_array();
  for (const merkle::Hash& hash : hashes) out.string(to_base64(as_text(hash)));
  out.end_array();
}

void write_keys(json::Writer& out, const ledger::Log& log) {
  out.member("log", log.name)
      .member("origin", log.origin)
      .member("epoch", static_cast<std::uint64_t>(log.epoch))
      .member("vkey", log.vkey)
      .member("manifest_vkey", log.manifest_vkey);
}

// The log, and those before it.
Result<> write_log(json::Writer& out, const OrgId& org, const Services& services) {
  const ledger::Log log = TRY(services.ledger.log(org));
  write_keys(out, log);
  out.member("size", log.size).member("published_size", log.published_size);
  out.key("closed").begin_array();
  for (const ledger::Log& closed : TRY(services.ledger.closed_logs(org))) {
    out.begin_object();
    write_keys(out, closed);
    out.member("published_size", closed.published_size).end_object();
  }
  out.end_array();
  return {};
}

// Why nothing is signed or delivered at present.
void write_stop(json::Writer& out, const OrgId& org, const Services& services) {
  out.key("stopped");
  for (const deliver::StoppedLogView& stopped : services.deliveries.stopped_logs()) {
    if (stopped.org != org) continue;
    out.begin_object().member("code", stopped.code).member("reason", stopped.reason);
    out.member("remedy", stopped.remedy);
    member_time(out, "at", stopped.at);
    out.end_object();
    return;
  }
  out.null();
}

// An operator's decision: what was restored goes on as a new log.
Result<httpd::Response> new_epoch(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  const OrgId org = TRY(call.org());
  TRY(services.deliveries.new_epoch(
      org, {.actor = call.caller.principal.actor(&org), .origin = call.caller.origin}));
  json::Writer out;
  out.begin_object();
  TRY(write_log(out, org, services));
  write_stop(out, org, services);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> show_log(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  json::Writer out;
  out.begin_object();
  TRY(write_log(out, org, services));
  write_stop(out, org, services);
  out.end_object();
  return json_response(200, out.take());
}

Result<httpd::Response> show_consistency(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  QueryReader reader(call.request);
  const std::uint64_t from = reader.number("from", 0, kSizeMax, 0);
  TRY(reader.finish());
  const auto found = services.ledger.prove_consistency(org, from);
  if (!found && found.error().code == "out_of_range")
    reader.refuse("from", "out_of_range", "The log has fewer entries than that.");
  TRY(reader.finish());
  const ledger::GrowthProof proof = TRY(found);
  json::Writer out;
  out.begin_object().member("from", from).member("to", proof.size);
  write_hashes(out, proof.hashes);
  return json_response(200, out.member("checkpoint", proof.checkpoint).end_object().take());
}

// The proof of the entry that is stored, which is held against the one in the log before.
Result<ledger::EntryProof> prove(const OrgId& org, const std::string& record, std::string_view log,
                                 const Services& services) {
  json::Document document;
  const json::Node root = TRY(document.parse(record));
  const auto seq = root.find("seq");
  const auto number = seq ? seq->integer() : std::nullopt;
  if (!number) return Error{ErrorKind::failed, "bad_record", "The stored entry has no seq."};
  auto proof = TRY(services.ledger.prove(org, Seq{static_cast<std::uint64_t>(*number)}, log));
  if (proof.entry.record == crypto::sha256(record)) return proof;
  return Error{ErrorKind::failed, "entry_altered",
               "The stored entry is not the one that the log holds: it was changed after it was "
               "received."};
}

// https://c2sp.org/tlog-proof
httpd::Response proof_file(const ledger::EntryProof& proof) {
  std::string text = "c2sp.org/tlog-proof@v1\nindex " + std::to_string(proof.index) + "\n";
  for (const merkle::Hash& hash : proof.hashes) text += to_base64(as_text(hash)) + "\n";
  httpd::Response response;
  response.set("Content-Type", "text/plain; charset=utf-8");
  response.set("Content-Disposition", "attachment; filename=\"entry-" +
                                          std::to_string(proof.entry.seq.value) + ".tlog-proof\"");
  response.set("Cache-Control", "no-store");
  response.body = text + "\n" + proof.checkpoint;
  return response;
}

httpd::Response proof_json(const ledger::EntryProof& proof, const ledger::Log& log) {
  json::Writer out;
  out.begin_object();
  write_keys(out, log);
  out.key("entry")
      .begin_object()
      .member("seq", proof.entry.seq.value)
      .member("received_at", format_rfc3339(proof.entry.received_at))
      .member("sha256", to_hex(as_text(proof.entry.record)))
      .member("leaf", to_base64(merkle::encode_log_entry(proof.entry)))
      .end_object();
  out.member("index", proof.index).member("size", proof.size);
  write_hashes(out, proof.hashes);
  return json_response(200, out.member("checkpoint", proof.checkpoint).end_object().take());
}

// The organization's log of that name; of now when it is empty.
Result<ledger::Log> log_named(const OrgId& org, const std::string& name, const Services& services) {
  ledger::Log now = TRY(services.ledger.log(org));
  if (name.empty() || name == now.name) return now;
  for (ledger::Log& closed : TRY(services.ledger.closed_logs(org))) {
    if (closed.name == name) return std::move(closed);
  }
  return Error{ErrorKind::not_found, "no_such_log", "The organization has no such log."};
}

Result<httpd::Response> show_proof(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  const Uuid id = TRY(call.uuid("entry"));
  QueryReader reader(call.request);
  const bool file = reader.choice("format", {"json", "tlog-proof"}) == "tlog-proof";
  const std::string name = reader.text("log", kLogNameMax);
  TRY(reader.finish());
  const ledger::Log log = TRY(log_named(org, name, services));
  TRY(services.store_available());
  const std::string record = TRY(services.query.get(org, id, grant.visible_from));
  const ledger::EntryProof proof = TRY(prove(org, record, name, services));
  if (file) return proof_file(proof);
  return proof_json(proof, log);
}

// Who knows a log's name may read it, as the standard's clients do; where the operator has closed
// the logs, a key for the organization is needed as well.
class PublicLog {
 public:
  PublicLog(const Gate& gate, const Services& services, bool needs_key)
      : gate_(gate), services_(services), needs_key_(needs_key) {}

  Result<httpd::Response> checkpoint(const httpd::Request& request) const {
    const std::string name = TRY(entered(request));
    return answer("text/plain; charset=utf-8", kFresh, TRY(services_.ledger.checkpoint(name)));
  }

  Result<httpd::Response> tile(const httpd::Request& request) const {
    const std::string name = TRY(entered(request));
    const auto tile = merkle::parse_tile_path(
        "tile/" + std::string(request.parameter("tile").value_or(std::string_view())));
    if (!tile) return Error{ErrorKind::not_found, "no_such_tile", "That is no tile of a log."};
    return answer("application/octet-stream", kForEver, TRY(services_.ledger.tile(name, *tile)));
  }

 private:
  Result<std::string> entered(const httpd::Request& request) const {
    std::string name(request.parameter("log").value_or(std::string_view()));
    if (!needs_key_) return name;
    const Caller caller = TRY(gate_.enter(request));
    const Error unknown{ErrorKind::not_found, "no_such_log", "There is no such log."};
    const auto org = services_.ledger.organization(name);
    if (!org || !services_.permissions.may_read_audit(caller.principal, *org)) return unknown;
    return name;
  }

  httpd::Response answer(std::string_view type, std::string_view caching, std::string body) const {
    httpd::Response response;
    response.set("Content-Type", std::string(type));
    response.set("Cache-Control", std::string(needs_key_ ? "no-store" : caching));
    if (!needs_key_) response.set("Cross-Origin-Resource-Policy", "cross-origin");
    response.body = std::move(body);
    return response;
  }

  const Gate& gate_;
  const Services& services_;
  const bool needs_key_;
};

}  // namespace

void add_ledger_routes(Routes& routes, const Services& services, const Options& options) {
  routes.add("GET", "/v1/orgs/{org}/log",
             [&](const Call& call) { return show_log(call, services); });
  routes.add("POST", "/v1/orgs/{org}/log/new_epoch",
             [&](const Call& call) { return new_epoch(call, services); });
  routes.add("GET", "/v1/orgs/{org}/log/consistency",
             [&](const Call& call) { return show_consistency(call, services); });
  routes.add("GET", "/v1/orgs/{org}/events/{id}/proof",
             [&](const Call& call) { return show_proof(call, services); });
  const auto log =
      std::make_shared<const PublicLog>(routes.gate(), services, options.log_needs_key);
  routes.add_open("GET", "/log/{log}/checkpoint",
                  [log](const httpd::Request& request) { return log->checkpoint(request); });
  routes.add_open("GET", "/log/{log}/tile/{tile...}",
                  [log](const httpd::Request& request) { return log->tile(request); });
}

}  // namespace trailkeeper::api
