#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "desk.h"

namespace trailkeeper::api {
namespace {

// "GET /v1/..." of each operation of the contract. The file keeps to one form (an indent of two
// for paths and of four for methods), which the test of its shape in the scenarios reads as YAML.
std::set<std::string> described() {
  std::ifstream file(TRAILKEEPER_SOURCE_DIR "/api/openapi.yaml");
  EXPECT_TRUE(file) << "api/openapi.yaml is not there";
  const std::map<std::string, std::string> methods{
      {"    get:", "GET"},     {"    put:", "PUT"},         {"    post:", "POST"},
      {"    patch:", "PATCH"}, {"    options:", "OPTIONS"}, {"    delete:", "DELETE"}};
  std::set<std::string> found;
  std::string line, path;
  for (bool in_paths = false; std::getline(file, line);) {
    if (!line.empty() && line[0] != ' ' && line[0] != '#') in_paths = line == "paths:";
    if (!in_paths) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.rfind(':') - 2);
    const auto method = methods.find(line);
    if (method != methods.end()) found.insert(method->second + " " + path);
  }
  return found;
}

std::set<std::string> served(const httpd::Router& router) {
  std::set<std::string> found;
  for (const auto& route : router.routes()) {
    // The console's files are no part of the contract.
    if (route->pattern == "/{path...}") continue;
    // OpenAPI has no word for a parameter that takes everything below.
    std::string pattern = route->pattern;
    if (const auto dots = pattern.find("...}"); dots != std::string::npos) pattern.erase(dots, 3);
    found.insert(route->method + " " + pattern);
  }
  return found;
}

class ContractTest : public Desk {};

// The contract and the server say the same: no route is undocumented, none is made up.
TEST_F(ContractTest, DescribesEveryRouteAndNoOther) {
  const std::set<std::string> contract = described();
  EXPECT_GT(contract.size(), 30u);
  EXPECT_EQ(served(network_), contract);
  EXPECT_EQ(served(socket_router_), contract);
}

}  // namespace
}  // namespace trailkeeper::api
