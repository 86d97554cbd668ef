#include "pack_manifest.h"

#include <set>

#include "json/document.h"
#include "manifest_reader.h"

namespace trailkeeper::verify {
namespace {

Error no_manifest(std::string_view what) {
  return Error{ErrorKind::invalid, "manifest",
               "it is no manifest of a data pack (wrong or missing: " + std::string(what) + ")"};
}

Result<std::string_view> only_line(std::string_view bytes) {
  if (bytes.empty() || bytes.find('\n') != bytes.size() - 1) return no_manifest("line feed");
  return bytes.substr(0, bytes.size() - 1);
}

std::optional<std::uint64_t> count_or_null(json::Node object, std::string_view name, Members& in) {
  const auto node = object.find(name);
  if (node && node->is(json::Type::null)) return std::nullopt;
  return in.count(name);
}

PackFile read_file(json::Node node, Members& outer) {
  Members in(node);
  PackFile file;
  file.name = in.text("name");
  file.bytes = in.count("bytes");
  file.rows = in.ok() ? count_or_null(node, "rows", in) : std::nullopt;
  file.sha256 = in.digest("sha256");
  // Only names beside the manifest or below it: a file of another run is none of this one's.
  if (file.name.empty() || file.name.starts_with('/') ||
      ("/" + file.name + "/").find("/../") != std::string::npos) {
    in.fail("name");
  }
  if (!in.ok()) outer.fail(in.wrong());
  return file;
}

void read_previous(Members& in, PackManifest& manifest) {
  const auto previous = in.object_or_null("previous");
  if (!previous) return;
  Members inner(*previous);
  manifest.previous_run = inner.text("run");
  const auto digest = previous->find("manifest_sha256");
  if (!digest || !digest->is(json::Type::null)) {
    manifest.previous_sha256 = inner.digest("manifest_sha256");
  }
  if (!inner.ok() || manifest.previous_run.empty()) in.fail("previous");
}

void check_sums(const PackManifest& manifest, Members& in) {
  std::uint64_t bytes = 0, rows = 0;
  bool known = true;
  std::set<std::string_view> names;
  for (const PackFile& file : manifest.files) {
    bytes += file.bytes;
    known = known && file.rows.has_value();
    rows += file.rows.value_or(0);
    if (!names.insert(file.name).second) in.fail("files");
  }
  if (bytes != manifest.bytes) in.fail("bytes");
  if (known != manifest.rows.has_value() || (known && rows != *manifest.rows)) in.fail("rows");
  if (manifest.end < manifest.start) in.fail("interval");
}

}  // namespace

Result<PackManifest> parse_pack_manifest(std::string_view bytes) {
  const std::string_view line = TRY(only_line(bytes));
  json::Document document;
  const auto parsed = document.parse(line, {.depth_max = 8});
  if (!parsed) return no_manifest("JSON");
  Members in(*parsed);
  if (in.text("type") != kPackType) return no_manifest("type");
  PackManifest manifest;
  manifest.organization_id = in.text("organization_id");
  manifest.pack = in.text("pack");
  manifest.version = in.count("version");
  manifest.run = in.text("run");
  if (const auto interval = in.object_or_null("interval")) {
    Members inner(*interval);
    manifest.start = inner.time("start");
    manifest.end = inner.time("end");
    if (!inner.ok()) in.fail("interval");
  } else {
    in.fail("interval");
  }
  manifest.staged_at = in.time("staged_at");
  manifest.bytes = in.count("bytes");
  if (in.ok()) manifest.rows = count_or_null(*parsed, "rows", in);
  const auto files = in.list("files");
  if (files && in.ok()) {
    for (const json::Node file : *files) manifest.files.push_back(read_file(file, in));
  }
  read_previous(in, manifest);
  if (in.has("signature")) {
    if (const auto seal = in.object_or_null("signature"))
      manifest.seal = read_seal(line, *seal, in);
  }
  if (in.ok()) check_sums(manifest, in);
  if (!in.ok()) return no_manifest(in.wrong());
  return manifest;
}

Result<PackLatest> parse_pack_latest(std::string_view bytes) {
  const std::string_view line = TRY(only_line(bytes));
  json::Document document;
  const auto parsed = document.parse(line, {.depth_max = 8});
  if (!parsed) return no_manifest("JSON");
  Members in(*parsed);
  if (in.text("type") != kPackLatestType) return no_manifest("type");
  PackLatest latest{in.text("pack"), in.text("run"), in.digest("manifest_sha256")};
  if (!in.ok()) return no_manifest(in.wrong());
  return latest;
}

}  // namespace trailkeeper::verify
