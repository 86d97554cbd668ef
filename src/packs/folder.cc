#include "folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/log.h"
#include "settings/orgs.h"

namespace trailkeeper::packs {
namespace {

using settings::ReadTx;
using State = FolderEntry::State;

constexpr std::size_t kNamesMax = 10'000;  // of one folder
constexpr std::size_t kShownMax = 1000;

// As people can be shown it: names of others may hold anything.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

State state_of(const Error& error) {
  if (error.code == "not_removed") return State::left;
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::too_large ? State::refused
                                                                                : State::waiting;
}

FileDescriptor open_root(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

// What one look finds.
struct Folder::Look {
  std::set<std::string> sources{};  // that take files from here
  std::vector<FolderEntry> entries{};
  std::set<std::string> paths{};  // of all sets
  std::string problem{};
  bool took = false;

  void add(FolderEntry entry, const Error& why) {
    entry.path = shown(std::move(entry.path));
    entry.set = shown(std::move(entry.set));
    entry.state = state_of(why);
    entry.code = why.code;
    entry.detail = shown(why.message);
    entries.push_back(std::move(entry));
  }
};

Folder::Folder(Context& context, Files& files)
    : context_(context),
      taken_(context.metrics.counter("trailkeeper_pack_folder_sets_total",
                                     "Sets of files that were taken from the watched folder.")),
      waiting_(context.metrics.gauge("trailkeeper_pack_folder_entries",
                                     "What lies in the watched folder and was not taken.",
                                     {{"state", "waiting"}})),
      refused_(context.metrics.gauge("trailkeeper_pack_folder_entries",
                                     "What lies in the watched folder and was not taken.",
                                     {{"state", "refused"}})),
      taker_(context, files, [this] { return !look_.stopping(); }),
      look_("packs-folder", context.settings.watched.pause, [this] { return step(); }) {
  const MutexLock lock(mutex_);
  view_.path = context.settings.watched.folder;
}

void Folder::stop() { look_.stop(); }

FolderView Folder::view() const {
  const MutexLock lock(mutex_);
  return view_;
}

std::string Folder::reason_for(const std::string& source, const OrgId& org,
                               const std::string& set) const {
  const MutexLock lock(mutex_);
  if (view_.path.empty()) return {};
  if (!view_.problem.empty()) return "The watched folder cannot be read: " + view_.problem + ".";
  for (const FolderEntry& entry : view_.entries) {
    // What is wrong with a folder above holds for all sets in it.
    const bool above = entry.path == source || entry.path == source + "/" + org.str();
    const bool beside = entry.source == source && entry.org == org.str() && !entry.set.empty();
    const auto name = beside ? parse_set_name(entry.set) : Result<SetName>(SetName{});
    if (above || (beside && name && name->name == set && entry.state != State::left))
      return "In the watched folder, " + entry.path + ": " + entry.detail;
  }
  return {};
}

bool Folder::step() {
  const std::string& path = context_.settings.watched.folder;
  if (path.empty()) return false;
  Look look;
  const auto sources =
      context_.store.read([](ReadTx& tx) { return settings::list_data_sources(tx); });
  if (!sources) return false;
  for (const auto& source : *sources)
    if (source.type == "folder") look.sources.insert(source.id);
  const FileDescriptor root = open_root(path);
  const auto names = root ? names_in(root.get(), kNamesMax)
                          : Result<std::vector<std::string>>(system_error("open " + path, errno));
  if (!names) look.problem = names.error().message;
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    if (!name.starts_with('.') && !look_.stopping()) look_at_source(look, root.get(), name);
  }
  const bool took = look.took;
  if (!look_.stopping()) end(std::move(look));
  return took;
}

void Folder::look_at_source(Look& look, int root, const std::string& name) {
  FolderEntry entry{.path = name};
  if (!look.sources.contains(name)) {
    return look.add(std::move(entry), {ErrorKind::invalid, "unknown_source",
                                       "There is no source of type folder with this id."});
  }
  entry.source = name;
  const auto folder = open_folder(root, name);
  if (!folder) return look.add(std::move(entry), folder.error());
  const auto names = names_in(folder->get(), kNamesMax);
  if (!names) return look.add(std::move(entry), names.error());
  for (const std::string& org : *names)
    if (!org.starts_with('.') && !look_.stopping()) look_at_org(look, folder->get(), name, org);
}

void Folder::look_at_org(Look& look, int parent, const std::string& source,
                         const std::string& name) {
  FolderEntry entry{.path = source + "/" + name, .source = source};
  const auto id = OrgId::parse(name);
  const auto known = context_.store.read([&](ReadTx& tx) -> Result<bool> {
    return id && TRY(settings::find_org(tx, *id)).has_value();
  });
  if (!known) return look.add(std::move(entry), known.error());
  if (!*known) {
    return look.add(std::move(entry), {ErrorKind::invalid, "unknown_organization",
                                       "There is no organization with this id."});
  }
  entry.org = name;
  const auto folder = open_folder(parent, name);
  if (!folder) return look.add(std::move(entry), folder.error());
  const auto names = names_in(folder->get(), kNamesMax);
  if (!names) return look.add(std::move(entry), names.error());
  bool took = false;
  SetPlace place{.org_folder = folder->get(), .source = source, .org = *id};
  for (const std::string& set : *names) {
    if (look_.stopping()) return;
    place.name = set;
    if (SetTaker::is_hidden(set)) {
      FolderEntry hidden{.path = place.path(), .source = source, .org = name, .set = set};
      if (const auto done = taker_.clear_hidden(place); !done)
        look.add(std::move(hidden), done.error());
    } else if (!set.starts_with('.')) {
      look.paths.insert(place.path());
      if (!took) took = look_at_set(look, place);
    }
  }
  look.took = look.took || took;
}

bool Folder::look_at_set(Look& look, const SetPlace& place) {
  const auto taken = taker_.take(place);
  if (taken && *taken) {
    taken_.add();
    log::info("files of a data pack were taken", {{"set", shown(place.path())}});
    return true;
  }
  if (!taken && taken.error().code != "stopping") {
    look.add(
        {.path = place.path(), .source = place.source, .org = place.org.str(), .set = place.name},
        taken.error());
  }
  return false;
}

// What was found before keeps its time, and is said in the log once.
void Folder::end(Look look) {
  taker_.keep_only(look.paths);
  const auto count = [&](bool refused) {
    return static_cast<double>(std::count_if(
        look.entries.begin(), look.entries.end(),
        [&](const FolderEntry& entry) { return (entry.state != State::waiting) == refused; }));
  };
  waiting_.set(count(false));
  refused_.set(count(true) + (look.problem.empty() ? 0 : 1));
  const Timestamp now = context_.clock.now();
  const MutexLock lock(mutex_);
  std::map<std::string, const FolderEntry*> before;
  for (const FolderEntry& entry : view_.entries) before[entry.path] = &entry;
  const bool more = look.entries.size() > kShownMax;
  if (more) look.entries.resize(kShownMax);
  for (FolderEntry& entry : look.entries) {
    const auto found = before.find(entry.path);
    const bool same = found != before.end() && found->second->code == entry.code;
    entry.since = same ? found->second->since : now;
    if (same || entry.state == State::waiting) continue;
    log::warn("something in the watched folder is not taken",
              {{"path", entry.path}, {"code", entry.code}, {"reason", entry.detail}});
  }
  if (!look.problem.empty() && look.problem != view_.problem)
    log::warn("the watched folder cannot be read", {{"reason", look.problem}});
  view_.looked_at = now;
  view_.problem = std::move(look.problem);
  view_.entries = std::move(look.entries);
  view_.more = more;
}

SourceCheck Folder::check(const std::string& source) const {
  const std::string& path = context_.settings.watched.folder;
  SourceCheck check{.version = "Watches " + path + "/" + source};
  const auto failed = [&](std::string detail, std::string remedy) {
    check.ok = false;
    check.detail = detail;
    check.steps.push_back({"folder", false, std::move(detail), std::move(remedy)});
    return check;
  };
  if (path.empty())
    return failed("No folder is watched.", "Set data_packs.watched_folder, and start again.");
  const FileDescriptor root = open_root(path);
  if (!root)
    return failed("open " + path + ": " + std::strerror(errno),
                  "Make the folder, readable by the server's user.");
  const auto folder = open_folder(root.get(), source);
  if (!folder)
    return failed(path + "/" + source + ": " + folder.error().message,
                  "Make the folder; its organizations' folders go into it.");
  check.steps.push_back({"folder", true, path + "/" + source + " is there."});
  if (::faccessat(folder->get(), ".", W_OK, AT_EACCESS) != 0)
    check.warning = "The server's user may not write there: sets that were taken stay.";
  return check;
}

}  // namespace trailkeeper::packs
