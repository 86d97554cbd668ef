#pragma once

namespace trailkeeper::cli {

// `trailkeeper verify ...`: the program `trailkeeper-verify` beside this one, with the same
// arguments. With --url the proofs of a receipt are fetched from the server first; what they prove
// is then checked by that program, which knows no network. `argv[0]` is "verify". The process's
// exit code (docs/verify.md).
int verify(int argc, char** argv);

}  // namespace trailkeeper::cli
