#include "context.h"

#include "actions.h"
#include "deliver/place.h"
#include "json/writer.h"
#include "packs/locations.h"
#include "s3_sink.h"
#include "settings/orgs.h"

namespace trailkeeper::packs {

Error pack_not_found() {
  return {ErrorKind::not_found, "data_pack_not_found", "There is no such data pack."};
}
Error run_not_found() { return {ErrorKind::not_found, "run_not_found", "There is no such run."}; }
Error source_not_found() {
  return {ErrorKind::not_found, "data_source_not_found", "There is no such data source."};
}

std::string sealed_password(const crypto::Sealer& sealer, const std::string& source,
                            const std::string& password) {
  if (password.empty()) return {};
  return sealer.seal({.table = "data_sources", .column = "password", .row = source}, password);
}

Result<std::unique_ptr<Source>> open_source(const Context& context, const std::string& id) {
  const auto found = TRY(
      context.store.read([&](settings::ReadTx& tx) { return settings::find_data_source(tx, id); }));
  if (!found) return source_not_found();
  SourceSettings settings{.type = found->type,
                          .host = found->host,
                          .port = found->port,
                          .database = found->database,
                          .user = found->user,
                          .tls = find_tls(found->tls).value_or(Tls::verify),
                          .ca = found->ca};
  if (!found->password.empty()) {
    settings.password = TRY(context.sealer.open(
        {.table = "data_sources", .column = "password", .row = id}, found->password));
  }
  return context.settings.make_source(settings);
}

Result<Dialect> dialect_of(const std::string& type) {
  if (type == "postgresql") return Dialect::postgresql;
  if (type == "mariadb") return Dialect::mysql;
  if (type == "clickhouse" || is_location(type)) return Dialect::clickhouse;
  return Error{ErrorKind::invalid,
               "invalid_field",
               "There is no source of this type.",
               {{"/type", "unknown", "There is no source of this type."}}};
}

Result<std::optional<settings::DataPackVersion>> version_in_use(const settings::ReadTx& tx,
                                                                const std::string& pack) {
  auto versions = TRY(settings::data_pack_versions(tx, pack));
  if (versions.empty()) return std::optional<settings::DataPackVersion>();
  return std::optional<settings::DataPackVersion>(std::move(versions.front()));
}

Result<std::string> s3_location(const Context& context,
                                const settings::DataPackDestination& destination) {
  const auto place = TRY(deliver::place_of(context.destinations, destination.org,
                                           destination.s3_destination, context.settings.delivery));
  return place.target.endpoint + " " + s3_place(place.target, destination.s3_path);
}

std::vector<Route> routes_of(const Context& context,
                             const settings::DataPackDestination& destination, Timestamp now) {
  std::vector<Route> routes;
  const bool s3 = !destination.s3_destination.empty();
  if (s3) {
    Route route{.sink = "s3"};
    if (const auto sink = open_sink(context, destination.org, destination, "s3")) {
      route.place = (*sink)->place();
      if (auto location = s3_location(context, destination)) route.location = std::move(*location);
    }
    routes.push_back(std::move(route));
  }
  const bool comparing = destination.compare_until && now < *destination.compare_until;
  if (!s3 || destination.keep_sftp || comparing) {
    Route route{.sink = "sftp"};
    const auto sink = open_sink(context, destination.org, destination, "sftp");
    if (sink) route.place = (*sink)->place();
    // An org that never had SFTP has nothing to keep.
    if (sink || !s3 || sink.error().kind != ErrorKind::not_found)
      routes.push_back(std::move(route));
  }
  return routes;
}

Result<std::unique_ptr<PackSink>> open_sink(const Context& context, const OrgId& org,
                                            const settings::DataPackDestination& destination,
                                            const std::string& sink) {
  if (sink == "sftp") {
    if (context.settings.sftp) return context.settings.sftp(org);
    return Error{ErrorKind::not_found, "no_destination", "No destination is set for data packs."};
  }
  if (context.settings.delivery.enabled && !context.settings.delivery.enabled(org)) {
    return Error{ErrorKind::unavailable, "not_enabled",
                 "The S3 integration is not enabled for this organization."};
  }
  auto place = TRY(deliver::place_of(context.destinations, org, destination.s3_destination,
                                     context.settings.delivery));
  if (place.state == settings::DestinationState::paused)
    return Error{ErrorKind::unavailable, "paused", "The S3 integration is paused."};
  return make_s3_pack_sink(context.sink, std::move(place), destination.s3_path,
                           context.settings.part_bytes);
}

Result<> note(settings::WriteTx& tx, const settings::ActionInfo& info, const OrgId& org,
              const By& by, std::vector<settings::Target> targets, Timestamp now,
              std::string metadata) {
  return settings::add_to_outbox(tx,
                                 {.info = info,
                                  .org = org,
                                  .actor = by.actor,
                                  .origin = by.origin,
                                  .targets = std::move(targets),
                                  .metadata = std::move(metadata)},
                                 now);
}

Result<> note_run(settings::WriteTx& tx, const settings::ActionInfo& info,
                  const settings::PackRun& run, const By& by, Timestamp now) {
  json::Writer metadata;
  metadata.begin_object()
      .member("version", run.version)
      .member("kind", run.kind)
      .member("interval_start", format_rfc3339(run.interval_start))
      .member("interval_end", format_rfc3339(run.interval_end));
  if (run.staged_at) metadata.member("rows", run.rows).member("bytes", run.bytes);
  if (!run.manifest_sha256.empty()) metadata.member("manifest_sha256", run.manifest_sha256);
  if (!run.replaces.empty()) metadata.member("replaces", run.replaces);
  const bool failed = run.state == settings::PackRunState::failed;
  return settings::add_to_outbox(tx,
                                 {.info = info,
                                  .org = run.org,
                                  .actor = by.actor,
                                  .origin = by.origin,
                                  .targets = {{.type = "data_pack", .id = run.pack},
                                              {.type = "data_pack_run", .id = run.id.str()}},
                                  .success = !failed,
                                  .error_message = failed ? "The run could not be made." : "",
                                  .metadata = metadata.end_object().take()},
                                 now);
}

Result<> note_comparison(settings::WriteTx& tx, const settings::PackRun& run, bool equal,
                         const std::string& difference, Timestamp now) {
  return settings::add_to_outbox(tx,
                                 {.info = kSidesCompared,
                                  .org = run.org,
                                  .actor = settings::system_actor(),
                                  .targets = {{.type = "data_pack", .id = run.pack},
                                              {.type = "data_pack_run", .id = run.id.str()}},
                                  .success = equal,
                                  .error_message = difference},
                                 now);
}

}  // namespace trailkeeper::packs
