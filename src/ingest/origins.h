#pragma once

#include <string>
#include <string_view>

namespace trailkeeper::ingest {

// Where the parts of an event that was translated into our own form stand in the sender's document,
// so that a problem is reported with a pointer that the sender can follow. One string, because most
// events have no problem.
class Origins {
 public:
  // Whether what lies below a part has the same shape there.
  enum class Below : char { same = 's', other = 'o' };

  // `wire` points into the event in our own form ("/actor/id"). `place` points into the sender's
  // document, from the item's own pointer on.
  void add(std::string_view wire, std::string_view place, Below below = Below::same);
  // The same for a place outside the item, from the document's root on.
  void add_absolute(std::string_view wire, std::string_view place, Below below = Below::same);

  // The place of the longest known part of `wire`; the item's own pointer when nothing is known.
  std::string find(std::string_view wire, std::string_view item_pointer) const;

  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

 private:
  void add(char from, std::string_view wire, std::string_view place, Below below);

  std::string entries_;  // (from, below, wire, NUL, place, NUL)*; pointers hold no NUL
};

}  // namespace trailkeeper::ingest
