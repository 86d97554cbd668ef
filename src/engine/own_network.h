#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

// A process's own small world: the kernel's namespaces with nothing in them but a loopback.
namespace trailkeeper::engine {

// Users, mounts, network and IPC of this process's own, with the user and group that it has. Needs
// one thread. `forbidden`, code `namespaces_forbidden`, where the system does not let users make
// namespaces.
Result<> enter_own_namespaces();

// Covers `folder` by an empty one in memory that nobody else sees.
Result<> cover_folder(const std::string& folder, std::uint64_t bytes_max);

// True when this process's network has a loopback and nothing else.
bool network_is_empty();

// Makes `address` (numeric) an address of the loopback, and listens on it: what connects there
// within this network is accepted by whoever holds the answer. Needs the rights over the network
// that the maker of a namespace has.
Result<FileDescriptor> listen_as(const std::string& address, int port);

// Gives up every capability, for good.
Result<> drop_capabilities();

}  // namespace trailkeeper::engine
