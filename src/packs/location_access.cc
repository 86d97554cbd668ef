#include "location_access.h"

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"

namespace trailkeeper::packs {
namespace {

namespace fs = std::filesystem;

Error bad_field(const std::string& field, std::string code, std::string detail) {
  return Error{
      ErrorKind::invalid, "invalid_field", detail, {{"/" + field, std::move(code), detail}}};
}

bool only_of(std::string_view text, std::string_view signs) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           signs.find(c) != std::string_view::npos;
  });
}

bool has_dots(const std::string& text) {
  const fs::path path(text);
  return std::any_of(path.begin(), path.end(),
                     [](const fs::path& part) { return part == ".." || part == "."; });
}

bool listed(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool below(const fs::path& folder, const fs::path& top) {
  const auto [end, ignored] = std::mismatch(top.begin(), top.end(), folder.begin(), folder.end());
  return end == top.end();
}

Result<> check_folder(const SourceSettings& settings, const LocationRules& rules) {
  const std::string& folder = settings.database;
  if (!folder.starts_with('/') || has_dots(folder) ||
      folder.find_first_of("*?{}'\"\\\n\t") != std::string::npos)
    return bad_field("database", "folder",
                     "A source of files needs the absolute path of a folder, without * ? { }.");
  std::error_code failed;
  const fs::path real = fs::canonical(folder, failed);
  const fs::path& place = failed ? fs::path(folder) : real;
  const bool allowed =
      std::any_of(rules.folders.begin(), rules.folders.end(), [&](const std::string& top) {
        std::error_code ignored;
        const fs::path real_top = fs::weakly_canonical(top, ignored);
        return below(place, real_top);
      });
  std::error_code ignored;
  const fs::path data = fs::weakly_canonical(rules.data_folder, ignored);
  if (!allowed || below(place, data) || below(data, place))
    return bad_field("database", "not_allowed",
                     "This folder is not below one that the configuration names "
                     "(data_packs.folders).");
  return {};
}

Result<> check_server(const SourceSettings& settings, const LocationRules& rules) {
  if (settings.host.empty() || !only_of(settings.host, ".-_:[]"))
    return bad_field("host", "host", "Name the host, without https:// and without a path.");
  if (!only_of(settings.database, "._~/=@+-") || has_dots(settings.database) ||
      settings.database.starts_with('/') || settings.database.find("//") != std::string::npos)
    return bad_field("database", "path", "It may hold letters, digits and . _ ~ / = @ + - only.");
  if (settings.type == "s3" && settings.database.empty())
    return bad_field("database", "required", "Name the bucket, and a prefix if there is one.");
  if (settings.tls == Tls::require)
    return bad_field("tls", "unknown", "Files are read with TLS that is verified, or without TLS.");
  if (settings.tls == Tls::off && !listed(rules.addresses.allowed_hosts, settings.host))
    return bad_field("tls", "not_allowed",
                     "Without TLS only hosts are read that the configuration names "
                     "(data_packs.private_hosts).");
  const std::string secret = settings.user + settings.password;
  if (secret.find_first_of("\r\n") != std::string::npos || secret.find('\0') != std::string::npos)
    return bad_field("password", "line_break", "Credentials have no line breaks.");
  return {};
}

int port_of(const SourceSettings& settings) {
  if (settings.port != 0) return settings.port;
  return settings.tls == Tls::off ? 80 : 443;
}

std::string with_slash(std::string path) {
  if (!path.empty() && !path.ends_with('/')) path += '/';
  return path;
}

// Up to where a place's own path begins.
std::string base_of(const SourceSettings& settings) {
  if (settings.type == "files") return with_slash(settings.database);
  const bool tls = settings.tls != Tls::off;
  std::string base = std::string(tls ? "https://" : "http://") + settings.host;
  if (settings.port != 0 && settings.port != (tls ? 443 : 80))
    base += ":" + std::to_string(settings.port);
  return base + "/" + with_slash(settings.database);
}

}  // namespace

bool is_location(const std::string& type) {
  return type == "s3" || type == "http" || type == "files";
}

Result<> check_location_settings(const SourceSettings& settings, const LocationRules& rules) {
  if (settings.type == "files") return check_folder(settings, rules);
  return check_server(settings, rules);
}

Result<LocationAccess> access_of(const SourceSettings& settings, const LocationRules& rules) {
  TRY(check_location_settings(settings, rules));
  LocationAccess access;
  if (settings.type == "files") {
    std::error_code failed;
    access.folder = fs::canonical(settings.database, failed).string();
    if (failed)
      return Error{ErrorKind::failed, "source_folder", "There is no folder " + settings.database};
    return access;
  }
  access.address = TRY(httpc::resolve_checked(settings.host, rules.addresses));
  access.names = {settings.host};
  access.port = port_of(settings);
  access.ca = settings.ca;
  if (settings.type == "s3" && !settings.user.empty()) {
    access.environment = {{"AWS_ACCESS_KEY_ID", settings.user},
                          {"AWS_SECRET_ACCESS_KEY", settings.password}};
  } else if (settings.type == "http" && !settings.user.empty()) {
    access.headers = {
        {"Authorization", "Basic " + to_base64(settings.user + ":" + settings.password)}};
  } else if (settings.type == "http" && !settings.password.empty()) {
    access.headers = {{"Authorization", "Bearer " + settings.password}};
  }
  return access;
}

std::string location_name(const SourceSettings& settings) {
  if (settings.type == "files") return settings.database;
  return settings.host + "/" + settings.database;
}

std::string location_table(const SourceSettings& settings, const LocationPlace& place,
                           bool listing) {
  // The base was checked to hold no quote and no backslash.
  const std::string path = "concat('" + base_of(settings) + "', (" + place.path + "))";
  const std::string format = listing ? "One" : place.format.empty() ? "auto" : place.format;
  const std::string& structure = listing ? std::string() : place.structure;
  const std::string columns = structure.empty() ? "" : ", " + structure;
  if (settings.type == "files") return "file(" + path + ", '" + format + "'" + columns + ")";
  if (settings.type == "s3") {
    const std::string keyless = settings.user.empty() ? ", NOSIGN" : "";
    return "s3(" + path + keyless + ", '" + format + "'" + columns + ")";
  }
  if (settings.password.empty()) return "url(" + path + ", '" + format + "'" + columns + ")";
  return "url(location, url = " + path + ", format = '" + format + "'" +
         (structure.empty() ? "" : ", structure = " + structure) + ")";
}

}  // namespace trailkeeper::packs
