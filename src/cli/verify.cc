#include "verify.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "admin.h"
#include "base/file.h"
#include "httpc/client.h"
#include "json/document.h"

extern char** environ;

namespace trailkeeper::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kUsage = 2;
constexpr int kUnverifiable = 3;
constexpr std::size_t kReceiptBytesMax = 64u << 20;
// How long one run waits for entries to be signed in all; a checkpoint is made each second.
constexpr std::chrono::seconds kCheckpointWait{15};
constexpr std::chrono::milliseconds kCheckpointPause{200};

using Clock = std::chrono::steady_clock;

std::string program() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path() / "trailkeeper-verify";
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// Runs the verifier as a child; its exit code.
int run(std::vector<std::string> words) {
  words.insert(words.begin(), program());
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, words[0].c_str(), nullptr, nullptr, pointers(words).data(), environ);
  if (error != 0) return refuse(system_error("run " + words[0], error).message, kUsage);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kUsage;
}

// The folder that proofs are put in: the one that was named, or one that goes again.
class ProofFolder {
 public:
  explicit ProofFolder(std::string named) : path_(std::move(named)), temporary_(path_.empty()) {
    if (!temporary_) return;
    path_ = (fs::temp_directory_path() / "trailkeeper-proofs-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ProofFolder(const ProofFolder&) = delete;
  ProofFolder& operator=(const ProofFolder&) = delete;
  ~ProofFolder() {
    std::error_code error;
    if (temporary_ && !path_.empty()) fs::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const bool temporary_;
};

struct Server {
  std::string url, org, key, ca_file;
};

struct Item {
  std::string id, seq, log;
};

void add_items(json::Node node, std::string log, std::vector<Item>& out) {
  if (const auto named = node.find("log"); named && !named->text().empty()) log = named->text();
  const auto data = node.find("data");
  const json::Node list = data ? *data : node;
  if (list.is(json::Type::array)) {
    for (const json::Node one : list) add_items(one, log, out);
    return;
  }
  const auto id = list.find("id");
  const auto seq = list.find("seq");
  if (id && seq && seq->integer()) {
    out.push_back({std::string(id->text()), std::to_string(*seq->integer()), log});
  }
}

// The entries that a receipt is of: one document, or one in each line.
std::vector<Item> items_of(std::string_view text) {
  std::vector<Item> items;
  json::Document document;
  if (const auto whole = document.parse(text)) {
    add_items(*whole, {}, items);
    return items;
  }
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (const auto one = document.parse(line)) add_items(*one, {}, items);
  }
  return items;
}

// What the server answers instead of a proof.
struct Problem {
  std::string code, detail;
};

Problem problem_of(const httpc::Response& response) {
  json::Document document;
  Problem problem;
  if (const auto root = document.parse(response.body)) {
    problem = {text_of(*root, "code"), text_of(*root, "detail")};
  }
  if (problem.detail.empty()) problem.detail = "HTTP " + std::to_string(response.status);
  return problem;
}

// A receipt may be a moment older than the checkpoint that contains its entries.
Result<httpc::Response> send_until_signed(httpc::Client& client, const httpc::Request& request,
                                          Clock::time_point until) {
  for (;;) {
    auto response = TRY(client.send(request));
    const bool is_early =
        response.status == 404 && problem_of(response).code == "not_in_checkpoint";
    if (!is_early || Clock::now() >= until) return response;
    std::this_thread::sleep_for(kCheckpointPause);
  }
}

Result<> fetch(httpc::Client& client, const Server& server, const Item& item,
               const std::string& folder, Clock::time_point until) {
  httpc::Request request;
  request.url = server.url + "/v1/orgs/" + percent_encoded(server.org) + "/events/" +
                percent_encoded(item.id) + "/proof?format=tlog-proof";
  if (!item.log.empty()) request.url += "&log=" + percent_encoded(item.log);
  request.headers.emplace_back("Authorization", "Bearer " + server.key);
  request.ca_file = server.ca_file;
  const auto response = TRY(send_until_signed(client, request, until));
  if (response.status == 200) {
    return write_file_durably(folder + "/entry-" + item.seq + ".tlog-proof", response.body, 0644);
  }
  // Others may have theirs: the verifier says which one has none.
  const Problem problem = problem_of(response);
  std::fprintf(stderr, "trailkeeper: entry %s: %s\n", item.seq.c_str(), problem.detail.c_str());
  const bool about_entry = response.status == 404 || response.status == 500;
  if (about_entry) return {};
  return Error{ErrorKind::failed, "refused", "the server gives no proofs: " + problem.detail};
}

int fetch_and_run(const Server& server, const std::string& receipt, const std::string& proof,
                  std::vector<std::string> words) {
  if (receipt.empty()) return refuse("--url is for --receipt: folders are checked offline", kUsage);
  if (server.org.empty() || server.key.empty()) {
    return refuse("--url needs --org, and a key with read: --api-key-file or TRAILKEEPER_KEY",
                  kUsage);
  }
  const auto content = read_file(receipt, kReceiptBytesMax);
  if (!content) return refuse(content.error().message, kUsage);
  const ProofFolder folder(proof);
  if (folder.path().empty()) return refuse("no folder for the proofs can be made", kUsage);
  if (Result<> made = make_folders(folder.path()); !made) {
    return refuse(made.error().message, kUsage);
  }
  httpc::Client client;
  const auto until = Clock::now() + kCheckpointWait;
  for (const Item& item : items_of(*content)) {
    if (Result<> fetched = fetch(client, server, item, folder.path(), until); !fetched) {
      return refuse(fetched.error().message, kUnverifiable);
    }
  }
  words.insert(words.end(), {"--receipt", receipt, "--proof", folder.path()});
  return run(std::move(words));
}

}  // namespace

int verify(int argc, char** argv) {
  CLI::App app;
  Server server;
  std::string receipt, proof, key_file;
  app.set_help_flag("");
  app.allow_extras();
  app.add_option("--url", server.url);
  app.add_option("--org", server.org);
  app.add_option("--api-key", server.key)->envname("TRAILKEEPER_KEY");
  app.add_option("--api-key-file", key_file);
  app.add_option("--ca-file", server.ca_file);
  app.add_option("--receipt", receipt);
  app.add_option("--proof", proof);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(error.what(), kUsage);
  }
  std::vector<std::string> words(argv + 1, argv + argc);
  if (server.url.empty()) return run(std::move(words));
  if (!key_file.empty()) {
    auto text = read_file(key_file, 4096);
    if (!text) return refuse("the key cannot be read: " + text.error().message, kUsage);
    server.key = text->substr(0, text->find_first_of(" \r\n"));
  }
  while (server.url.ends_with('/')) server.url.pop_back();
  return fetch_and_run(server, receipt, proof, app.remaining());
}

}  // namespace trailkeeper::cli
