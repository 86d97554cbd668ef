#include "folder_set.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/hashed_file.h"

// From the watched folder into ours. folder_clear.cc has what follows.
namespace trailkeeper::packs {
namespace {

using settings::FileSet;
using settings::FileUpload;
using settings::ReadTx;

// A file from so far ahead is of another clock.
constexpr Duration kAhead = std::chrono::minutes(1);
constexpr std::size_t kNamesMax = 4000;

constexpr const char* kDiffers = "sha256_differs";

Error differs_from_list(const ListedFile& file) {
  return {ErrorKind::unavailable, kDiffers,
          file.name + " is not the file whose SHA-256 is in " + kChecksumList +
              ": it may still be on its way."};
}

Error stopping() { return {ErrorKind::unavailable, "stopping", "The server stops."}; }

}  // namespace

Result<SetName> parse_set_name(const std::string& folder) {
  std::string text = folder;
  if (text.size() == 16 && text[8] == 'T' && text[15] == 'Z' &&
      std::all_of(text.begin(), text.end(),
                  [](char c) { return (c >= '0' && c <= '9') || c == 'T' || c == 'Z'; })) {
    text = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 5) + ":" +
           text.substr(11, 2) + ":" + text.substr(13);
  }
  if (const auto start = parse_rfc3339(text)) {
    if (to_micros(*start) % 1'000'000 == 0)
      return SetName{.name = interval_name(*start), .interval_start = start};
  } else if (is_set_label(folder)) {
    return SetName{.name = folder};
  }
  return Error{
      ErrorKind::invalid, "bad_name",
      "A set is named by the start of an interval, such as 20261123T060000Z, or by a label: "
      "letters, digits, and . _ = - only, 64 characters at most."};
}

SetTaker::SetTaker(Context& context, Files& files, std::function<bool()> going)
    : context_(context), files_(files), going_(std::move(going)) {}

void SetTaker::keep_only(const std::set<std::string>& paths) {
  std::erase_if(judged_, [&](const auto& one) { return !paths.contains(one.first); });
}

Result<FileLook> SetTaker::look_at_quiet(int folder, const std::string& name) {
  FileLook look = TRY(look_at(folder, name));
  const Duration age = WallClock().now() - look.changed_at;
  if (age < context_.settings.watched.quiet && age > -kAhead)
    return Error{ErrorKind::unavailable, "not_quiet", name + " was changed a moment ago."};
  return look;
}

// What the list says, as long as all of it is there and nothing else.
Result<SetTaker::Found> SetTaker::look(const SetPlace& place, int folder) {
  const FileLimits& limits = context_.settings.files;
  const auto names = TRY(names_in(folder, kNamesMax));
  if (!std::binary_search(names.begin(), names.end(), kChecksumList)) {
    return Error{ErrorKind::unavailable, "no_list",
                 std::string(kChecksumList) +
                     " is not there yet; files that are: " + std::to_string(names.size()) + "."};
  }
  Found found{.mark = TRY(look_at_quiet(folder, kChecksumList)).mark};
  std::string text;
  TRY(read_through(folder, kChecksumList, kChecksumListBytesMax,
                   [&](std::string_view piece) -> Result<> {
                     text += piece;
                     return {};
                   }));
  found.list_sha256 = to_hex(as_text(crypto::sha256(text)));
  found.files = TRY(parse_checksum_list(text, static_cast<std::size_t>(limits.set_files_max)));
  std::size_t there = 0;
  for (const std::string& name : names) {
    const auto listed = std::find_if(found.files.begin(), found.files.end(),
                                     [&](const ListedFile& file) { return file.name == name; });
    if (listed == found.files.end() && !name.starts_with('.') && name != kChecksumList)
      return Error{ErrorKind::unavailable, "not_listed",
                   name + " is not in " + kChecksumList + " (yet)."};
    // Hidden ones are of transfers that are not done.
    const auto looked = look_at_quiet(folder, name);
    if (!looked && (name[0] != '.' || looked.error().code == "not_quiet")) return looked.error();
    if (listed == found.files.end()) continue;
    if (looked->bytes > limits.file_bytes_max)
      return Error{ErrorKind::too_large, "file_too_large",
                   name + " has more than " + std::to_string(limits.file_bytes_max) + " bytes."};
    found.mark += "/" + looked->mark;
    found.bytes += looked->bytes;
    ++there;
  }
  if (there == found.files.size()) return found;
  return Error{ErrorKind::unavailable, "files_missing",
               std::to_string(there) + " of " + std::to_string(found.files.size()) + " files of " +
                   place.name + " are there."};
}

// The newest revision, when it has exactly these files.
Result<std::optional<FileSet>> SetTaker::same_set(const SetPlace& place, const SetName& name,
                                                  const Found& found) {
  return context_.store.read([&](ReadTx& tx) -> Result<std::optional<FileSet>> {
    auto last = TRY(settings::last_file_set(tx, place.source, place.org, name.name, true));
    if (!last) return last;
    const auto uploads = TRY(settings::file_uploads(tx, last->id));
    const bool same = std::equal(uploads.begin(), uploads.end(), found.files.begin(),
                                 found.files.end(), [](const FileUpload& a, const ListedFile& b) {
                                   return a.name == b.name && a.sha256 == b.sha256;
                                 });
    return same ? last : std::optional<FileSet>();
  });
}

Result<bool> SetTaker::take(const SetPlace& place) {
  const SetName name = TRY(parse_set_name(place.name));
  const FileDescriptor folder = TRY(open_folder(place.org_folder, place.name));
  const Found found = TRY(look(place, folder.get()));
  const auto before = judged_.find(place.path());
  const bool read = before != judged_.end() && before->second.mark == found.mark;
  if (read && before->second.error) return *before->second.error;
  Marks marks;
  const auto known = TRY(same_set(place, name, found));
  std::optional<Error> differs;
  const auto id = [&]() -> Result<Uuid> {
    if (!known) return commit(place, name, found, folder.get(), marks);
    if (!read) TRY(verify(folder.get(), found, marks));
    return known->id;
  }();
  if (!id && id.error().code != kDiffers) return id.error();
  if (!id) differs = id.error();
  judged_.insert_or_assign(place.path(), Judged{found.mark, differs});
  if (differs) return *differs;
  TRY(hide(place, *id, marks));
  return !known;
}

// All of it is what the list says; nothing is kept.
Result<> SetTaker::verify(int folder, const Found& found, Marks& marks) {
  for (const ListedFile& file : found.files) {
    crypto::Sha256 digest;
    const FileLook look =
        TRY(read_through(folder, file.name, context_.settings.files.file_bytes_max,
                         [&](std::string_view piece) -> Result<> {
                           if (!going_()) return stopping();
                           digest.update(piece);
                           return {};
                         }));
    if (to_hex(as_text(digest.finish())) != file.sha256) return differs_from_list(file);
    marks[file.name] = look.mark;
  }
  return {};
}

Result<FileUpload> SetTaker::copy(int folder, const ListedFile& file, Marks& marks) {
  const Timestamp now = context_.clock.now();
  FileUpload upload{.id = Uuid::v7(now), .name = file.name};
  auto out = TRY(crypto::HashedFile::create(files_.path_of(upload.id)));
  const auto copied = [&]() -> Result<FileLook> {
    FileLook look = TRY(read_through(folder, file.name, context_.settings.files.file_bytes_max,
                                     [&](std::string_view piece) -> Result<> {
                                       if (!going_()) return stopping();
                                       return out.write(piece);
                                     }));
    const crypto::FileDigest digest = TRY(out.finish());
    upload.bytes = upload.received = digest.bytes;
    upload.sha256 = to_hex(as_text(digest.sha256));
    if (upload.sha256 == file.sha256) return look;
    return differs_from_list(file);
  }();
  if (!copied) {
    ::unlink(files_.path_of(upload.id).c_str());
    return copied.error();
  }
  marks[file.name] = copied->mark;
  upload.sha256_wanted = file.sha256;
  upload.complete = true;
  upload.created_at = upload.expires_at = now;
  return upload;
}

Result<Uuid> SetTaker::commit(const SetPlace& place, const SetName& name, const Found& found,
                              int folder, Marks& marks) {
  TRY(files_.check_space(found.bytes));
  if (name.interval_start && !TRY(context_.store.read([&](ReadTx& tx) {
        return starts_an_interval(tx, place.source, *name.interval_start);
      }))) {
    return Error{ErrorKind::invalid, "no_interval",
                 "No data pack of this source has an interval that starts at " + name.name + "."};
  }
  TRY(make_folders(files_.folder()));
  FileSet set{.id = Uuid::v7(context_.clock.now()),
              .source = place.source,
              .org = place.org,
              .name = name.name};
  set.interval_start = name.interval_start;
  set.origin = found.list_sha256;
  std::vector<FileUpload> uploads;
  const auto made = [&]() -> Result<> {
    for (const ListedFile& file : found.files) uploads.push_back(TRY(copy(folder, file, marks)));
    TRY(sync_folder_of(files_.path_of(set.id)));
    return files_.add_complete(set, uploads);
  }();
  if (!made) {
    for (const FileUpload& upload : uploads) ::unlink(files_.path_of(upload.id).c_str());
    return made.error();
  }
  context_.wake();
  return set.id;
}

}  // namespace trailkeeper::packs
