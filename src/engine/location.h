#pragma once

namespace trailkeeper::engine {

// `trailkeeper-store location`: waits for a job on its socket, confines itself, answers with the
// engine, and ends when the socket does.
int run_location(int argc, char** argv);

}  // namespace trailkeeper::engine
