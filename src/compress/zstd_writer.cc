#include "compress/zstd_writer.h"

#include <zstd.h>

#include <cstdlib>
#include <utility>
#include <vector>

namespace trailkeeper::compress {

struct ZstdWriter::State {
  Sink sink;
  ZSTD_CCtx* context = nullptr;
  std::vector<char> out;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  ~State() { ZSTD_freeCCtx(context); }

  Result<> run(ZSTD_inBuffer& input, ZSTD_EndDirective directive) {
    for (;;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context, &output, &input, directive);
      if (ZSTD_isError(left) != 0) return Error{ErrorKind::failed, "zstd", ZSTD_getErrorName(left)};
      bytes_out += output.pos;
      if (output.pos > 0) {
        if (Result<> taken = sink({out.data(), output.pos}); !taken) return taken;
      }
      const bool done = directive == ZSTD_e_end ? left == 0 : input.pos == input.size;
      if (done) return {};
    }
  }
};

ZstdWriter::ZstdWriter(Sink sink, int level) : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
  state_->context = ZSTD_createCCtx();
  // It fails only without memory.
  if (state_->context == nullptr) std::abort();
  ZSTD_CCtx_setParameter(state_->context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(state_->context, ZSTD_c_checksumFlag, 1);
  state_->out.resize(ZSTD_CStreamOutSize());
}

ZstdWriter::~ZstdWriter() = default;

Result<> ZstdWriter::write(std::string_view data) {
  state_->bytes_in += data.size();
  ZSTD_inBuffer input{data.data(), data.size(), 0};
  return state_->run(input, ZSTD_e_continue);
}

Result<> ZstdWriter::finish() {
  ZSTD_inBuffer input{nullptr, 0, 0};
  return state_->run(input, ZSTD_e_end);
}

std::uint64_t ZstdWriter::bytes_in() const { return state_->bytes_in; }

std::uint64_t ZstdWriter::bytes_out() const { return state_->bytes_out; }

}  // namespace trailkeeper::compress
