#include "compress/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

namespace trailkeeper::compress {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 32 KiB window, gzip header
constexpr std::size_t kChunk = 64 * 1024;

// zlib takes 32-bit sizes and a pointer that is not const.
void give_input(z_stream& stream, std::string_view& data) {
  const std::size_t size = std::min<std::size_t>(data.size(), std::numeric_limits<uInt>::max());
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(size);
  data.remove_prefix(size);
}

Error bad_gzip() {
  return {ErrorKind::invalid, "bad_gzip", "The gzip data is cut short or damaged."};
}

// A zlib decompressor that ends itself.
class Inflater {
 public:
  Inflater() : ready_(inflateInit2(&stream, kGzipWindow) == Z_OK) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream);
  }
  bool ready() const { return ready_; }

  z_stream stream{};

 private:
  const bool ready_;
};

}  // namespace

struct GzipWriter::State {
  Sink sink;
  z_stream stream{};
  gz_header header{};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::array<char, kChunk> out;

  // Runs until zlib wants more input, or is done.
  Result<> run(int flush) {
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      deflate(&stream, flush);
      const std::size_t made = out.size() - stream.avail_out;
      bytes_out += made;
      if (made == 0) continue;
      if (Result<> taken = sink({out.data(), made}); !taken) return taken;
    } while (stream.avail_out == 0);
    return {};
  }
};

GzipWriter::GzipWriter(Sink sink, int level) : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
  z_stream& stream = state_->stream;
  const int ready = deflateInit2(&stream, std::clamp(level, 1, 9), Z_DEFLATED, kGzipWindow, 8,
                                 Z_DEFAULT_STRATEGY);
  // It fails only without memory.
  if (ready != Z_OK) std::abort();
  state_->header.os = 255;
  deflateSetHeader(&stream, &state_->header);
}

GzipWriter::~GzipWriter() { deflateEnd(&state_->stream); }

Result<> GzipWriter::write(std::string_view data) {
  state_->bytes_in += data.size();
  while (!data.empty()) {
    give_input(state_->stream, data);
    if (Result<> done = state_->run(Z_NO_FLUSH); !done) return done;
  }
  return {};
}

Result<> GzipWriter::finish() { return state_->run(Z_FINISH); }

std::uint64_t GzipWriter::bytes_in() const { return state_->bytes_in; }

std::uint64_t GzipWriter::bytes_out() const { return state_->bytes_out; }

std::string gzip(std::string_view data, int level) {
  std::string out;
  GzipWriter writer(
      [&out](std::string_view bytes) -> Result<> {
        out.append(bytes);
        return {};
      },
      level);
  (void)writer.write(data);
  (void)writer.finish();
  return out;
}

Result<> gunzip(std::string_view compressed, std::size_t limit, const Sink& sink) {
  Inflater inflater;
  if (!inflater.ready()) return Error{ErrorKind::unavailable, "resources", "out of memory"};
  z_stream& stream = inflater.stream;
  std::array<char, kChunk> out;
  std::size_t left = limit;
  while (true) {
    if (stream.avail_in == 0) give_input(stream, compressed);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return bad_gzip();
    const std::size_t made = out.size() - stream.avail_out;
    if (made > left) {
      return Error{ErrorKind::too_large, "too_large",
                   "Unpacked it is larger than " + std::to_string(limit) + " bytes."};
    }
    left -= made;
    if (made > 0) {
      if (Result<> taken = sink({out.data(), made}); !taken) return taken;
    }
    if (code != Z_STREAM_END) continue;
    if (stream.avail_in == 0 && compressed.empty()) return {};
    // Another member follows.
    if (inflateReset(&stream) != Z_OK) return bad_gzip();
  }
}

Result<std::string> gunzip(std::string_view compressed, std::size_t limit) {
  std::string text;
  Result<> done = gunzip(compressed, limit, [&text](std::string_view bytes) -> Result<> {
    text.append(bytes);
    return {};
  });
  if (!done) return std::move(done).error();
  return text;
}

}  // namespace trailkeeper::compress
