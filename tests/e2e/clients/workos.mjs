// Calls the server with WorkOS' unmodified Node client: only its host is changed. Takes one JSON object of facts,
// prints one JSON object: what each step answered.
import { WorkOS } from '@workos-inc/node'

const { host, port, key, slow, org, strict, unknown } = JSON.parse(process.argv[2])

// Without retries, so that a 429 is seen as what it is.
const client = (apiKey) => new WorkOS(apiKey, { apiHostname: host, port, https: false, maxRetries: 0 })
const trail = client(key)

const event = (action, more = {}) => ({
  action,
  occurredAt: new Date(),
  actor: { type: 'user', id: 'user_node', name: 'Nora', metadata: { role: 'admin' } },
  targets: [{ type: 'team', id: 'team_1' }],
  context: { location: '198.51.100.8', userAgent: 'node' },
  metadata: { client: 'node', password: 'hunter2' },
  ...more,
})

// What the client made of an error.
async function seen(call) {
  try {
    return { status: 0, value: await call() }
  } catch (error) {
    return {
      status: error.status, name: error.name, message: error.message, code: error.code, errors: error.errors,
      request_id: error.requestID, retry_after: error.retryAfter,
    }
  }
}

const out = {}
const first = event('node.sent')
out.created = await seen(() => trail.auditLogs.createEvent(org, first, { idempotencyKey: 'node-1' }))
out.again = await seen(() => trail.auditLogs.createEvent(org, first, { idempotencyKey: 'node-1' }))
out.reused = await seen(() => trail.auditLogs.createEvent(org, { ...first, action: 'b' }, { idempotencyKey: 'node-1' }))

const wanted = {
  action: strict,
  actor: { metadata: { role: 'string' } },
  targets: [{ type: 'team', metadata: { plan: 'string' } }],
  metadata: { amount: 'number', paid: 'boolean' },
}
out.schema = await seen(() => trail.auditLogs.createSchema(wanted))
out.schema_again = await seen(() => trail.auditLogs.createSchema(wanted))
out.schema_next = await seen(() => trail.auditLogs.createSchema({ ...wanted, metadata: { amount: 'string' } }))
out.schema_wrong = await seen(() => trail.auditLogs.createSchema({ ...wanted, targets: [] }))
const allowed = event(strict, { metadata: { amount: 12, paid: true } })
out.allowed = await seen(() => trail.auditLogs.createEvent(org, allowed))
out.refused = await seen(() => trail.auditLogs.createEvent(org, { ...allowed, metadata: { amount: 'twelve' } }))
out.second = await seen(() => trail.auditLogs.createEvent(org, { ...allowed, version: 2, metadata: { amount: 'twelve' } }))
out.schemas = await seen(async () => (await trail.auditLogs.listSchemas(strict)).autoPagination())

out.unauthorized = await seen(() => client('tk_wrong').auditLogs.createEvent(org, event('a')))
out.not_found = await seen(() => trail.auditLogs.createEvent(unknown, event('a')))
out.bad_request = await seen(() =>
  trail.auditLogs.createExport({ organizationId: org, rangeStart: new Date(1000), rangeEnd: new Date(0) }))
out.limited = { status: 0 }
for (let i = 0; i < 50 && out.limited.status === 0; i++) {
  out.limited = await seen(() => client(slow).auditLogs.createEvent(org, event('node.many')))
}

let made = await trail.auditLogs.createExport({
  organizationId: org, rangeStart: new Date(0), rangeEnd: new Date('2100-01-01'), actions: ['node.sent'],
})
out.pending = made
for (let i = 0; i < 300 && made.state === 'pending'; i++) {
  await new Promise((resolve) => setTimeout(resolve, 100))
  made = await trail.auditLogs.getExport(made.id)
}
out.export = made
out.no_export = await seen(() => trail.auditLogs.getExport('audit_log_export_1'))

out.retention = await seen(() => trail.auditLogs.getOrganizationAuditLogsRetention({ id: org }))
out.retention_set = await seen(() =>
  trail.auditLogs.updateOrganizationAuditLogsRetention({ id: org, retentionPeriod: '2_YEARS' }))
out.retention_wrong = await seen(() =>
  trail.auditLogs.updateOrganizationAuditLogsRetention({ id: org, retentionPeriod: '12_MONTHS' }))

out.link = await seen(() => trail.adminPortal.generateLink({ organization: org, intent: 'log_streams' }))
out.link_refused = await seen(() => trail.adminPortal.generateLink({ organization: org, intent: 'sso' }))
console.log(JSON.stringify(out))
