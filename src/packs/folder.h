#pragma once

#include <set>
#include <string>

#include "base/background.h"
#include "base/thread_annotations.h"
#include "context.h"
#include "files.h"
#include "folder_set.h"
#include "packs/watched_folder.h"

namespace trailkeeper::packs {

// Looks through the watched folder again and again and takes the sets that are complete. Looking,
// not inotify: it sees what came while nobody watched, and on file systems of other machines; a
// look at some hundred folders costs milliseconds. Thread-safe.
class Folder {
 public:
  Folder(Context& context, Files& files);

  void start() { look_.start(); }
  void stop();
  void wake() { look_.wake(); }
  // One look; of each organization at most one set is taken, so that many of one delay no other.
  // True when any was.
  bool step();

  FolderView view() const;
  // Why a set was not taken, in a sentence, as of the last look; `set` as the settings name it.
  // Empty when nothing of it lies there.
  std::string reason_for(const std::string& source, const OrgId& org, const std::string& set) const;
  // Whether the source's own folder is there.
  SourceCheck check(const std::string& source) const;

 private:
  struct Look;
  void look_at_source(Look& look, int root, const std::string& name);
  void look_at_org(Look& look, int parent, const std::string& source, const std::string& name);
  bool look_at_set(Look& look, const SetPlace& place);
  void end(Look look);

  Context& context_;
  metrics::Counter& taken_;
  metrics::Gauge& waiting_;
  metrics::Gauge& refused_;
  mutable Mutex mutex_;
  FolderView view_ GUARDED_BY(mutex_);
  SetTaker taker_;
  Background look_;
};

}  // namespace trailkeeper::packs
