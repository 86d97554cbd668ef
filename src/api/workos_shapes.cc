#include "workos_shapes.h"

#include <algorithm>

#include "routes.h"

namespace trailkeeper::api {

WorkosPage read_workos_page(QueryReader& query) {
  WorkosPage page;
  page.limit = query.number("limit", 1, 100, 10);
  page.before = query.text("before", 1024);
  page.after = query.text("after", 1024);
  // `normal` is what their clients say for "in the server's order".
  page.ascending = query.choice("order", {"desc", "asc", "normal"}) == "asc";
  return page;
}

std::string workos_list(const std::vector<std::string>& ids, const WorkosPage& page,
                        const std::function<void(json::Writer&, std::size_t)>& write) {
  std::vector<std::size_t> order(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) order[i] = page.ascending ? i : ids.size() - 1 - i;
  const auto place = [&](const std::string& id) {
    const auto found =
        std::find_if(order.begin(), order.end(), [&](std::size_t i) { return ids[i] == id; });
    return static_cast<std::size_t>(found - order.begin());
  };
  std::size_t begin = 0;
  std::size_t end = std::min(order.size(), page.limit);
  if (!page.after.empty()) {
    begin = std::min(order.size(), place(page.after) + 1);
    end = std::min(order.size(), begin + page.limit);
  } else if (!page.before.empty()) {
    end = place(page.before);
    begin = end - std::min(end, page.limit);
  }
  json::Writer out;
  out.begin_object().member("object", "list").key("data").begin_array();
  for (std::size_t i = begin; i < end; ++i) write(out, order[i]);
  out.end_array().key("list_metadata").begin_object();
  const bool some = begin < end;
  member_or_null(out, "before", some && begin > 0 ? ids[order[begin]] : std::string());
  member_or_null(out, "after", some && end < order.size() ? ids[order[end - 1]] : std::string());
  return out.end_object().end_object().take();
}

}  // namespace trailkeeper::api
