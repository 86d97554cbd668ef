#include "compress/zstd.h"

#include <zstd.h>

#include <memory>
#include <vector>

namespace trailkeeper::compress {
namespace {

constexpr int kWindowLogMax = 23;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Error bad_zstd() {
  return {ErrorKind::invalid, "bad_zstd", "The zstd data is cut short or damaged."};
}

}  // namespace

Result<std::string> unzstd(std::string_view compressed, std::size_t limit) {
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (!context) return Error{ErrorKind::unavailable, "resources", "out of memory"};
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  std::vector<char> chunk(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  std::string text;
  while (true) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(hint) != 0) return bad_zstd();
    if (out.pos > limit - text.size()) {
      return Error{ErrorKind::too_large, "too_large",
                   "Unpacked it is larger than " + std::to_string(limit) + " bytes."};
    }
    text.append(chunk.data(), out.pos);
    // A hint of zero: a frame is complete and all of it is out.
    if (in.pos == in.size && hint == 0) return text;
    if (in.pos == in.size && out.pos < out.size) return bad_zstd();
  }
}

}  // namespace trailkeeper::compress
