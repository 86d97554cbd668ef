#pragma once

#include <string>
#include <vector>

#include "event/parse.h"
#include "forms.h"
#include "wire.h"

namespace trailkeeper::ingest {

// What the foreign forms share: each of their events is written in our own form (wire()) and then
// read as one that came so, and handed to the sink. For one thread; what it is given outlives it.
class Translation {
 public:
  Translation(const Request& request, Timestamp now, const ItemSink& sink);

  const Request& request() const { return request_; }
  // Empty again after each add().
  Wire& wire() { return wire_; }

  // The event in wire() becomes an item; `pointer` is its place in the sender's document.
  void add(std::string pointer);
  // The item at `pointer` is refused; each problem's pointer starts at the document's root.
  void refuse(std::string pointer, std::vector<FieldProblem> problems);
  // The same for one that could not even be read; pointers start at the item.
  void refuse(Error why, std::string pointer);

  // Items until now.
  std::size_t size() const { return size_; }

 private:
  const Request& request_;
  const ItemSink& sink_;
  event::ParseContext context_;
  Wire wire_;
  std::size_t size_ = 0;
};

// What is wrong with a request as a whole.
Error wrong_request(const char* code, std::string message, std::string pointer = {});
Error too_many_events();
// The same for one field of an event.
FieldProblem problem(std::string pointer, std::string code, std::string detail);

// Requests are parsed on the server's pool; each thread keeps its document's memory. This one is
// for what was sent; translations have another.
json::Document& sent_document();

// Compact JSON of a node, and of a text.
std::string to_json(json::Node node);
std::string to_json(std::string_view text);

}  // namespace trailkeeper::ingest
