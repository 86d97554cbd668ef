#pragma once

#include "access/principal.h"
#include "httpd/message.h"

namespace trailkeeper::api {

// What a request reads of a trail, by its address: for the entry about it when the vendor reads a
// customer's (access/looks.h). An address of another kind is `other`, so that a new route is
// written down before anybody thinks of it.
access::Reading reading_of(const httpd::Request& request, const settings::Origin& origin);

}  // namespace trailkeeper::api
