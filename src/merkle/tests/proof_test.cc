#include "merkle/proof.h"

#include <gtest/gtest.h>

#include <random>

#include "merkle/compact_range.h"
#include "slow_tree.h"

namespace trailkeeper::merkle {
namespace {

constexpr std::uint64_t kSizes[] = {1,  2,  3,   4,   5,   6,   7,   8,   9,   13,  16,  17,
                                    31, 33, 100, 127, 128, 129, 255, 256, 257, 300, 511, 1025};

TEST(Inclusion, IsRfc9162ForEveryLeafOfManySizes) {
  const SlowTree tree(1025);
  for (const std::uint64_t size : kSizes) {
    const Hash root = tree.root(0, size);
    for (std::uint64_t index = 0; index<size; index += size> 100 ? 13 : 1) {
      const auto proof = prove_inclusion(index, size, tree.subtrees());
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, tree.path(index, 0, size)) << index << " of " << size;
      ASSERT_TRUE(verify_inclusion(index, size, tree.leaf(index), *proof, root));
    }
  }
}

TEST(Consistency, IsRfc9162ForManyPairsOfSizes) {
  const SlowTree tree(1025);
  for (const std::uint64_t size : kSizes) {
    const Hash root = tree.root(0, size);
    for (std::uint64_t old_size = 1; old_size <= size; old_size += size > 100 ? 11 : 1) {
      const auto proof = prove_consistency(old_size, size, tree.subtrees());
      ASSERT_TRUE(proof) << proof.error().message;
      ASSERT_EQ(*proof, tree.consistency(old_size, size)) << old_size << " in " << size;
      ASSERT_TRUE(verify_consistency(old_size, tree.root(0, old_size), size, root, *proof));
    }
  }
}

// Values that golang.org/x/mod computed for the same 300 leaves.
TEST(Proofs, AreThoseOfAForeignImplementation) {
  const SlowTree tree(300);
  const auto inclusion = prove_inclusion(123, 300, tree.subtrees());
  ASSERT_TRUE(inclusion);
  ASSERT_EQ(inclusion->size(), 9u);
  EXPECT_EQ(to_base64(as_text(inclusion->front())), "EzzQ67G/1yy1tVdbykKhuXiwqLXE4YUJsjhp282fyUk=");
  EXPECT_EQ(to_base64(as_text(inclusion->back())), "VMnxW4d1+SaVX5js9ar6Mu9CMl6XtZ2TGyciceBeJe8=");
  const auto small = prove_consistency(256, 300, tree.subtrees());
  ASSERT_TRUE(small);
  ASSERT_EQ(small->size(), 1u);
  EXPECT_EQ(small->front(), inclusion->back());
  const auto consistency = prove_consistency(200, 300, tree.subtrees());
  ASSERT_TRUE(consistency);
  ASSERT_EQ(consistency->size(), 7u);
  EXPECT_EQ(to_base64(as_text(consistency->front())),
            "H3D7jPnDGUxcyMSVgmxrC5N0IFkWkUw5l0d69rJKSUI=");
}

TEST(Proofs, OfWhatIsNotThereAreRefused) {
  const SlowTree tree(8);
  EXPECT_EQ(prove_inclusion(8, 8, tree.subtrees()).error().code, "out_of_range");
  EXPECT_EQ(prove_inclusion(0, 0, tree.subtrees()).error().code, "out_of_range");
  EXPECT_EQ(prove_consistency(9, 8, tree.subtrees()).error().code, "out_of_range");
  EXPECT_FALSE(verify_inclusion(0, 0, tree.leaf(0), {}, empty_root()));
}

TEST(Consistency, OfTheEmptyTreeNeedsItsRootAndNoProof) {
  const SlowTree tree(3);
  const Hash root = tree.root(0, 3);
  const std::vector<Hash> garbage{root};
  EXPECT_TRUE(verify_consistency(0, empty_root(), 3, root, {}));
  EXPECT_TRUE(verify_consistency(0, empty_root(), 0, empty_root(), {}));
  EXPECT_FALSE(verify_consistency(0, root, 3, root, {}));
  EXPECT_FALSE(verify_consistency(0, root, 0, root, {}));
  EXPECT_FALSE(verify_consistency(0, empty_root(), 3, root, garbage));
  EXPECT_FALSE(verify_consistency(3, root, 3, root, garbage));
  EXPECT_FALSE(verify_consistency(3, root, 2, tree.root(0, 2), {}));
}

TEST(Proofs, ErrorsOfTheSourceArePassedOn) {
  const SubtreeSource broken = [](unsigned, std::uint64_t) -> Result<Hash> {
    return Error{ErrorKind::unavailable, "disk", "not now"};
  };
  EXPECT_EQ(prove_inclusion(3, 8, broken).error().code, "disk");
  EXPECT_EQ(prove_consistency(3, 8, broken).error().code, "disk");
}

// Promise 6 in small: no other claim passes with a proof that was made for this one.
class Tampered : public ::testing::Test {
 protected:
  // Any of: a bit flipped, a hash dropped, doubled, added at either end, two swapped.
  void tamper(std::vector<Hash>& proof) {
    const std::size_t at = proof.empty() ? 0 : random_() % proof.size();
    switch (proof.empty() ? 3 : random_() % 5) {
      case 0:
        proof[at][random_() % 32] ^= static_cast<std::uint8_t>(1 << random_() % 8);
        break;
      case 1:
        proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 2:
        proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(at), proof[at]);
        break;
      case 3:
        proof.push_back(empty_root());
        break;
      default:
        proof.insert(proof.begin(), tree_.root(0, tree_size_));
        break;
    }
  }
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  static constexpr std::uint64_t tree_size_ = 200;
  const SlowTree tree_{tree_size_};
  std::mt19937_64 random_{20261122};
};

TEST_F(Tampered, InclusionIsFound) {
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t size = 1 + below(tree_size_), index = below(size);
    const Hash root = tree_.root(0, size);
    auto proof = tree_.path(index, 0, size);
    ASSERT_TRUE(verify_inclusion(index, size, tree_.leaf(index), proof, root));
    const std::uint64_t other = below(size);
    if (other != index) {
      ASSERT_FALSE(verify_inclusion(other, size, tree_.leaf(index), proof, root));
      ASSERT_FALSE(verify_inclusion(index, size, tree_.leaf(other), proof, root));
    }
    tamper(proof);
    ASSERT_FALSE(verify_inclusion(index, size, tree_.leaf(index), proof, root));
  }
}

TEST_F(Tampered, ConsistencyIsFound) {
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t size = 1 + below(tree_size_), old_size = 1 + below(size);
    const Hash root = tree_.root(0, size), old_root = tree_.root(0, old_size);
    auto proof = tree_.consistency(old_size, size);
    ASSERT_TRUE(verify_consistency(old_size, old_root, size, root, proof));
    if (old_size != size) {
      ASSERT_FALSE(verify_consistency(old_size, root, size, root, proof));
      ASSERT_FALSE(verify_consistency(old_size, root, size, old_root, proof));
    }
    tamper(proof);
    ASSERT_FALSE(verify_consistency(old_size, old_root, size, root, proof));
  }
}

}  // namespace
}  // namespace trailkeeper::merkle
