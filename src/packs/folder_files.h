#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/time.h"

// Files in folders that others write to. Each name is looked up by itself, from the descriptor of
// its folder, and no link is followed: nothing outside of the folder can be reached.
namespace trailkeeper::packs {

// What can be said of a file without opening it.
struct FileLook {
  std::uint64_t bytes = 0;
  Timestamp changed_at{};  // its content, mode or name; nobody can set it
  std::string mark;        // another one when it was written to, or is another file
};

// The names in a folder but `.` and `..`, sorted; `too_large` (`too_many_files`) above `limit`.
Result<std::vector<std::string>> names_in(int folder, std::size_t limit);
// `not_found`; `invalid` (`not_a_folder`); `unavailable` (`no_permission`).
Result<FileDescriptor> open_folder(int parent, const std::string& name);
// Of a regular file with one name; else `invalid` (`not_a_file`).
Result<FileLook> look_at(int folder, const std::string& name);
// Gives the bytes of such a file to `take`, up to `bytes_max` of them (`too_large`).
Result<FileLook> read_through(int folder, const std::string& name, std::uint64_t bytes_max,
                              const std::function<Result<>(std::string_view piece)>& take);
// Nothing that is there is replaced.
Result<> move_name(int folder, const std::string& from, int to_folder, const std::string& to);
Result<> remove_name(int folder, const std::string& name);

}  // namespace trailkeeper::packs
