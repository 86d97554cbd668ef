#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "bench.h"

// What a crash leaves behind at each step of a file's life, and that the next start makes of it one
// whole file and one mail.
namespace trailkeeper::exports {
namespace {

class CrashTest : public Bench {
 protected:
  // Runs `work` in a process of its own, which ends there as by kill -9; its memory is lost, its
  // writes are not.
  template <typename Work>
  void in_a_process_that_dies(Work work) {
    exports_.reset();
    const pid_t child = ::fork();
    if (child == 0) {
      store_.reopen();
      exports_ = std::make_unique<Exports>(
          *store_, rows_, notice(), clock_, metrics_,
          Exports::Options{
              .folder = folder(), .workers = 1, .free_bytes_min = 0, .progress_bytes = 600});
      work();
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    restart();
  }

  void expect_one_whole_file(const Export& asked) {
    while (exports_->make_one()) {
    }
    EXPECT_EQ(present(asked).state, ExportState::ready);
    EXPECT_EQ(fetch(asked),
              rows_.expected({.org = org_id("acme"), .filter = {.last_seq = asked.last_seq}}));
    EXPECT_EQ(files(), std::vector<std::string>{asked.id.str() + ".csv"});
    EXPECT_EQ(store_.outbox("trailkeeper.export.requested").size(), 1u);
  }
};

TEST_F(CrashTest, WhileItIsQueued) {
  const Export asked = request();
  in_a_process_that_dies([] {});
  EXPECT_EQ(present(asked).state, ExportState::queued);
  expect_one_whole_file(asked);
}

TEST_F(CrashTest, AtAnyRow) {
  const Export asked = request();
  for (const std::size_t fatal_row : {1u, 37u, 100u}) {
    in_a_process_that_dies([&] {
      rows_.after_row = [&](std::size_t rows) {
        if (rows == fatal_row) ::kill(::getpid(), SIGKILL);
      };
      exports_->make_one();
    });
    EXPECT_EQ(present(asked).state, ExportState::queued) << fatal_row;
    EXPECT_TRUE(files().empty());
  }
  // New entries came meanwhile; they are not in what was asked for before.
  rows_.add(org_id("acme"), clock_.now(), "late@x.y");
  expect_one_whole_file(asked);
  EXPECT_EQ(noticed_.size(), 1u);
}

TEST_F(CrashTest, AfterTheFileHasItsNameAndBeforeItIsNoted) {
  const Export asked = request();
  in_a_process_that_dies([&] {
    // The notice is asked inside the last transaction.
    Exports exports(*store_, rows_,
                    [](settings::WriteTx&, const Export&) -> Result<> {
                      ::kill(::getpid(), SIGKILL);
                      return {};
                    },
                    clock_, metrics_, {.folder = folder(), .free_bytes_min = 0});
    exports.make_one();
  });
  EXPECT_EQ(present(asked).state, ExportState::queued);
  EXPECT_TRUE(files().empty());
  expect_one_whole_file(asked);
  EXPECT_EQ(noticed_.size(), 1u);
}

TEST_F(CrashTest, AfterItIsReadyNothingIsMadeAgain) {
  const Export asked = request();
  in_a_process_that_dies([&] { exports_->make_one(); });
  EXPECT_EQ(present(asked).state, ExportState::ready);
  EXPECT_FALSE(exports_->make_one());
  expect_one_whole_file(asked);
  EXPECT_EQ(rows_.streams, 0);
}

TEST_F(CrashTest, AFileOfNoExportIsRemovedAtTheNextStart) {
  const Export asked = request();
  ASSERT_TRUE(exports_->make_one());
  std::ofstream(folder() + "/0190b6f0-0000-7000-8000-000000000000.csv") << "left over";
  std::ofstream(folder() + "/" + asked.id.str() + ".csv.part") << "left over";
  restart();
  expect_one_whole_file(asked);
}

// When the end of a file cannot be noted (a full disk), it is made again without a restart.
TEST_F(CrashTest, AnEndThatCouldNotBeNotedIsMadeAgain) {
  const Export asked = request();
  notice_fault_ = Error{ErrorKind::unavailable, "disk_full", "No room."};
  EXPECT_FALSE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::running);
  notice_fault_.reset();
  EXPECT_TRUE(exports_->make_one());
  expect_one_whole_file(asked);
  EXPECT_EQ(noticed_.size(), 1u);
}

}  // namespace
}  // namespace trailkeeper::exports
