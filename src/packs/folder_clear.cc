#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "folder_set.h"

// A set that was taken leaves the watched folder.
namespace trailkeeper::packs {
namespace {

using settings::FileSet;
using settings::FileUpload;
using settings::ReadTx;

constexpr std::string_view kHidden = ".taken.";
constexpr std::size_t kUuidText = 36;
constexpr std::size_t kNamesMax = 100'000;

std::string hidden_name(const std::string& name, const Uuid& set) {
  return std::string(kHidden) + name + "." + set.str();
}

Error not_removed(const Error& why) {
  return {ErrorKind::unavailable, "not_removed",
          "It was taken, but it cannot be removed here: " + why.message +
              " The server's user needs to write to the organization's folder and the set's."};
}

// As it was before we renamed it: for what came after we took the set.
Result<FileDescriptor> folder_again(int org_folder, const std::string& name, int like) {
  struct stat status {};
  if (::fstat(like, &status) != 0) return system_error("look at a folder", errno);
  if (::mkdirat(org_folder, name.c_str(), 0700) == 0) {
    FileDescriptor folder = TRY(open_folder(org_folder, name));
    ::fchmod(folder.get(), status.st_mode & 07777);
    return folder;
  }
  return open_folder(org_folder, name);
}

}  // namespace

bool SetTaker::is_hidden(const std::string& name) { return name.starts_with(kHidden); }

Result<> SetTaker::hide(const SetPlace& place, const Uuid& id, const Marks& marks) {
  const std::string name = hidden_name(place.name, id);
  if (const auto moved = move_name(place.org_folder, place.name, place.org_folder, name); !moved)
    return not_removed(moved.error());
  const auto set =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::find_file_set(tx, id); }));
  if (!set) return {};
  return clear(place, name, *set, marks);
}

Result<> SetTaker::clear_hidden(const SetPlace& place) {
  const std::string& hidden = place.name;
  const std::size_t border = hidden.size() - std::min(hidden.size(), kUuidText + 1);
  const auto id = Uuid::parse(std::string_view(hidden).substr(std::min(hidden.size(), border + 1)));
  if (!id || border <= kHidden.size()) return {};  // none of ours
  SetPlace of = place;
  of.name = hidden.substr(kHidden.size(), border - kHidden.size());
  const auto set =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::find_file_set(tx, *id); }));
  if (set && set->source == place.source && set->org == place.org)
    return clear(of, hidden, *set, {});
  // The settings know nothing of it, as after a backup was brought back: it is taken again.
  return move_name(place.org_folder, hidden, place.org_folder, of.name);
}

// Whether the file is the set's, and may go.
Result<bool> SetTaker::is_ours(int folder, const std::string& name, const std::string& sha256,
                               const Marks& marks) {
  const auto look = look_at(folder, name);
  if (!look) return false;
  if (const auto known = marks.find(name); known != marks.end() && known->second == look->mark)
    return true;
  crypto::Sha256 digest;
  bool stopped = false;
  const auto read = read_through(folder, name, context_.settings.files.file_bytes_max,
                                 [&](std::string_view piece) -> Result<> {
                                   stopped = !going_();
                                   if (stopped)
                                     return Error{ErrorKind::unavailable, "stopping", ""};
                                   digest.update(piece);
                                   return {};
                                 });
  if (stopped) return read.error();
  return read && to_hex(as_text(digest.finish())) == sha256;
}

// The list goes last: until then it says what the folder is.
Result<> SetTaker::clear(const SetPlace& place, const std::string& name, const FileSet& set,
                         const Marks& marks) {
  const auto uploads =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::file_uploads(tx, set.id); }));
  const auto done = [&]() -> Result<> {
    const FileDescriptor folder = TRY(open_folder(place.org_folder, name));
    auto names = TRY(names_in(folder.get(), kNamesMax));
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& each) { return each != kChecksumList; });
    for (const std::string& each : names) {
      const auto upload = std::find_if(uploads.begin(), uploads.end(),
                                       [&](const FileUpload& one) { return one.name == each; });
      const std::string sha256 = each == kChecksumList     ? set.origin
                                 : upload == uploads.end() ? std::string()
                                                           : upload->sha256;
      // Hidden files are what transfers left that were broken off.
      const bool left_over = each.starts_with('.') && look_at(folder.get(), each);
      if (left_over || (!sha256.empty() && TRY(is_ours(folder.get(), each, sha256, marks)))) {
        TRY(remove_name(folder.get(), each));
        continue;
      }
      const FileDescriptor back = TRY(folder_again(place.org_folder, place.name, folder.get()));
      TRY(move_name(folder.get(), each, back.get(), each));
    }
    if (::unlinkat(place.org_folder, name.c_str(), AT_REMOVEDIR) == 0) return {};
    return system_error("remove " + name, errno);
  }();
  if (done || done.error().code == "stopping") return {};
  return not_removed(done.error());
}

}  // namespace trailkeeper::packs
