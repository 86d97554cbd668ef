#include "merkle/tile.h"

#include <gtest/gtest.h>

#include <map>

#include "merkle/compact_range.h"
#include "slow_tree.h"

namespace trailkeeper::merkle {
namespace {

TEST(TilePath, IsC2sp) {
  EXPECT_EQ(tile_path({0, 0}), "tile/0/000");
  EXPECT_EQ(tile_path({0, 1000}), "tile/0/x001/000");
  EXPECT_EQ(tile_path({1, 1234067}), "tile/1/x001/x234/067");
  EXPECT_EQ(tile_path({1, 0, 17}), "tile/1/000.p/17");
  EXPECT_EQ(tile_path({std::nullopt, 1, 44}), "tile/entries/001.p/44");
}

TEST(TilePath, IsReadAsItIsWritten) {
  for (const TileId tile :
       {TileId{0, 0}, TileId{5, 999}, TileId{0, 1000}, TileId{2, 18446744073709551615u, 255},
        TileId{std::nullopt, 1234067, 1}}) {
    EXPECT_EQ(parse_tile_path(tile_path(tile)), tile) << tile_path(tile);
  }
}

TEST(TilePath, RefusesEveryOtherText) {
  for (const char* path : {"",
                           "tile",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/0/x000/000",
                           "tile/0/001/000",
                           "tile/0/x001",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/1/",
                           "tile/0/000/",
                           "/tile/0/000",
                           "tile/entry/000",
                           "tile/8/0/000",
                           "tile/0/x001.p/000.p/3",
                           "tile/0/000.p/1/2",
                           "tile/0/x99999999999/x999/x999/x999/x999/999",
                           "tile/0/../000",
                           "TILE/0/000"}) {
    EXPECT_FALSE(parse_tile_path(path)) << path;
  }
}

// The example of the standard.
TEST(TileWidth, Of70000) {
  EXPECT_EQ(tile_width(0, 272, 70000), 256u);
  EXPECT_EQ(tile_width(0, 273, 70000), 112u);
  EXPECT_EQ(tile_width(0, 274, 70000), 0u);
  EXPECT_EQ(tile_width(1, 0, 70000), 256u);
  EXPECT_EQ(tile_width(1, 1, 70000), 17u);
  EXPECT_EQ(tile_width(2, 0, 70000), 1u);
  EXPECT_EQ(tile_width(3, 0, 70000), 0u);
  EXPECT_EQ(tile_width(1, 0, 256), 1u);
  EXPECT_EQ(tile_width(0, 1, 256), 0u);
  EXPECT_EQ(tile_width(std::nullopt, 1, 300), 44u);
}

// Tiles of a growing tree, as a log would keep them.
class TileStore {
 public:
  TileStore(const SlowTree& tree, std::uint64_t old_size, std::uint64_t size) {
    for (const TileId& tile : new_tiles(old_size, size)) {
      std::vector<Hash> hashes;
      const unsigned height = *tile.level * kTileHeight;
      for (std::uint64_t i = 0; i < tile.width; ++i) {
        const std::uint64_t node = tile.number * kTileWidth + i;
        hashes.push_back(tree.root(node << height, (node + 1) << height));
      }
      tiles_[tile_path(tile)] = tile_bytes(hashes);
    }
  }
  TileSource source() const {
    return [this](const TileId& tile) -> Result<std::vector<Hash>> {
      const auto found = tiles_.find(tile_path(tile));
      if (found == tiles_.end()) {
        return Error{ErrorKind::not_found, "tile", "no " + tile_path(tile)};
      }
      return parse_tile(tile, found->second);
    };
  }
  std::size_t count() const { return tiles_.size(); }
  bool has(const std::string& path) const { return tiles_.contains(path); }

 private:
  std::map<std::string, std::string> tiles_;
};

TEST(Tiles, ProveWhatTheTreeProves) {
  const SlowTree tree(700);
  for (const std::uint64_t size : {1, 2, 255, 256, 257, 300, 511, 512, 513, 700}) {
    const TileStore store(tree, 0, size);
    const auto subtrees = subtrees_in_tiles(size, store.source());
    for (std::uint64_t at = 0; at < size; at += 1 + size / 50) {
      const auto inclusion = prove_inclusion(at, size, subtrees);
      ASSERT_TRUE(inclusion) << inclusion.error().message;
      ASSERT_EQ(*inclusion, tree.path(at, 0, size));
      const auto consistency = prove_consistency(at + 1, size, subtrees);
      ASSERT_TRUE(consistency) << consistency.error().message;
      ASSERT_EQ(*consistency, tree.consistency(at + 1, size));
    }
  }
}

TEST(Tiles, NewOnesAreThoseThatChanged) {
  const SlowTree tree(600);
  const TileStore grown(tree, 250, 300);
  EXPECT_TRUE(grown.has("tile/0/000"));
  EXPECT_TRUE(grown.has("tile/0/001.p/44"));
  EXPECT_TRUE(grown.has("tile/1/000.p/1"));
  EXPECT_EQ(grown.count(), 3u);
  // Nothing above changes within one tile.
  EXPECT_EQ(new_tiles(300, 310), (std::vector<TileId>{{0, 1, 54}}));
  EXPECT_TRUE(new_tiles(300, 300).empty());
  EXPECT_TRUE(new_tiles(0, 0).empty());
}

TEST(Tiles, AskedForMoreThanThereIsAreRefused) {
  const SlowTree tree(300);
  const TileStore store(tree, 0, 300);
  const auto subtrees = subtrees_in_tiles(300, store.source());
  EXPECT_EQ(subtrees(0, 300).error().code, "out_of_range");
  EXPECT_EQ(subtrees(8, 1).error().code, "out_of_range");
  EXPECT_EQ(subtrees(40, 0).error().code, "out_of_range");
}

TEST(Tile, OfAnotherSizeIsRefused) {
  EXPECT_EQ(parse_tile({0, 0, 2}, std::string(63, 'x')).error().code, "tile_size");
  EXPECT_TRUE(parse_tile({0, 0, 2}, std::string(64, 'x')));
}

TEST(Bundle, IsLengthAndBytes) {
  const auto bytes = bundle_bytes({"entry-0", "", "x"});
  ASSERT_TRUE(bytes);
  EXPECT_EQ(to_hex(*bytes), "0007656e7472792d300000000178");
  const auto entries = parse_bundle(3, *bytes);
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries, (std::vector<std::string_view>{"entry-0", "", "x"}));
}

TEST(Bundle, ThatIsCutOrTooLongIsRefused) {
  const std::string bytes = *bundle_bytes({"entry-0", "entry-1"});
  EXPECT_FALSE(parse_bundle(1, bytes));
  EXPECT_FALSE(parse_bundle(3, bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_bundle(2, std::string_view(bytes).substr(0, size))) << size;
  const std::string large(0x10000, 'x');
  EXPECT_EQ(bundle_bytes({large}).error().code, "entry_size");
}

}  // namespace
}  // namespace trailkeeper::merkle
