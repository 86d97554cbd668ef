#include "merkle/tile.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "merkle/big_endian.h"

namespace trailkeeper::merkle {
namespace {

// 1234067 -> "x001/x234/067".
std::string number_path(std::uint64_t number) {
  std::string path;
  for (bool last = true;; last = false) {
    std::string group = std::to_string(number % 1000);
    group.insert(0, 3 - group.size(), '0');
    path.insert(0, last ? group : "x" + group + "/");
    number /= 1000;
    if (number == 0) return path;
  }
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
  std::uint64_t number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [at, failed] = std::from_chars(digits.data(), end, number);
  if (failed != std::errc{} || at != end) return std::nullopt;
  return number;
}

// Takes `path` up to the next '/', or whole.
std::string_view take_part(std::string_view& path) {
  const auto slash = path.find('/');
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return part;
}

// Hashes of one level in a tree of `size`, that is whole perfect subtrees of 256^level leaves.
std::uint64_t level_width(unsigned level, std::uint64_t size) {
  return level > kTileLevelMax ? 0 : size >> (kTileHeight * level);
}

// The root of neighbouring hashes whose number is a power of two.
Hash fold(std::span<const Hash> hashes) {
  if (hashes.size() == 1) return hashes.front();
  const std::size_t half = hashes.size() / 2;
  return node_hash(fold(hashes.first(half)), fold(hashes.subspan(half)));
}

}  // namespace

std::string tile_path(const TileId& tile) {
  std::string path = "tile/" + (tile.level ? std::to_string(*tile.level) : "entries") + "/" +
                     number_path(tile.number);
  if (!tile.full()) path += ".p/" + std::to_string(tile.width);
  return path;
}

std::optional<TileId> parse_tile_path(std::string_view path) {
  const std::string_view whole = path;
  if (take_part(path) != "tile") return std::nullopt;
  TileId tile;
  if (const auto level = take_part(path); level != "entries") {
    const auto number = number_in(level);
    if (!number || *number > 63) return std::nullopt;
    tile.level = static_cast<unsigned>(*number);
  }
  std::string digits;
  bool partial = false;
  while (!partial && !path.empty()) {
    std::string_view group = take_part(path);
    if (group.starts_with('x')) group.remove_prefix(1);
    if (group.ends_with(".p")) {
      partial = true;
      group.remove_suffix(2);
    }
    digits += group;
  }
  const auto number = number_in(digits);
  const auto width = partial ? number_in(path) : std::optional(kTileWidth);
  if (!number || !width || *width == 0 || *width > kTileWidth) return std::nullopt;
  tile.number = *number;
  tile.width = static_cast<unsigned>(*width);
  // One tile has one name: what was read must be written the same way.
  if (tile_path(tile) != whole) return std::nullopt;
  return tile;
}

unsigned tile_width(std::optional<unsigned> level, std::uint64_t number, std::uint64_t size) {
  const std::uint64_t hashes = level_width(level.value_or(0), size);
  if (number > hashes / kTileWidth) return 0;
  return static_cast<unsigned>(std::min(kTileWidth, hashes - number * kTileWidth));
}

std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t size) {
  std::vector<TileId> tiles;
  for (unsigned level = 0; level <= kTileLevelMax; ++level) {
    const std::uint64_t before = level_width(level, old_size), now = level_width(level, size);
    if (now == 0) break;
    if (before == now) continue;
    for (std::uint64_t number = before / kTileWidth; number * kTileWidth < now; ++number)
      tiles.push_back({level, number, tile_width(level, number, size)});
  }
  return tiles;
}

std::string tile_bytes(const std::vector<Hash>& hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) bytes += as_text(hash);
  return bytes;
}

Result<std::vector<Hash>> parse_tile(const TileId& tile, std::string_view bytes) {
  if (bytes.size() != tile.width * sizeof(Hash)) {
    return Error{ErrorKind::invalid, "tile_size",
                 tile_path(tile) + " has " + std::to_string(bytes.size()) + " bytes, not " +
                     std::to_string(tile.width * sizeof(Hash))};
  }
  std::vector<Hash> hashes(tile.width);
  for (Hash& hash : hashes) {
    std::copy_n(bytes.begin(), hash.size(), hash.begin());
    bytes.remove_prefix(hash.size());
  }
  return hashes;
}

Result<std::string> bundle_bytes(const std::vector<std::string_view>& entries) {
  std::string bytes;
  for (const std::string_view entry : entries) {
    if (entry.size() > 0xffff) {
      return Error{
          ErrorKind::too_large, "entry_size",
          "an entry of a log has at most 65,535 bytes, not " + std::to_string(entry.size())};
    }
    bytes += big_endian(entry.size(), 2);
    bytes += entry;
  }
  return bytes;
}

Result<std::vector<std::string_view>> parse_bundle(unsigned width, std::string_view bytes) {
  const Error broken{ErrorKind::invalid, "bundle",
                     "this is no bundle of " + std::to_string(width) + " entries"};
  std::vector<std::string_view> entries;
  while (!bytes.empty()) {
    if (bytes.size() < 2 || entries.size() == width) return broken;
    const std::size_t size = read_big_endian(bytes.substr(0, 2));
    if (bytes.size() - 2 < size) return broken;
    entries.push_back(bytes.substr(2, size));
    bytes.remove_prefix(2 + size);
  }
  if (entries.size() != width) return broken;
  return entries;
}

SubtreeSource subtrees_in_tiles(std::uint64_t size, TileSource tiles) {
  return [size, tiles = std::move(tiles)](unsigned height, std::uint64_t index) -> Result<Hash> {
    // A subtree of height 8n is one hash of a tile of level n; one between is folded from 2, 4 ...
    // 128 neighbours.
    const unsigned level = height / kTileHeight;
    const std::uint64_t neighbours = std::uint64_t{1} << (height % kTileHeight);
    const std::uint64_t first = index * neighbours;
    const std::uint64_t number = first / kTileWidth;
    const std::size_t at = first % kTileWidth;
    const TileId tile{level, number, tile_width(level, number, size)};
    if (tile.width < at + neighbours) {
      return Error{ErrorKind::invalid, "out_of_range",
                   "a tree of " + std::to_string(size) + " has no subtree of height " +
                       std::to_string(height) + " at " + std::to_string(index)};
    }
    const std::vector<Hash> hashes = TRY(tiles(tile));
    if (hashes.size() < at + neighbours) {
      return Error{ErrorKind::failed, "tile_size", tile_path(tile) + " is too short"};
    }
    return fold(std::span(hashes).subspan(at, neighbours));
  };
}

}  // namespace trailkeeper::merkle
