#include "files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "actions.h"
#include "base/file.h"
#include "settings/orgs.h"

// What is known of files: their sets, and how long they stay. files_append.cc has how they come.
namespace trailkeeper::packs {
namespace {

using settings::FileSet;
using settings::FileUpload;
using settings::ReadTx;
using settings::WriteTx;

Error invalid(std::string pointer, std::string code, const std::string& detail) {
  return {
      ErrorKind::invalid, "invalid_field", detail, {{std::move(pointer), std::move(code), detail}}};
}

constexpr std::size_t kFileNameMax = 128;
constexpr std::size_t kLabelMax = 64;

bool has_plain_signs(std::string_view text, std::size_t size_max) {
  constexpr std::string_view kMarks = "._=-";
  return !text.empty() && text.size() <= size_max && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

Error conflict(std::string code, std::string message) {
  return {ErrorKind::conflict, std::move(code), std::move(message)};
}

}  // namespace

bool is_file_name(std::string_view text) {
  return has_plain_signs(text, kFileNameMax) && text != "manifest.json";
}

bool is_set_label(std::string_view text) { return is_file_name(text) && text.size() <= kLabelMax; }

bool is_file_source(const std::string& type) { return type == "upload" || type == "folder"; }

Result<bool> starts_an_interval(const ReadTx& tx, const std::string& source, Timestamp start) {
  bool any = false;
  for (const settings::DataPack& pack : TRY(settings::list_data_packs(tx))) {
    if (pack.ended) continue;
    std::vector<std::string> definitions{pack.draft};
    for (const auto& version : TRY(settings::data_pack_versions(tx, pack.id)))
      definitions.push_back(version.definition);
    for (const std::string& text : definitions) {
      const Definition definition = TRY(definition_from_json(text));
      if (definition.source != source) continue;
      any = true;
      const auto calendar = schedule::Calendar::make(definition.schedule);
      if (calendar && calendar->next(start - Duration{1}) == start) return true;
    }
  }
  return !any;
}

std::string interval_name(Timestamp start) { return format_rfc3339_seconds(start); }

Files::Files(Context& context)
    : context_(context), folder_(context.settings.staging_folder + "/uploads") {}

Result<> Files::check_space(std::uint64_t bytes) const {
  std::error_code problem;
  const auto space = std::filesystem::space(context_.settings.staging_folder, problem);
  if (problem || space.available >= context_.settings.free_bytes_min + bytes) return {};
  return Error{ErrorKind::unavailable, "disk_full", "There is too little space left for the file."};
}

// The open set of that name, or the next revision.
Result<FileSet> Files::set_for(WriteTx& tx, const std::string& source, const FileRequest& request,
                               const std::string& name) {
  const auto last = TRY(settings::last_file_set(tx, source, request.org, name, false));
  if (last && last->state == "open") {
    if (last->files_expected != request.files) {
      return invalid("/Upload-Metadata/files", "differs",
                     "The files before this one said that the set has " +
                         std::to_string(last->files_expected) + ".");
    }
    const auto uploads = TRY(settings::file_uploads(tx, last->id));
    for (const FileUpload& each : uploads) {
      if (each.name == request.name)
        return conflict("file_exists", "A file of this name is in the set, or on its way.");
    }
    if (uploads.size() >= static_cast<std::size_t>(request.files))
      return conflict("set_full", "The set has as many files as were announced.");
    return *last;
  }
  const Timestamp now = context_.clock.now();
  FileSet set{.id = Uuid::v7(now), .source = source, .org = request.org, .name = name};
  set.interval_start = request.interval_start;
  set.revision = last ? last->revision + 1 : 1;
  set.files_expected = request.files;
  set.created_at = now;
  TRY(settings::put_file_set(tx, set));
  return set;
}

Result<UploadView> Files::create(const std::string& source, const FileRequest& request,
                                 const By& by) {
  const FileLimits& limits = context_.settings.files;
  if (request.bytes > limits.file_bytes_max)
    return Error{ErrorKind::too_large, "file_too_large", "The file is larger than is taken here."};
  TRY(check_space(request.bytes));
  TRY(make_folders(folder_));
  const Timestamp now = context_.clock.now();
  const Uuid id = Uuid::v7(now);
  const FileDescriptor file(
      ::open(path_of(id).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return system_error("create a file of an upload", errno);
  TRY(sync_folder_of(path_of(id)));
  auto made = context_.store.write([&](WriteTx& tx) -> Result<UploadView> {
    const auto found = TRY(settings::find_data_source(tx, source));
    if (!found) return source_not_found();
    if (found->type != "upload")
      return conflict("not_for_uploads", "This source is not one that takes uploads.");
    if (!TRY(settings::find_org(tx, request.org)))
      return invalid("/Upload-Metadata/organization_id", "unknown",
                     "There is no such organization.");
    if (request.interval_start && !TRY(starts_an_interval(tx, source, *request.interval_start)))
      return invalid("/Upload-Metadata/interval", "no_interval",
                     "No data pack of this source has an interval that starts then.");
    if (TRY(settings::count_open_uploads(tx, source)) >= limits.open_max)
      return Error{ErrorKind::limited, "too_many_uploads", "Too many uploads are not finished."};
    const std::string name =
        request.interval_start ? interval_name(*request.interval_start) : request.label;
    UploadView view{.upload = {.id = id}, .set = TRY(set_for(tx, source, request, name))};
    view.upload.set = view.set.id;
    view.upload.name = request.name;
    view.upload.bytes = request.bytes;
    view.upload.sha256_wanted = request.sha256;
    view.upload.created_at = now;
    view.upload.expires_at = now + limits.open_time;
    TRY(settings::put_file_upload(tx, view.upload));
    return view;
  });
  if (!made) {
    ::unlink(path_of(id).c_str());
    return made;
  }
  return request.bytes == 0 ? finish(*std::move(made), by) : made;
}

Result<UploadView> Files::upload(const std::string& source, const Uuid& id) {
  return context_.store.read([&](ReadTx& tx) -> Result<UploadView> {
    const Error missing{ErrorKind::not_found, "upload_not_found", "There is no such upload."};
    const auto upload = TRY(settings::find_file_upload(tx, id));
    if (!upload) return missing;
    const auto set = TRY(settings::find_file_set(tx, upload->set));
    if (!set || set->source != source) return missing;
    if (!upload->complete && upload->expires_at <= context_.clock.now())
      return conflict("expired", "The upload was not finished in time.");
    return UploadView{*upload, *set};
  });
}

Result<FileSetPage> Files::sets(const std::string& source, const std::optional<OrgId>& org,
                                std::size_t limit, const std::string& cursor) {
  std::optional<Uuid> before;
  if (!cursor.empty()) {
    before = Uuid::parse(cursor);
    if (!before)
      return Error{ErrorKind::invalid, "bad_cursor", "This cursor is not one of this list."};
  }
  return context_.store.read([&](ReadTx& tx) -> Result<FileSetPage> {
    if (!TRY(settings::find_data_source(tx, source))) return source_not_found();
    auto sets = TRY(settings::list_file_sets(tx, source, org, before, limit + 1));
    FileSetPage page;
    if (sets.size() > limit) {
      sets.erase(sets.begin() + static_cast<std::ptrdiff_t>(limit), sets.end());
      page.next_cursor = sets.back().id.str();
    }
    for (FileSet& set : sets) {
      auto files = TRY(settings::file_uploads(tx, set.id));
      page.data.push_back({std::move(set), std::move(files)});
    }
    return page;
  });
}

Result<> Files::add_complete(FileSet set, const std::vector<FileUpload>& files) {
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    const auto source = TRY(settings::find_data_source(tx, set.source));
    if (!source || source->type != "folder")
      return conflict("not_for_folders", "This source is not one that takes files of a folder.");
    const auto last = TRY(settings::last_file_set(tx, set.source, set.org, set.name, false));
    set.revision = last ? last->revision + 1 : 1;
    set.files_expected = static_cast<int>(files.size());
    set.created_at = context_.clock.now();
    TRY(settings::put_file_set(tx, set));
    for (FileUpload file : files) {
      file.set = set.id;
      TRY(settings::put_file_upload(tx, file));
    }
    return complete_set(tx, set, {});
  });
}

Result<> Files::complete_set(WriteTx& tx, FileSet set, const By& by) {
  const Timestamp now = context_.clock.now();
  set.state = "complete";
  set.completed_at = now;
  set.planned = false;
  TRY(settings::put_file_set(tx, set));
  By whom = by;
  if (whom.actor.id.empty()) whom.actor = settings::system_actor();
  return note(tx, kFilesTaken, set.org, whom,
              {{.type = "data_source", .id = set.source}, {.type = "file_set", .id = set.name}},
              now);
}

Result<> Files::expire() {
  const Timestamp now = context_.clock.now();
  std::vector<Uuid> unlinked;
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    for (const FileUpload& upload : TRY(settings::expired_uploads(tx, now))) {
      TRY(settings::remove_file_upload(tx, upload.id));
      unlinked.push_back(upload.id);
      if (TRY(settings::file_uploads(tx, upload.set)).empty())
        TRY(settings::remove_file_set(tx, upload.set));
    }
    const Timestamp old = now - context_.settings.files.kept_time;
    for (FileSet& set : TRY(settings::old_file_sets(tx, old))) {
      const auto uploads = TRY(settings::file_uploads(tx, set.id));
      for (const FileUpload& upload : uploads) unlinked.push_back(upload.id);
      set.state = "gone";
      TRY(settings::put_file_set(tx, set));
    }
    return {};
  }));
  for (const Uuid& id : unlinked) ::unlink(path_of(id).c_str());
  return {};
}

Result<> Files::forget(WriteTx& tx, const std::string& source) {
  for (;;) {
    const auto sets = TRY(settings::list_file_sets(tx, source, std::nullopt, std::nullopt, 100));
    if (sets.empty()) return {};
    for (const FileSet& set : sets) TRY(settings::remove_file_set(tx, set.id));
  }
}

void Files::sweep() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const auto id = Uuid::parse(entry.path().filename().string());
    if (!id) continue;
    const auto known =
        context_.store.read([&](ReadTx& tx) { return settings::find_file_upload(tx, *id); });
    if (known && !*known) ::unlink(entry.path().c_str());
  }
}

}  // namespace trailkeeper::packs
