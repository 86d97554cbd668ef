#pragma once

#include "export/exports.h"
#include "httpd/message.h"

namespace trailkeeper::api {

// A finished export as an attachment, read from its file as the client takes it.
httpd::Response file_response(exports::OpenFile opened);

}  // namespace trailkeeper::api
