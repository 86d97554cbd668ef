"""WorkOS' own client; only its address is another."""
import datetime
import os
import uuid

import workos
from workos.audit_logs.models import (AuditLogEvent, AuditLogEventActor, AuditLogEventContext,
                                      AuditLogEventTarget)

client = workos.WorkOSClient(api_key=os.environ["TRAILKEEPER_KEY"], client_id="unused",
                             base_url=os.environ["TRAILKEEPER_URL"])
client.audit_logs.create_event(
    organization_id=os.environ.get("TRAILKEEPER_ORG", "acme"),
    event=AuditLogEvent(
        action="python.sent",
        occurred_at=datetime.datetime.now(datetime.timezone.utc),
        actor=AuditLogEventActor(id="u_1", type="user", name="Ann"),
        targets=[AuditLogEventTarget(id="7", type="invoice")],
        context=AuditLogEventContext(location="192.0.2.1", user_agent="example")),
    idempotency_key=str(uuid.uuid4()))
print("sent")
