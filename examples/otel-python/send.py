"""OpenTelemetry's logs: an audit event is a log record with an event name."""
import os

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

provider = LoggerProvider(resource=Resource.create({
    "service.name": "billing",
    "organization.id": os.environ.get("TRAILKEEPER_ORG", "acme"),
}))
provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(
    endpoint=os.environ["TRAILKEEPER_URL"] + "/v1/logs",
    headers={"authorization": "Bearer " + os.environ["TRAILKEEPER_KEY"]})))

provider.get_logger("audit").emit(LogRecord(
    event_name="otel.sent",
    severity_number=SeverityNumber.INFO,
    attributes={"user.id": "u_1", "user.name": "Ann", "client.address": "192.0.2.1"}))
provider.shutdown()
print("sent")
