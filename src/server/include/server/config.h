#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::server {

struct StoreConfig {
  std::string url;  // of a ClickHouse server; empty: the embedded engine
  std::string user;
  std::string password;
  std::string database = "trailkeeper";
  std::uint64_t memory_bytes = 700u << 20;  // of the embedded engine
  int connections = 6;
  std::string program;  // trailkeeper-store; empty: beside this program
  std::string library;  // libchdb.so; empty: where trailkeeper-store looks by itself
};

struct SmtpConfig {
  std::string host;  // empty: mails become files in the outbox folder
  int port = 587;
  std::string security = "starttls";  // starttls | tls | none
  std::string user;
  std::string password;
  std::string ca_file;  // authorities to trust instead of the system's
  std::string from;     // empty: no-reply@ and the host of public_url
};

struct S3Config {
  std::string role_arn;  // the vendor's common role
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::string
      credentials_file;  // of the AWS tools; read when no key is set here or in the environment
  std::string profile = "default";
  std::vector<std::string> regions;    // empty: the usual ones
  std::vector<std::string> endpoints;  // S3-compatible services that customers may name
  std::string sts_endpoint;            // of those services; empty: the same address
  std::string endpoint_region = "us-east-1";
  // Who assumes roles of customers, for their trust policies; empty: the account of `role_arn`.
  std::string trust_principal;
};

struct DeliveryConfig {
  int workers = 8;
  int slow_workers = 16;
  std::uint64_t split_bytes = 256u << 20;
  std::uint64_t part_bytes = 64u << 20;  // larger Parquet files go up in parts of this size
  int retry_seconds_max = 900;
  int probe_seconds = 900;
};

// How data packs are read, sent and compared.
struct PackRunsConfig {
  int workers = 2;
  std::uint64_t compare_bytes_per_second = 8u << 20;  // of reading back what an SFTP server holds
};

struct ExportConfig {
  int workers = 2;
  std::uint64_t free_bytes_min = 1u << 30;
};

// How people come in.
struct SignInConfig {
  std::string second_factor = "optional";  // optional | operators | everyone, of who has a password
  std::vector<std::string> oidc_private_hosts;  // providers that may lie at private addresses
};

// Where customers' data packs may go.
struct SftpConfig {
  std::vector<std::string> private_hosts;  // servers that may lie at private addresses
};

// What data packs may be read from that are no databases.
struct DataPacksConfig {
  std::vector<std::string> private_hosts;  // of S3 and HTTP, at private addresses or without TLS
  std::vector<std::string> folders;        // below which files may be read
  std::string watched_folder;              // that the vendor's jobs write files to; empty: none
  int watch_seconds = 10;                  // between two looks at it
  std::string unit_socket;  // where the system starts what reads them; empty: the server does
  std::uint64_t memory_bytes = 700u << 20;  // of a process that reads them
  int read_seconds_max = 6 * 3600;          // of one run's reading, of databases too
};

// Which pages of the vendor's product may be returned to, and may show the embedded page.
struct PortalConfig {
  std::vector<std::string> return_urls;  // beginnings of addresses
};
struct EmbedConfig {
  std::vector<std::string> parents;  // origins
};

struct LimitsConfig {
  int connections = 4096;
  int pool_threads = 8;
  int io_threads = 1;
  std::uint64_t backlog_bytes = 0;  // of events not yet in the store; 0: see journal::Settings
  // Of intake, where an org or key has no limits of its own: each second, and for how many seconds
  // at once. More than one machine takes, so that they bound nobody until they are lowered.
  int org_events = 250'000;
  std::uint64_t org_bytes = 256u << 20;
  int org_requests = 100'000;
  int key_events = 250'000;
  std::uint64_t key_bytes = 256u << 20;
  int key_requests = 100'000;
  int burst_seconds = 10;
};

// What is masked before anything is stored, until it is set by the interface.
struct MaskConfig {
  std::vector<std::string> fields = {"default"};  // "default" stands for the built-in names
  std::vector<std::string> drop_fields;
  bool card_numbers = true;
};

// How much the journal gathers before it drops, writes back and hands on; see journal::Settings.
struct JournalConfig {
  std::uint64_t segment_bytes = 64u << 20;
  std::uint64_t log_bytes = 8u << 20;
  int flush_ms = 300;
};

// The logs of organizations.
struct LedgerConfig {
  std::string origin;        // of logs opened from now on; empty: the host of public_url
  bool read_key = false;     // a log is read with a key only
  std::string witness_url;   // of a C2SP witness, without /add-checkpoint; empty: none
  std::string witness_vkey;  // its public key
};

// Holding everything stored against the log, in the background.
struct ScrubConfig {
  int rows_per_second = 500;  // 0: never
  int every_hours = 24;       // from the beginning of a round to that of the next
};

struct Config {
  std::string listen = "127.0.0.1:8400";
  std::string data = "data";
  std::string public_url;  // of every link; empty: http:// and the address it listens on
  std::string tls_certificate;
  std::string tls_key;
  std::string key_file;        // that seals secrets; empty: DIR.key beside the data folder DIR
  std::string console_folder;  // empty: found beside the program
  std::string openapi_file;    // empty: found beside the program
  std::string log_level = "info";
  bool test_clock = false;
  StoreConfig store;
  SmtpConfig smtp;
  S3Config s3;
  DeliveryConfig delivery;
  PackRunsConfig pack_runs;
  ExportConfig exports;
  SignInConfig sign_in;
  SftpConfig sftp;
  DataPacksConfig data_packs;
  PortalConfig portal;
  EmbedConfig embed;
  std::vector<std::string> trusted_proxies;  // addresses or networks, whose word on clients counts
  LimitsConfig limits;
  MaskConfig mask;
  JournalConfig journal;
  LedgerConfig ledger;
  ScrubConfig scrub;
};

// What the command line says; it wins over the environment, which wins over the file.
struct CommandLine {
  std::string config_file;
  std::string data;
  std::string listen;
  bool test_clock = false;
};

// All NAME=value pairs of the environment, as in environ.
using Environment = std::vector<std::string>;
Environment process_environment();

// Reads the file (TOML), then TRAILKEEPER__SECTION__KEY (top-level keys: TRAILKEEPER__KEY), then
// the command line. A secret may also be the content of a file: `password_file`,
// TRAILKEEPER__SMTP__PASSWORD_FILE. Lists in variables are separated by commas. Errors: `invalid`
// code `config`, naming file and line or the variable, for unknown keys, wrong types and values
// that cannot be.
Result<Config> load_config(const CommandLine& command_line, const Environment& environment);

}  // namespace trailkeeper::server
