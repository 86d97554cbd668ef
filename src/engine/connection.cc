#include "connection.h"

#include <charconv>
#include <exception>

namespace trailkeeper::engine {
namespace {

// The arrays of names and values that the C interface takes.
struct ParameterArrays {
  explicit ParameterArrays(const Parameters& parameters) {
    for (const auto& [name, value] : parameters) {
      names.push_back(name.data());
      name_sizes.push_back(name.size());
      values.push_back(value.data());
      value_sizes.push_back(value.size());
    }
  }
  std::vector<const char*> names, values;
  std::vector<std::size_t> name_sizes, value_sizes;
};

// A ClickHouse string literal.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

QueryError null_result() { return {0, "the engine gave no result"}; }

}  // namespace

[[noreturn]] void throw_exception_from_error(const QueryError&, const boost::source_location&) {
  std::terminate();
}

QueryError parse_error(std::string_view text) {
  QueryError error{0, std::string(text)};
  constexpr std::string_view prefix = "Code: ";
  const auto start = text.find(prefix);
  if (start != std::string_view::npos) {
    std::from_chars(text.data() + start + prefix.size(), text.data() + text.size(), error.code);
  }
  return error;
}

QueryStream::QueryStream(const ChdbApi& api, chdb_connection connection, ResultHandle stream)
    : api_(&api),
      connection_(connection),
      stream_(std::move(stream)),
      chunk_(nullptr, ResultDeleter{&api}) {}

QueryStream::QueryStream(QueryStream&& other) noexcept
    : api_(other.api_),
      connection_(other.connection_),
      stream_(std::move(other.stream_)),
      chunk_(std::move(other.chunk_)),
      ended_(std::exchange(other.ended_, true)) {}

QueryStream::~QueryStream() {
  if (!ended_ && stream_) api_->stream_cancel_query(connection_, stream_.get());
}

QueryResult<std::string_view> QueryStream::fetch() {
  if (ended_) return std::string_view{};
  for (;;) {
    chunk_.reset(api_->stream_fetch_result(connection_, stream_.get()));
    if (!chunk_) {
      ended_ = true;
      return null_result();
    }
    if (const char* error = api_->result_error(chunk_.get())) {
      ended_ = true;
      return parse_error(error);
    }
    const std::size_t size = api_->result_length(chunk_.get());
    if (size > 0) return std::string_view(api_->result_buffer(chunk_.get()), size);
    if (api_->result_rows_read(chunk_.get()) > 0) continue;  // rows without a byte are no end
    ended_ = true;
    return std::string_view{};
  }
}

InsertStream::~InsertStream() {
  if (stream_ != nullptr) api_->destroy_insert_stream(stream_);  // cancels what was not finished
}

std::optional<QueryError> InsertStream::refused() const {
  const char* error = api_->stream_insert_error(stream_);
  if (error == nullptr || *error == '\0') return std::nullopt;
  return parse_error(error);
}

QueryResult<> InsertStream::append(std::string_view data) {
  if (api_->stream_append(stream_, data.data(), data.size()) == kChdbSuccess)
    return boost::system::in_place_value;
  if (auto reason = refused()) return *std::move(reason);
  // The reason is only told at the end.
  auto finished = finish();
  return finished ? null_result() : finished.error();
}

QueryResult<std::uint64_t> InsertStream::finish() {
  ResultHandle result(api_->stream_done(stream_), ResultDeleter{api_});
  if (!result) return null_result();
  if (const char* error = api_->result_error(result.get())) return parse_error(error);
  return api_->result_rows_written(result.get());
}

Result<std::unique_ptr<Connection>> Connection::open(const ChdbApi& api,
                                                     const std::vector<std::string>& arguments) {
  std::vector<std::string> copy = arguments;
  std::vector<char*> pointers;
  for (std::string& argument : copy) pointers.push_back(argument.data());
  chdb_connection* handle = api.connect(static_cast<int>(pointers.size()), pointers.data());
  if (handle == nullptr || *handle == nullptr) {
    return Error{ErrorKind::failed, "engine_open", "the engine cannot open its data folder"};
  }
  return std::unique_ptr<Connection>(new Connection(api, handle));
}

Connection::~Connection() { api_.close_conn(handle_); }

QueryResult<> Connection::set(const std::string& assignments) {
  auto answer = query("SET " + assignments, "TabSeparated", {});
  if (!answer) return answer.error();
  return boost::system::in_place_value;
}

QueryResult<> Connection::apply(const Settings& wanted) {
  std::string changes;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!changes.empty()) changes += ", ";
    changes += name + " = " + value;
  };
  for (const auto& [name, value] : settings_) {
    if (!wanted.contains(name)) add(name, "DEFAULT");
  }
  for (const auto& [name, value] : wanted) {
    const auto present = settings_.find(name);
    if (present == settings_.end() || present->second != value) add(name, quoted(value));
  }
  if (changes.empty()) return boost::system::in_place_value;
  auto done = set(changes);
  if (done) {
    settings_ = wanted;
  } else {
    // Some of them may hold: this session is not handed out again.
    usable_ = false;
  }
  return done;
}

QueryResult<std::string> Connection::query(std::string_view sql, std::string_view format,
                                           const Parameters& parameters) {
  const ParameterArrays arrays(parameters);
  ResultHandle result(
      api_.query_with_params_n(*handle_, sql.data(), sql.size(), format.data(), format.size(),
                               arrays.names.data(), arrays.name_sizes.data(), arrays.values.data(),
                               arrays.value_sizes.data(), parameters.size()),
      ResultDeleter{&api_});
  if (!result) return null_result();
  if (const char* error = api_.result_error(result.get())) return parse_error(error);
  const std::size_t size = api_.result_length(result.get());
  return size == 0 ? std::string() : std::string(api_.result_buffer(result.get()), size);
}

QueryResult<QueryStream> Connection::stream(std::string_view sql, std::string_view format,
                                            const Parameters& parameters) {
  const ParameterArrays arrays(parameters);
  ResultHandle result(api_.stream_query_with_params_n(
                          *handle_, sql.data(), sql.size(), format.data(), format.size(),
                          arrays.names.data(), arrays.name_sizes.data(), arrays.values.data(),
                          arrays.value_sizes.data(), parameters.size()),
                      ResultDeleter{&api_});
  if (!result) return null_result();
  if (const char* error = api_.result_error(result.get())) return parse_error(error);
  return QueryStream(api_, *handle_, std::move(result));
}

QueryResult<InsertStream> Connection::insert(std::string_view statement, std::string_view format,
                                             const Parameters& parameters) {
  const ParameterArrays arrays(parameters);
  InsertStream stream(
      api_, api_.stream_insert_with_params_n(*handle_, statement.data(), statement.size(),
                                             format.data(), format.size(), arrays.names.data(),
                                             arrays.name_sizes.data(), arrays.values.data(),
                                             arrays.value_sizes.data(), parameters.size()));
  if (auto refused = stream.refused()) return *std::move(refused);
  return stream;
}

}  // namespace trailkeeper::engine
