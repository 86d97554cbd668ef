#include "json/lists.h"

namespace trailkeeper::json {

void write_texts(Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void write_problems(Writer& out, std::string_view name, const std::vector<FieldProblem>& problems) {
  out.key(name).begin_array();
  for (const FieldProblem& problem : problems) {
    out.begin_object()
        .member("pointer", problem.pointer)
        .member("code", problem.code)
        .member("detail", problem.detail)
        .end_object();
  }
  out.end_array();
}

}  // namespace trailkeeper::json
