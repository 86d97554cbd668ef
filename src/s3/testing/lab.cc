#include "testing/lab.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "base/ids.h"
#include "json/document.h"

namespace trailkeeper::s3 {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "s3lab: %s\n", why.c_str());
  std::_Exit(1);
}

struct Child {
  pid_t pid;
  FileDescriptor input;
  FileDescriptor output;
};

Child spawn(const std::vector<std::string>& arguments) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) give_up("no pipe");
  const pid_t pid = ::fork();
  if (pid < 0) give_up("no process");
  if (pid == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  return {pid, FileDescriptor(in[1]), FileDescriptor(out[0])};
}

std::string read_all(int fd, bool one_line) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, one_line ? 1 : sizeof buffer);
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (one_line && text.back() == '\n') return text;
  }
}

}  // namespace

Lab& Lab::get() {
  static Lab lab;
  return lab;
}

Lab::Lab() {
  std::string pattern = std::filesystem::temp_directory_path().string() + "/s3lab-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) give_up("no temporary folder");
  folder_ = pattern;
  start();
}

void Lab::start() {
  Child child = spawn({S3LAB_PROGRAM, "run", folder_});
  child_ = child.pid;
  hold_ = child.input.release();
  json::Document document;
  const auto env = document.parse(read_all(child.output.get(), true));
  if (!env) give_up("it did not start; see " + folder_);
  const auto text = [](json::Node node, const char* name) {
    return std::string(node.find(name).value().text());
  };
  endpoint = text(*env, "endpoint");
  region = text(*env, "region");
  role_arn = text(*env, "role_arn");
  const json::Node vendor_keys = env->find("vendor").value();
  const json::Node customer_keys = env->find("customer").value();
  vendor = {text(vendor_keys, "access_key"), text(vendor_keys, "secret_key"), ""};
  customer = {text(customer_keys, "access_key"), text(customer_keys, "secret_key"), ""};
}

Lab::~Lab() {
  ::close(hold_);
  ::waitpid(child_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Lab::run(const std::string& name, const std::vector<std::string>& arguments,
                     const std::string& input) {
  std::vector<std::string> all = {S3LAB_PROGRAM, name, folder_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Child child = spawn(all);
  for (std::string_view rest = input; !rest.empty();) {
    const ssize_t written = ::write(child.input.get(), rest.data(), rest.size());
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  child.input = FileDescriptor();
  std::string output = read_all(child.output.get(), false);
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  if (status != 0) give_up("s3lab " + name + " failed");
  return output;
}

std::string Lab::make_bucket() {
  const std::string name = "bucket-" + std::to_string(++buckets_) + "-" + random_base32(8);
  run("bucket", {name});
  return name;
}

void Lab::put_policy(const std::string& bucket, const std::string& policy) {
  run("policy", {bucket, "-"}, policy);
}

void Lab::remove_policy(const std::string& bucket) { run("policy", {bucket, "none"}); }

std::string Lab::read(const std::string& bucket, const std::string& key) {
  return run("cat", {bucket, key, "--raw"});
}

void Lab::remove(const std::string& bucket, const std::string& key) { run("rm", {bucket, key}); }

std::vector<ListedObject> Lab::list(const std::string& bucket, const std::string& prefix) {
  std::vector<ListedObject> found;
  std::istringstream lines(run("ls", {bucket, prefix}));
  std::string modified;
  std::string etag;
  std::uint64_t bytes = 0;
  while (lines >> modified >> bytes >> etag) {
    std::string key;
    lines.ignore(2);
    std::getline(lines, key);
    found.push_back({key, bytes, etag, parse_rfc3339(modified).value_or(Timestamp{})});
  }
  return found;
}

}  // namespace trailkeeper::s3
