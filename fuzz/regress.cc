#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>

#include "forms.h"

// Replays the seeds, and changes of each that are the same in every run. Any compiler builds it.
namespace trailkeeper::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr int kChangesPerSeed = 3000;
constexpr std::size_t kFolders = 12;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Flipped bits, lost and doubled parts, and an end that is missing.
std::string changed(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t i = 0; i <= below(4); ++i) {
    const std::size_t at = below(text.size());
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, 32));
    switch (random() % 4) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << (random() % 8)));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

void add(Tally& sum, const Tally& more) {
  sum.accepted += more.accepted;
  sum.refused += more.refused;
}

Tally replay_folder(const std::function<Tally(std::string_view)>& check, const fs::path& folder) {
  Tally tally;
  for (const fs::directory_entry& seed : fs::directory_iterator(folder)) {
    const std::string input = read_file(seed.path());
    add(tally, check(input));
    std::mt19937 random(20261123);
    for (int i = 0; i < kChangesPerSeed; ++i) add(tally, check(changed(input, random)));
  }
  return tally;
}

// Every form must have seeds, of which some are accepted and some refused.
int replay(const fs::path& seeds) {
  std::size_t folders = 0;
  for (const fs::directory_entry& folder : fs::directory_iterator(seeds)) {
    const std::string name = folder.path().filename();
    const auto form = find_form(name);
    Tally tally;
    if (form) {
      tally = replay_folder([&](std::string_view input) { return check(*form, input); }, folder);
    } else if (name == "query") {
      tally = replay_folder(check_query, folder);
    } else if (name == "manifest") {
      tally = replay_folder(check_manifest, folder);
    }
    std::printf("%s: %zu accepted, %zu refused\n", name.c_str(), tally.accepted, tally.refused);
    if (tally.accepted == 0 || tally.refused == 0) return 1;
    ++folders;
  }
  return folders == kFolders ? 0 : 1;
}

}  // namespace
}  // namespace trailkeeper::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_regress SEEDS\n");
    return 2;
  }
  return trailkeeper::fuzz::replay(argv[1]);
}
