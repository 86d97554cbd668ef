#include <CLI/CLI.hpp>

#include "command.h"

int main(int argc, char** argv) {
  CLI::App program{
      "Checks a copy of the bucket, or a receipt, against the signed log of an organization: with "
      "public keys alone, and without a network.",
      "trailkeeper-verify"};
  trailkeeper::verify::Command command(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : trailkeeper::verify::kExitUsage;
  }
  return command.run();
}
