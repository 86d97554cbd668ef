#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checksum_list.h"
#include "context.h"
#include "files.h"
#include "folder_files.h"

namespace trailkeeper::packs {

// How a set's folder is named: the start of an interval as `2026-11-23T06:00:00Z` or, for those who
// can have no colons, `20261123T060000Z`; else a label.
struct SetName {
  std::string name;  // as the settings have it
  std::optional<Timestamp> interval_start{};
};
Result<SetName> parse_set_name(const std::string& folder);

// Where a set lies.
struct SetPlace {
  int org_folder = -1;
  std::string source;
  OrgId org;
  std::string name;  // of its folder
  std::string path() const { return source + "/" + org.str() + "/" + name; }
};

// Takes sets out of the watched folder. A stop at any moment neither loses nor doubles one:
//
//   1. Files are copied into ours, and hashed as they are read; nothing knows the copies yet.
//   2. One commit makes the set. From now on it counts as taken: a set whose newest revision has
//      exactly these files is not taken again, only cleared away.
//   3. Its folder gets a hidden name, with the set's id.
//   4. What the set has is removed from there; what came meanwhile is moved back.
//
// Of one thread.
class SetTaker {
 public:
  // `going` is asked while files are read: false stops.
  SetTaker(Context& context, Files& files, std::function<bool()> going);

  // True: taken. Errors: `invalid`, `too_large`: not as it is; code `not_removed`: taken, but still
  // there; others: later, perhaps.
  Result<bool> take(const SetPlace& place);
  // Goes on with 4; `place.name` is the hidden name.
  Result<> clear_hidden(const SetPlace& place);
  static bool is_hidden(const std::string& name);
  // What is remembered of other sets goes.
  void keep_only(const std::set<std::string>& paths);

 private:
  using Marks = std::map<std::string, std::string>;  // of files whose content is known, by name
  struct Found {
    std::vector<ListedFile> files;
    std::string list_sha256;
    std::string mark;  // of all of it
    std::uint64_t bytes = 0;
  };
  Result<Found> look(const SetPlace& place, int folder);
  Result<FileLook> look_at_quiet(int folder, const std::string& name);
  Result<std::optional<settings::FileSet>> same_set(const SetPlace& place, const SetName& name,
                                                    const Found& found);
  Result<Uuid> commit(const SetPlace& place, const SetName& name, const Found& found, int folder,
                      Marks& marks);
  Result<settings::FileUpload> copy(int folder, const ListedFile& file, Marks& marks);
  Result<> verify(int folder, const Found& found, Marks& marks);
  Result<> hide(const SetPlace& place, const Uuid& set, const Marks& marks);
  Result<> clear(const SetPlace& place, const std::string& name, const settings::FileSet& set,
                 const Marks& marks);
  Result<bool> is_ours(int folder, const std::string& name, const std::string& sha256,
                       const Marks& marks);

  Context& context_;
  Files& files_;
  const std::function<bool()> going_;
  // Sets whose files were read and how they looked then: they are not what their list says, or
  // (without an error) are a set that was taken.
  struct Judged {
    std::string mark;
    std::optional<Error> error{};
  };
  std::map<std::string, Judged> judged_;
};

}  // namespace trailkeeper::packs
