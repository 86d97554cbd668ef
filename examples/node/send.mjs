// WorkOS' own client; only its host is another.
import { WorkOS } from '@workos-inc/node'

const url = new URL(process.env.TRAILKEEPER_URL)
const workos = new WorkOS(process.env.TRAILKEEPER_KEY, {
  apiHostname: url.hostname,
  port: Number(url.port) || undefined,
  https: url.protocol === 'https:',
})

await workos.auditLogs.createEvent(
  process.env.TRAILKEEPER_ORG ?? 'acme',
  {
    action: 'node.sent',
    occurredAt: new Date(),
    actor: { type: 'user', id: 'u_1', name: 'Ann' },
    targets: [{ type: 'invoice', id: '7' }],
    context: { location: '192.0.2.1', userAgent: 'example' },
  },
  { idempotencyKey: crypto.randomUUID() },
)
console.log('sent')
