#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "merkle/hash.h"
#include "merkle/proof.h"

// Tiles of c2sp.org/tlog-tiles: a tree cut into pieces of 256 hashes that never change.
namespace trailkeeper::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
// Of a hash tile; tiles of a level above hold nothing in a tree of 2^63 leaves.
inline constexpr unsigned kTileLevelMax = 7;

// A tile of hashes, or a bundle of entries (which has no level). `width` is the number of hashes or
// entries in it, 1 to 256.
struct TileId {
  std::optional<unsigned> level{};  // empty: a bundle of entries
  std::uint64_t number = 0;
  unsigned width = kTileWidth;
  bool operator==(const TileId&) const = default;

  bool full() const { return width == kTileWidth; }
};

// "tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/000.p/44".
std::string tile_path(const TileId& tile);
// Strict: exactly what tile_path() writes; empty for any other text.
std::optional<TileId> parse_tile_path(std::string_view path);

// How many hashes of `level` tile `number` has in a tree of `size`: 0 when it is not there. With an
// empty level: entries.
unsigned tile_width(std::optional<unsigned> level, std::uint64_t number, std::uint64_t size);

// The hash tiles that a tree of `size` has and one of `old_size` has not, partial ones included,
// the lowest level first. REQUIRES: old_size <= size.
std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t size);

// The bytes of a hash tile: its hashes one after the other.
std::string tile_bytes(const std::vector<Hash>& hashes);
// `invalid` (code `tile_size`) unless `bytes` is exactly the tile's width of hashes.
Result<std::vector<Hash>> parse_tile(const TileId& tile, std::string_view bytes);

// Entries in the wire form of a bundle: each with its length (2 bytes, big-endian) in front.
// `too_large` (code `entry_size`) for an entry longer than 65,535 bytes.
Result<std::string> bundle_bytes(const std::vector<std::string_view>& entries);
// The entries, pointing into `bytes`. `invalid` (code `bundle`) unless it holds exactly `width`.
Result<std::vector<std::string_view>> parse_bundle(unsigned width, std::string_view bytes);

// A source of tiles by id; it may answer with a wider tile than asked for.
using TileSource = std::function<Result<std::vector<Hash>>(const TileId& tile)>;
// Finds perfect subtrees in the tiles of a tree of `size`.
SubtreeSource subtrees_in_tiles(std::uint64_t size, TileSource tiles);

}  // namespace trailkeeper::merkle
