#include <CLI/CLI.hpp>
#include <string_view>

#include "admin.h"
#include "send.h"
#include "server/serve.h"
#include "verify.h"

int main(int argc, char** argv) {
  using namespace trailkeeper;
  // Its words are those of another program.
  if (argc > 1 && std::string_view(argv[1]) == "verify") return cli::verify(argc - 1, argv + 1);
  CLI::App program{
      "Trailkeeper keeps the audit trail of a SaaS product for each of its customers."};
  program.set_version_flag("--version", TRAILKEEPER_VERSION);
  program.require_subcommand(1);

  server::CommandLine options;
  CLI::App* serve = program.add_subcommand("serve", "Run the server");
  serve->add_option("--config", options.config_file, "Configuration file (TOML)");
  serve->add_option("--data", options.data, "Folder of everything it keeps (default: data)");
  serve->add_option("--listen", options.listen, "Address and port (default: 127.0.0.1:8400)");
  serve->add_flag("--test-clock", options.test_clock, "Let `admin clock set` move the clock");

  program.add_subcommand("verify", "Check a copy of a bucket, or a receipt (docs/verify.md)");

  const cli::AdminCommands admin(program);
  cli::SendCommand send(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (program.exit(error) == 0) return server::kExitOk;
    return send.given() ? cli::SendCommand::kUsage : server::kExitUsage;
  }
  if (*serve) return server::serve(options);
  return send.given() ? send.run() : admin.chosen()();
}
