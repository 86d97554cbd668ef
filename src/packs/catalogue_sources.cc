#include <algorithm>

#include "actions.h"
#include "catalogue.h"
#include "deliver/place.h"
#include "packs/locations.h"
#include "settings/orgs.h"

// Sources and destinations: what packs are read from and where they go.
namespace trailkeeper::packs {
namespace {

using settings::DataPackDestination;
using settings::DataSource;
using settings::ReadTx;
using settings::WriteTx;

settings::Target source_target(const std::string& id) { return {.type = "data_source", .id = id}; }

// Without a password that is kept already.
SourceSettings settings_of(const SourceRequest& request) {
  return {.type = request.type,
          .host = request.host,
          .port = request.port,
          .database = request.database,
          .user = request.user,
          .password = request.password.value_or(""),
          .tls = request.tls,
          .ca = request.ca};
}

Result<int> packs_of(const ReadTx& tx, const std::string& source) {
  const auto packs = TRY(settings::list_data_packs(tx));
  return static_cast<int>(std::count_if(
      packs.begin(), packs.end(),
      [&](const settings::DataPack& pack) { return pack.source == source && !pack.ended; }));
}

bool goes(const DestinationView& view, const std::string& sink) {
  return std::find(view.sinks.begin(), view.sinks.end(), sink) != view.sinks.end();
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " and ") + text;
  return out;
}

// As pages show times: 22 Nov 2026 14:03 UTC.
std::string time_for_people(Timestamp time) {
  const std::string text = format_http_date(time);  // Sun, 22 Nov 2026 14:03:09 GMT
  const std::size_t day = text[5] == '0' ? 6 : 5;
  return text.substr(day, text.rfind(':') - day) + " UTC";
}

std::vector<std::string> effects_of(const DestinationView& before, const DestinationView& after) {
  std::vector<std::string> effects;
  if (!after.places.empty() && after.places != before.places)
    effects.push_back("New runs go to " + joined(after.places) + ".");
  if (goes(before, "sftp") && !goes(after, "sftp"))
    effects.push_back("Data packs are no longer sent to SFTP.");
  if (goes(before, "s3") && !goes(after, "s3"))
    effects.push_back("Data packs are no longer sent to S3.");
  if (after.destination.compare_until && goes(after, "sftp"))
    effects.push_back("SFTP gets every run too, with the same bytes, until " +
                      time_for_people(*after.destination.compare_until) + ".");
  if (!effects.empty())
    effects.push_back("Runs that are being sent go on to where they began; nothing is sent twice.");
  return effects;
}

}  // namespace

Result<std::vector<SourceView>> Catalogue::sources() {
  return context_.store.read([&](ReadTx& tx) -> Result<std::vector<SourceView>> {
    std::vector<SourceView> views;
    for (DataSource& source : TRY(settings::list_data_sources(tx))) {
      const int packs = TRY(packs_of(tx, source.id));
      views.push_back({std::move(source), packs});
    }
    return views;
  });
}

Result<SourceView> Catalogue::source(const std::string& id) {
  return context_.store.read([&](ReadTx& tx) -> Result<SourceView> {
    auto source = TRY(settings::find_data_source(tx, id));
    if (!source) return source_not_found();
    return SourceView{*std::move(source), TRY(packs_of(tx, id))};
  });
}

Result<bool> Catalogue::put_source(const std::string& id, const SourceRequest& request,
                                   const By& by) {
  if (!is_file_source(request.type)) TRY(dialect_of(request.type));
  if (request.type == "folder" && context_.settings.watched.folder.empty()) {
    const std::string detail = "The configuration names no folder (data_packs.watched_folder).";
    return Error{
        ErrorKind::invalid, "invalid_field", detail, {{"/type", "not_configured", detail}}};
  }
  if (is_location(request.type)) TRY(context_.settings.make_source(settings_of(request)));
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<bool> {
    const auto before = TRY(settings::find_data_source(tx, id));
    DataSource source{.id = id,
                      .type = request.type,
                      .host = request.host,
                      .port = request.port,
                      .database = request.database,
                      .user = request.user,
                      .tls = std::string(tls_name(request.tls)),
                      .ca = request.ca,
                      .created_at = now,
                      .updated_at = now};
    if (request.password) {
      source.password = sealed_password(context_.sealer, id, *request.password);
    } else if (before) {
      // A password is for the server it was given for.
      if (before->host != request.host || before->port != request.port) {
        const std::string detail = "Another server needs its password again.";
        return Error{
            ErrorKind::invalid, "invalid_field", detail, {{"/password", "required", detail}}};
      }
      source.password = before->password;
    }
    TRY(settings::put_data_source(tx, source));
    TRY(note(tx, kSourcePut, settings::own_org(), by, {source_target(id)}, now));
    return !before;
  });
}

Result<> Catalogue::remove_source(const std::string& id, const By& by) {
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::find_data_source(tx, id))) return source_not_found();
    if (TRY(packs_of(tx, id)) > 0)
      return Error{ErrorKind::conflict, "source_in_use", "A data pack reads from this source."};
    TRY(settings::remove_data_source(tx, id));
    TRY(files_.forget(tx, id));
    return note(tx, kSourceRemoved, settings::own_org(), by, {source_target(id)},
                context_.clock.now());
  });
}

Result<SourceCheck> Catalogue::check_source(const std::string& id) {
  const SourceView found = TRY(source(id));
  if (found.source.type == "folder") return folder_.check(id);
  if (is_file_source(found.source.type))
    return SourceCheck{.version = "Takes uploads", .read_only = true};
  const auto source = TRY(open_source(context_, id));
  return source->check();
}

DestinationView Catalogue::destination_view(const DataPackDestination& destination) const {
  DestinationView view{.destination = destination};
  for (const Route& route : routes_of(context_, destination, context_.clock.now())) {
    view.sinks.push_back(route.sink);
    if (!route.place.empty()) view.places.push_back(route.place);
  }
  return view;
}

Result<DestinationView> Catalogue::destination(const OrgId& org) {
  DestinationView view = destination_view(TRY(
      context_.store.read([&](ReadTx& tx) { return settings::data_pack_destination(tx, org); })));
  view.comparisons = TRY(context_.store.read([&](ReadTx& tx) {
    return settings::pack_comparisons(tx, org, "", context_.clock.now() - kComparisonsShown);
  }));
  return view;
}

Result<DestinationChange> Catalogue::put_destination(const DataPackDestination& request,
                                                     bool preview, const By& by) {
  if (!request.s3_destination.empty()) {
    const auto place = deliver::place_of(context_.destinations, request.org, request.s3_destination,
                                         context_.settings.delivery);
    if (!place) {
      const std::string detail = place.error().kind == ErrorKind::not_found
                                     ? "There is no such S3 destination."
                                     : "Validate this S3 destination first.";
      return Error{ErrorKind::invalid,
                   "invalid_field",
                   detail,
                   {{"/s3/destination", place.error().code, detail}}};
    }
  }
  DestinationChange change{.before = TRY(destination(request.org)),
                           .after = destination_view(request)};
  change.after.comparisons = change.before.comparisons;
  change.effects = effects_of(change.before, change.after);
  if (preview) return change;
  const Timestamp now = context_.clock.now();
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_data_pack_destination(tx, request));
    return note(tx, kDestinationSet, request.org, by, {}, now);
  }));
  change.applied = true;
  context_.wake();
  return change;
}

}  // namespace trailkeeper::packs
