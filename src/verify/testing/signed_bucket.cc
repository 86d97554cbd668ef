#include "testing/signed_bucket.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compress/gzip.h"
#include "compress/zstd_writer.h"
#include "crypto/hash.h"
#include "json/writer.h"

namespace trailkeeper::verify::testing {
namespace {

std::string digits(std::uint64_t number, int count) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llu", count, static_cast<unsigned long long>(number));
  return text;
}

std::string digest(const std::string& content) { return to_hex(as_text(crypto::sha256(content))); }

std::string packed(const std::string& text, const std::string& format) {
  if (!format.ends_with(".zst")) return compress::gzip(text);
  std::string out;
  compress::ZstdWriter writer([&out](std::string_view bytes) -> Result<> {
    out += bytes;
    return {};
  });
  (void)writer.write(text);
  (void)writer.finish();
  return out;
}

std::string hash_list(const std::vector<merkle::Hash>& hashes) {
  json::Writer out;
  out.begin_array();
  for (const merkle::Hash& hash : hashes) out.string(to_base64(as_text(hash)));
  return out.end_array().take();
}

std::string reference(const std::string& key, const std::string& sha256) {
  if (key.empty()) return "null";
  json::Writer out;
  return out.begin_object().member("key", key).member("sha256", sha256).end_object().take();
}

}  // namespace

void SignedBucket::write(const std::string& key, const std::string& content) const {
  const std::filesystem::path path = folder_ + "/" + key;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

std::string SignedBucket::read(const std::string& key) const {
  std::ostringstream out;
  out << std::ifstream(folder_ + "/" + key, std::ios::binary).rdbuf();
  return out.str();
}

std::string SignedBucket::manifest_key(const BucketStream& stream, std::uint64_t window,
                                       Timestamp start) const {
  return stream.path + "/audit_logs_manifest/dt=" + format_date(start) + "/" +
         digits(stream.number, 6) + "-" + digits(window, 12) + ".json";
}

std::string SignedBucket::write_files(const BucketStream& stream, const std::string& base,
                                      std::uint64_t first, std::uint64_t last,
                                      std::uint64_t* kept) const {
  std::vector<std::string> rows;
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    if (seq % stream.keep_every != 0) continue;
    // Other forms are not read: any text will do.
    rows.push_back(stream.format.starts_with("jsonl.") ? log_.record(seq) + "\n"
                                                       : "row " + std::to_string(seq) + "\n");
  }
  *kept = rows.size();
  const std::uint64_t each = stream.rows_per_file == 0 ? rows.size() : stream.rows_per_file;
  json::Writer out;
  out.begin_array();
  for (std::size_t at = 0, part = 0; at < rows.size(); at += each, ++part) {
    std::string text;
    const std::size_t end = std::min(rows.size(), at + each);
    for (std::size_t i = at; i < end; ++i) text += rows[i];
    const std::string content = packed(text, stream.format);
    const std::string key =
        base + (each < rows.size() ? "-" + digits(part, 5) : "") + "." + stream.format;
    write(key, content);
    out.begin_object().member("key", key).member("bytes", std::uint64_t{content.size()});
    out.member("rows", std::uint64_t{end - at}).member("sha256", digest(content)).end_object();
  }
  return out.end_array().take();
}

std::string SignedBucket::write_leaves(const std::string& key, std::uint64_t first,
                                       std::uint64_t last) const {
  std::string content;
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    content += merkle::encode_log_entry(log_.entry(seq));
  }
  write(key, content);
  json::Writer out;
  out.begin_object().member("key", key).member("bytes", std::uint64_t{content.size()});
  return out.member("sha256", digest(content)).end_object().take();
}

void SignedBucket::write_manifest(BucketStream& stream, Timestamp start, Timestamp end,
                                  std::uint64_t last_seq) {
  const std::uint64_t first = stream.last_seq + 1, range = last_seq + 1 - first;
  const std::string name =
      digits(stream.number, 6) + "-" + digits(first, 20) + "-" + digits(last_seq, 20);
  const std::string date = "dt=" + format_date(start);
  std::uint64_t kept = 0;
  const std::string files = write_files(stream,
                                        stream.path + "/audit_logs/" + date + "/hour=" +
                                            format_rfc3339(start).substr(11, 2) + "/" + name,
                                        first, last_seq, &kept);
  json::Writer out;
  out.begin_object().member("type", "trailkeeper-manifest/v1");
  out.member("organization_id", "org_acme").member("destination", stream.destination);
  out.member("stream", stream.number).member("window", stream.window);
  if (stream.window == 0) {
    out.member("reason", stream.reason).member("uncertain", stream.uncertain);
  }
  out.member("start", format_rfc3339(start)).member("end", format_rfc3339(end));
  out.member("first_seq", std::to_string(first)).member("last_seq", std::to_string(last_seq));
  out.member("watermark", format_rfc3339(end)).member("format", stream.format).key("filter");
  const bool filtered = stream.keep_every > 1;
  out.raw(filtered ? R"({"actions":["a"],"areas":[],"categories":[]})" : "null");
  out.member("withheld", std::to_string(range - kept)).key("files").raw(files);
  if (sign) {
    const bool leaves = range > 0 && (filtered || !stream.format.starts_with("jsonl."));
    out.key("leaves").raw(
        leaves ? write_leaves(stream.path + "/audit_logs_manifest/" + date + "/" + name + ".leaves",
                              first, last_seq)
               : "null");
  }
  out.key("previous").raw(reference(stream.previous_key, stream.previous_sha256));
  if (!stream.replay_of.empty()) out.key("replay_of").raw(stream.replay_of);
  std::string content;
  if (sign) {
    out.member("epoch", 1).member("checkpoint", log_.checkpoint(last_seq));
    out.key("compact_range").begin_object().member("size", std::to_string(first - 1));
    out.key("hashes").raw(hash_list(log_.range(first - 1).hashes())).end_object();
    out.key("consistency")
        .raw(stream.previous_key.empty() ? "null"
                                         : hash_list(log_.consistency(first - 1, last_seq)));
    content = log_.seal("trailkeeper-manifest/v1", out.take());
  } else {
    content = out.key("signature").null().end_object().take() + "\n";
  }
  stream.previous_key = manifest_key(stream, stream.window, start);
  stream.previous_sha256 = digest(content);
  stream.last_seq = last_seq;
  stream.end = end;
  ++stream.window;
  write(stream.previous_key, content);
}

void SignedBucket::open(BucketStream& stream, Timestamp start, std::uint64_t last_seq) {
  stream.window = 0;
  stream.last_seq = last_seq;
  write_manifest(stream, start, start, last_seq);
}

void SignedBucket::deliver(BucketStream& stream, Timestamp end, std::uint64_t last_seq) {
  write_manifest(stream, stream.end, end, last_seq);
}

void SignedBucket::heartbeat(const BucketStream& stream, Timestamp next_due_at) {
  json::Writer out;
  out.begin_object().member("type", "trailkeeper-heartbeat/v1");
  out.member("organization_id", "org_acme").member("destination", stream.destination);
  out.member("stream", stream.number).member("window", stream.window - 1);
  out.member("watermark", format_rfc3339(stream.end)).key("manifest");
  out.raw(reference(stream.previous_key, stream.previous_sha256));
  out.member("next_due_at", format_rfc3339(next_due_at));
  out.member("written_at", format_rfc3339(stream.end));
  write(stream.path + "/heartbeat.json", log_.seal("trailkeeper-heartbeat/v1", out.take()));
}

}  // namespace trailkeeper::verify::testing
