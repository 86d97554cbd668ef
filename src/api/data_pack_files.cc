#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/bytes.h"
#include "pack_shapes.h"
#include "packs/file_store.h"
#include "query_reader.h"
#include "resources.h"

// Files that the vendor brings for data packs: tus 1.0 with creation, checksum, termination and
// expiration (docs/decisions/0058), and the sets that they make.
namespace trailkeeper::api {
namespace {

constexpr const char* kTusVersion = "1.0.0";
constexpr std::size_t kPieceMax = 16u << 20;

Error bad_metadata(std::string_view key, std::string code, const std::string& detail) {
  return {ErrorKind::invalid,
          "invalid_field",
          detail,
          {{"/Upload-Metadata/" + std::string(key), std::move(code), detail}}};
}

Error bad_header(std::string_view name, const std::string& detail) {
  return {ErrorKind::invalid, "invalid_request", detail, {{std::string(name), "header", detail}}};
}

void set_tus(httpd::Response& response, const packs::FileLimits& limits) {
  response.set("Tus-Resumable", kTusVersion);
  response.set("Tus-Version", kTusVersion);
  response.set("Tus-Extension", "creation,checksum,termination,expiration");
  response.set("Tus-Checksum-Algorithm", "sha1,sha256,md5");
  response.set("Tus-Max-Size", std::to_string(limits.file_bytes_max));
}

Result<deliver::By> vendor(const Call& call, const Services& services) {
  TRY(services.permissions.may_list_orgs(call.caller.principal));
  return deliver::By{.actor = call.caller.principal.vendor_actor(), .origin = call.caller.origin};
}

Result<> check_version(const Call& call) {
  const auto version = call.request.header("Tus-Resumable");
  if (!version) return bad_header("Tus-Resumable", "Send Tus-Resumable: 1.0.0.");
  if (*version == kTusVersion) return {};
  return Error{ErrorKind::invalid, "tus_version", "Only tus 1.0.0 is spoken here."};
}

Result<std::uint64_t> number_in(const Call& call, const char* name) {
  const auto text = call.request.header(name);
  std::uint64_t value = 0;
  if (text) {
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (problem == std::errc() && end == text->data() + text->size() && value <= (1ull << 62))
      return value;
  }
  return bad_header(name, std::string(name) + " must be a number of bytes.");
}

// `key base64,key base64`; a key may stand alone.
Result<std::map<std::string, std::string>> metadata_of(const Call& call) {
  std::map<std::string, std::string> found;
  std::string_view rest = call.request.header("Upload-Metadata").value_or("");
  while (!rest.empty()) {
    std::string_view pair = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t space = std::min(pair.find(' '), pair.size());
    const std::string key(pair.substr(0, space));
    const auto value = from_base64(space < pair.size() ? pair.substr(space + 1) : "");
    if (key.empty() || !value || !found.emplace(key, *value).second)
      return bad_header("Upload-Metadata", "Upload-Metadata holds pairs of a key and base64.");
  }
  return found;
}

Error bad_name(std::string_view key) {
  return bad_metadata(key, "name",
                      "A name has letters, digits, and . _ = - only, begins with no dot, and has at"
                      " most 128 characters, of a set 64.");
}

Result<> read_set(const std::map<std::string, std::string>& given, packs::FileRequest& request) {
  const auto interval = given.find("interval");
  const auto label = given.find("set");
  if ((interval == given.end()) == (label == given.end()))
    return bad_metadata("interval", "required",
                        "Give the start of an interval, or a set's label; not both.");
  if (label != given.end()) {
    request.label = label->second;
    if (!packs::is_set_label(request.label)) return bad_name("set");
    return {};
  }
  request.interval_start = parse_rfc3339(interval->second);
  if (request.interval_start && to_micros(*request.interval_start) % 1'000'000 == 0) return {};
  return bad_metadata("interval", "time", "Give a time such as 2026-11-23T00:00:00Z.");
}

Result<packs::FileRequest> request_of(const std::map<std::string, std::string>& given,
                                      std::uint64_t bytes, const packs::FileLimits& limits) {
  const auto text = [&](const char* key) {
    const auto found = given.find(key);
    return found == given.end() ? std::string() : found->second;
  };
  const auto org = OrgId::parse(text("organization_id"));
  if (!org) return bad_metadata("organization_id", "required", "Name the organization.");
  packs::FileRequest request{.org = *org, .name = text("filename"), .bytes = bytes};
  if (!packs::is_file_name(request.name)) return bad_name("filename");
  TRY(read_set(given, request));
  request.sha256 = text("sha256");
  const auto digest = from_hex(request.sha256);
  if (!request.sha256.empty() && (!digest || digest->size() != 32))
    return bad_metadata("sha256", "hash", "Give the file's SHA-256 as 64 digits in hex.");
  if (digest) request.sha256 = to_hex(*digest);
  if (const std::string files = text("files"); !files.empty()) {
    const auto [end, problem] =
        std::from_chars(files.data(), files.data() + files.size(), request.files);
    if (problem != std::errc() || end != files.data() + files.size() || request.files < 1 ||
        request.files > limits.set_files_max)
      return bad_metadata(
          "files", "range",
          "Say how many files the set has: 1 to " + std::to_string(limits.set_files_max) + ".");
  }
  return request;
}

std::string metadata_text(const packs::UploadView& view) {
  const auto pair = [](const char* key, const std::string& value) {
    return std::string(key) + " " + to_base64(value);
  };
  std::string out = pair("filename", view.upload.name);
  out += "," + pair("organization_id", view.set.org.str());
  out += "," + pair(view.set.interval_start ? "interval" : "set", view.set.name);
  out += "," + pair("files", std::to_string(view.set.files_expected));
  if (!view.upload.sha256_wanted.empty()) out += "," + pair("sha256", view.upload.sha256_wanted);
  return out;
}

void set_upload(httpd::Response& response, const packs::UploadView& view) {
  response.set("Upload-Offset", std::to_string(view.upload.received));
  if (!view.upload.complete)
    response.set("Upload-Expires", format_http_date(view.upload.expires_at));
}

void write_upload(json::Writer& out, const settings::FileUpload& upload) {
  out.begin_object()
      .member("id", upload.id.str())
      .member("name", upload.name)
      .member("bytes", upload.bytes)
      .member("received", upload.received)
      .member("complete", upload.complete);
  member_or_null(out, "sha256", upload.sha256);
  member_or_null(out, "expires_at",
                 upload.complete ? std::nullopt : std::optional(upload.expires_at));
  member_time(out, "created_at", upload.created_at);
  out.end_object();
}

void write_set_members(json::Writer& out, const settings::FileSet& set) {
  out.member("organization_id", set.org.str()).member("name", set.name);
  member_or_null(out, "interval_start", set.interval_start);
  out.member("revision", set.revision).member("state", set.state);
  out.member("files_expected", set.files_expected);
  member_or_null(out, "completed_at", set.completed_at);
}

std::string address_of(const Call& call, const packs::UploadView& view) {
  return "/v1/data_sources/" + call.text("source") + "/uploads/" + view.upload.id.str();
}

Result<Uuid> upload_of(const Call& call) {
  if (const auto id = Uuid::parse(call.text("upload"))) return *id;
  return Error{ErrorKind::not_found, "upload_not_found", "There is no such upload."};
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  TRY(services.packs.source(call.text("source")));
  TRY(check_version(call));
  packs::FileStore& files = services.packs.files();
  const std::uint64_t bytes = TRY(number_in(call, "Upload-Length"));
  const auto request = TRY(request_of(TRY(metadata_of(call)), bytes, files.limits()));
  const auto view = TRY(files.create(call.text("source"), request, by));
  httpd::Response response = empty_response(201);
  response.set("Location", address_of(call, view));
  set_upload(response, view);
  return response;
}

Result<httpd::Response> look(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  const auto view = TRY(services.packs.files().upload(call.text("source"), TRY(upload_of(call))));
  json::Writer out;
  out.begin_object().key("upload");
  write_upload(out, view.upload);
  out.key("set").begin_object();
  write_set_members(out, view.set);
  httpd::Response response = json_response(200, out.end_object().end_object().take());
  response.set("Upload-Length", std::to_string(view.upload.bytes));
  response.set("Upload-Metadata", metadata_text(view));
  set_upload(response, view);
  return response;
}

Result<std::optional<packs::Checksum>> checksum_of(const Call& call) {
  const auto text = call.request.header("Upload-Checksum");
  if (!text) return std::optional<packs::Checksum>();
  const std::size_t space = text->find(' ');
  const auto digest =
      space == std::string_view::npos ? std::nullopt : from_base64(text->substr(space + 1));
  if (!digest) return bad_header("Upload-Checksum", "Upload-Checksum is an algorithm and base64.");
  return std::optional(packs::Checksum{std::string(text->substr(0, space)), *digest});
}

Result<httpd::Response> append(const Call& call, const Services& services) {
  const deliver::By by = TRY(vendor(call, services));
  const Uuid id = TRY(upload_of(call));
  TRY(services.packs.files().upload(call.text("source"), id));
  TRY(check_version(call));
  if (call.request.header("Content-Type").value_or("") != "application/offset+octet-stream")
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send the bytes as 'Content-Type: application/offset+octet-stream'."};
  const std::uint64_t offset = TRY(number_in(call, "Upload-Offset"));
  const auto checksum = TRY(checksum_of(call));
  const auto view = TRY(services.packs.files().append(call.text("source"), id, offset,
                                                      call.request.body, checksum, by));
  httpd::Response response = empty_response(204);
  set_upload(response, view);
  return response;
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  TRY(services.packs.files().remove(call.text("source"), TRY(upload_of(call))));
  return empty_response(204);
}

Result<httpd::Response> options(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  TRY(services.packs.source(call.text("source")));
  return empty_response(204);
}

Result<httpd::Response> list_sets(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  QueryReader query(call.request);
  std::optional<OrgId> org;
  if (const std::string text = query.text("organization_id", 64); !text.empty()) {
    org = OrgId::parse(text);
    if (!org) query.refuse("organization_id", "id", "This cannot be an organization's id.");
  }
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string cursor = query.text("cursor", 1024);
  TRY(query.finish());
  const auto page = TRY(services.packs.files().sets(call.text("source"), org, limit, cursor));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const packs::FileSetView& view : page.data) {
    out.begin_object();
    write_set_members(out, view.set);
    out.key("files").begin_array();
    for (const auto& file : view.files) write_upload(out, file);
    out.end_array();
    member_time(out, "created_at", view.set.created_at);
    out.end_object();
  }
  out.end_array();
  end_list(out, page.next_cursor);
  return json_response(200, out.take());
}

std::string_view state_name(packs::FolderEntry::State state) {
  using State = packs::FolderEntry::State;
  return state == State::waiting ? "waiting" : state == State::refused ? "refused" : "left";
}

Result<httpd::Response> look_at_folder(const Call& call, const Services& services) {
  TRY(vendor(call, services));
  QueryReader query(call.request);
  constexpr std::size_t kEntriesMax = 1000;
  const std::string source = query.text("source", 64);
  const std::size_t limit = query.number("limit", 1, kEntriesMax, kEntriesMax);
  TRY(query.finish());
  packs::FolderView view = services.packs.watched_folder();
  if (!source.empty())
    std::erase_if(view.entries, [&](const auto& entry) { return entry.source != source; });
  const bool more = view.more || view.entries.size() > limit;
  if (view.entries.size() > limit)
    view.entries.erase(view.entries.begin() + static_cast<std::ptrdiff_t>(limit),
                       view.entries.end());
  json::Writer out;
  out.begin_object();
  member_or_null(out, "path", view.path);
  member_or_null(out, "looked_at", view.looked_at);
  member_or_null(out, "problem", view.problem);
  out.key("data").begin_array();
  for (const packs::FolderEntry& entry : view.entries) {
    out.begin_object().member("path", entry.path);
    member_or_null(out, "source", entry.source);
    member_or_null(out, "organization_id", entry.org);
    member_or_null(out, "set", entry.set);
    out.member("state", state_name(entry.state)).member("code", entry.code);
    out.member("detail", entry.detail);
    member_time(out, "since", entry.since);
    out.end_object();
  }
  out.end_array().member("more", more);
  return json_response(200, out.end_object().take());
}

using Step = Result<httpd::Response> (*)(const Call&, const Services&);

// Every answer of tus says which version is spoken, errors too.
void add_tus(Routes& routes, const Services& services, const char* method,
             const std::string& pattern, Step step, std::size_t body_max) {
  const Gate& gate = routes.gate();
  routes.router().add(method, pattern,
                      [&gate, &services, step](httpd::Request request, httpd::Responder responder) {
                        const auto answer = [&]() -> Result<httpd::Response> {
                          return step(Call{request, TRY(gate.enter(request))}, services);
                        };
                        auto done = answer();
                        httpd::Response response =
                            done ? *std::move(done)
                                 : render_error(done.error(), request, Surface::own);
                        set_tus(response, services.packs.files().limits());
                        responder.send(std::move(response));
                      },
                      {.body_bytes_max = body_max});
}

}  // namespace

void add_data_pack_file_routes(Routes& routes, const Services& services) {
  constexpr std::size_t kNoBody = 1024;
  const std::string all = "/v1/data_sources/{source}/uploads";
  const std::string one = all + "/{upload}";
  add_tus(routes, services, "OPTIONS", all, options, kNoBody);
  add_tus(routes, services, "POST", all, create, kNoBody);
  add_tus(routes, services, "GET", one, look, kNoBody);
  add_tus(routes, services, "PATCH", one, append, kPieceMax);
  add_tus(routes, services, "DELETE", one, remove, kNoBody);
  routes.add("GET", "/v1/data_sources/{source}/file_sets",
             [&](const Call& call) { return list_sets(call, services); });
  routes.add("GET", "/v1/watched_folder",
             [&](const Call& call) { return look_at_folder(call, services); });
}

}  // namespace trailkeeper::api
