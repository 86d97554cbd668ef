#include "json/lists.h"
#include "object_reader.h"
#include "pack_shapes.h"
#include "packs/locations.h"
#include "resources.h"
#include "schedule/window.h"

// What operators define: sources and data packs.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kPreviewRows = 10;

// Of the vendor's staff; who may is asked once.
Result<deliver::By> vendor(const Call& call, const Services& services) {
  TRY(services.permissions.may_list_orgs(call.caller.principal));
  return deliver::By{.actor = call.caller.principal.vendor_actor(), .origin = call.caller.origin};
}

void write_source(json::Writer& out, const packs::SourceView& view) {
  const settings::DataSource& source = view.source;
  out.begin_object().member("id", source.id).member("type", source.type);
  out.member("host", source.host).key("port");
  source.port > 0 ? out.integer(source.port) : out.null();
  out.member("database", source.database)
      .member("user", source.user)
      .member("has_password", !source.password.empty())
      .member("tls", source.tls);
  member_or_null(out, "ca", source.ca);
  out.member("packs", view.packs);
  member_time(out, "created_at", source.created_at);
  member_time(out, "updated_at", source.updated_at);
  out.end_object();
}

httpd::Response render(int status, const packs::SourceView& view) {
  json::Writer out;
  write_source(out, view);
  return json_response(status, out.take());
}

Result<httpd::Response> list_sources(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& view : TRY(services.packs.sources())) write_source(out, view);
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> put_source(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  const std::string id = TRY(new_pack_id(call.text("source")));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  packs::SourceRequest request;
  request.type = reader.choice(
      "type", {"postgresql", "mariadb", "clickhouse", "upload", "folder", "s3", "http", "files"});
  if (request.type == "upload" || request.type == "folder") {
    TRY(reader.finish());
    const bool made = TRY(services.packs.put_source(id, request, by));
    return render(made ? 201 : 200, TRY(services.packs.source(id)));
  }
  // Of locations each needs some of these; which are missing is said by packs.
  const TextRule short_text{.bytes_max = 255};
  const auto named = [&](const char* name) {
    if (packs::is_location(request.type))
      return reader.optional_text(name, short_text).value_or("");
    return reader.text(name, short_text);
  };
  request.host = named("host");
  request.port = static_cast<int>(reader.optional_integer("port", 1, 65535).value_or(0));
  request.database = named("database");
  request.user = named("user");
  request.password = reader.optional_text("password", {.bytes_max = 1024, .may_be_empty = true});
  request.tls = packs::find_tls(
                    reader.optional_choice("tls", {"off", "require", "verify"}).value_or("verify"))
                    .value_or(packs::Tls::verify);
  request.ca = reader.optional_text("ca", {.bytes_max = 16384, .may_be_empty = true}).value_or("");
  TRY(reader.finish());
  const bool made = TRY(services.packs.put_source(id, request, by));
  return render(made ? 201 : 200, TRY(services.packs.source(id)));
}

Result<httpd::Response> check_source(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  TRY(services.packs.source(call.text("source")));
  const auto check = services.packs.check_source(call.text("source"));
  json::Writer out;
  out.begin_object().member("ok", check && check->ok);
  member_or_null(out, "version", check ? check->version : "");
  out.member("read_only", check && check->read_only);
  member_or_null(out, "warning", check ? check->warning : "");
  member_or_null(out, "detail", check ? check->detail : check.error().message);
  out.key("steps").begin_array();
  if (check) {
    for (const packs::CheckStep& step : check->steps) {
      out.begin_object().member("name", step.name).member("ok", step.ok);
      out.member("detail", step.detail);
      member_or_null(out, "remedy", step.remedy);
      out.end_object();
    }
  }
  out.end_array();
  out.member("duration_ms", check ? check->duration_ms : std::int64_t{0});
  return json_response(200, out.end_object().take());
}

void write_versions(json::Writer& out, const packs::PackView& view) {
  out.key("versions").begin_array();
  for (const settings::DataPackVersion& version : view.versions) {
    out.begin_object().member("version", version.version);
    member_time(out, "released_at", version.released_at);
    member_or_null(out, "ends_at", version.ends_at);
    out.key("columns").raw(version.columns).end_object();
  }
  out.end_array();
}

void write_definition(json::Writer& out, const packs::Definition& definition) {
  out.member("name", definition.name);
  member_or_null(out, "former_name", definition.former_name);
  member_or_null(out, "description", definition.description);
  out.key("source").begin_object().member("id", definition.source);
  member_or_null(out, "query", definition.query);
  member_or_null(out, "files", definition.files);
  out.end_object();
  write_format(out, definition);
  out.member("mode", packs::mode_name(definition.mode));
  member_or_null(out, "column", definition.column);
  json::write_texts(out, "key", definition.key);
  write_schedule(out, definition.schedule);
  out.member("part_rows", definition.part_rows).member("part_bytes", definition.part_bytes);
  out.key("size_tolerance_percent");
  definition.size_tolerance_percent ? out.integer(*definition.size_tolerance_percent) : out.null();
}

void write_pack(json::Writer& out, const packs::PackView& view) {
  const bool released = !view.versions.empty();
  out.begin_object().member("id", view.pack.id);
  out.member("state", view.held_runs > 0 ? "held" : released ? "released" : "draft");
  write_definition(out, view.draft);
  write_columns(out, "columns", view.columns);
  out.key("version");
  released ? out.integer(view.versions.front().version) : out.null();
  write_versions(out, view);
  out.member("pending", view.pending).key("organizations").begin_array();
  for (const OrgId& org : view.orgs) out.string(org.str());
  out.end_array().member("held_runs", view.held_runs);
  member_or_null(out, "next_run_at", view.next_run_at);
  member_time(out, "created_at", view.pack.created_at);
  member_time(out, "updated_at", view.pack.updated_at);
  out.end_object();
}

httpd::Response render(int status, const packs::PackView& view) {
  json::Writer out;
  write_pack(out, view);
  return json_response(status, out.take());
}

Result<httpd::Response> list_packs(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& view : TRY(services.packs.packs())) write_pack(out, view);
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> put_pack(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  const std::string id = TRY(new_pack_id(call.text("pack")));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const packs::Definition definition = TRY(parse_definition(body));
  const bool made = TRY(services.packs.put_pack(id, definition, by));
  return render(made ? 201 : 200, TRY(services.packs.pack(id)));
}

void write_preview(json::Writer& out, const packs::Preview& preview) {
  out.begin_object();
  write_columns(out, "columns", preview.columns);
  out.key("changes").begin_array();
  for (const packs::ColumnChange& change : preview.changes) {
    out.begin_object().member("column", change.column).member("change", change.change);
    member_or_null(out, "before", change.before);
    member_or_null(out, "after", change.after);
    out.end_object();
  }
  out.end_array().key("organizations").begin_array();
  for (const packs::OrgPreview& one : preview.orgs) {
    out.begin_object().member("id", one.org.str()).key("rows");
    one.rows ? out.unsigned_integer(*one.rows) : out.null();
    out.key("sample").begin_array();
    for (const auto& row : one.sample) {
      out.begin_array();
      for (const auto& cell : row) {
        if (!cell) {
          out.null();
          continue;
        }
        std::string text;
        json::append_string_lossy(text, *cell);
        out.raw(text);
      }
      out.end_array();
    }
    out.end_array();
    member_or_null(out, "error", one.error);
    out.end_object();
  }
  out.end_array().end_object();
}

Result<httpd::Response> preview(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  constexpr std::size_t kOrgsMax = 10;
  const auto names = reader.texts("organization_ids", kOrgsMax, {.bytes_max = 64});
  const auto rows = reader.optional_integer("rows", 0, 100);
  std::vector<OrgId> orgs;
  for (const std::string& name : names) {
    const auto org = OrgId::parse(name);
    if (org && services.permissions.may_see_org(call.caller.principal, *org)) {
      orgs.push_back(*org);
    } else {
      reader.refuse("organization_ids", "unknown", "There is no such organization.");
    }
  }
  if (names.empty()) reader.refuse("organization_ids", "required", "Name an organization.");
  TRY(reader.finish());
  json::Writer out;
  const auto wanted = static_cast<std::uint64_t>(rows.value_or(kPreviewRows));
  write_preview(out, TRY(services.packs.preview(call.text("pack"), orgs, wanted, by)));
  return json_response(200, out.take());
}

// For how many days the version before goes on.
Result<std::optional<int>> read_notice(const Call& call) {
  constexpr int kNoticeDaysMax = 365;
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  std::optional<int> notice_days;
  if (const auto days = reader.optional_integer("notice_days", 0, kNoticeDaysMax))
    notice_days = static_cast<int>(*days);
  TRY(reader.finish());
  return notice_days;
}

Result<httpd::Response> release(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  const std::optional<int> notice_days = TRY(read_notice(call));
  return render(200, TRY(services.packs.release(call.text("pack"), notice_days, by)));
}

void add_source_routes(Routes& routes, const Services& services) {
  const std::string one = "/v1/data_sources/{source}";
  routes.add("GET", "/v1/data_sources",
             [&](const Call& call) { return list_sources(call, services); });
  routes.add("GET", one, [&](const Call& call) -> Result<httpd::Response> {
    TRY(vendor(call, services));
    return render(200, TRY(services.packs.source(call.text("source"))));
  });
  routes.add("PUT", one, [&](const Call& call) { return put_source(call, services); });
  routes.add("DELETE", one, [&](const Call& call) -> Result<httpd::Response> {
    const deliver::By by = TRY(vendor(call, services));
    TRY(services.packs.remove_source(call.text("source"), by));
    return empty_response(204);
  });
  routes.add("POST", one + "/check",
             [&](const Call& call) { return check_source(call, services); });
}

}  // namespace

void add_data_pack_routes(Routes& routes, const Services& services) {
  add_source_routes(routes, services);
  const std::string one = "/v1/data_packs/{pack}";
  routes.add("GET", "/v1/data_packs", [&](const Call& call) { return list_packs(call, services); });
  routes.add("GET", one, [&](const Call& call) -> Result<httpd::Response> {
    TRY(vendor(call, services));
    return render(200, TRY(services.packs.pack(call.text("pack"))));
  });
  routes.add("PUT", one, [&](const Call& call) { return put_pack(call, services); });
  routes.add("DELETE", one, [&](const Call& call) -> Result<httpd::Response> {
    const deliver::By by = TRY(vendor(call, services));
    TRY(services.packs.end_pack(call.text("pack"), by));
    return empty_response(204);
  });
  routes.add("POST", one + "/preview", [&](const Call& call) { return preview(call, services); });
  routes.add("POST", one + "/release", [&](const Call& call) { return release(call, services); });
  routes.add("POST", one + "/confirm_change", [&](const Call& call) -> Result<httpd::Response> {
    const deliver::By by = TRY(vendor(call, services));
    const int notice_days = call.request.body.empty() ? 0 : TRY(read_notice(call)).value_or(0);
    return render(200, TRY(services.packs.confirm_change(call.text("pack"), notice_days, by)));
  });
}

}  // namespace trailkeeper::api
