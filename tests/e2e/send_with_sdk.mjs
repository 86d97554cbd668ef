// Sends events with the unmodified SDK: only its host is changed. Prints what it sent and how many failed.
import { readFileSync } from 'node:fs'

import { WorkOS } from '@workos-inc/node'

const { host, port, key, org, file } = JSON.parse(process.argv[2])
const events = JSON.parse(readFileSync(file, 'utf8'))
const workos = new WorkOS(key, { apiHostname: host, port, https: false })

const AT_ONCE = 16
let next = 0
const failures = []

async function sender() {
  while (next < events.length) {
    const event = events[next++]
    try {
      await workos.auditLogs.createEvent(org, { ...event, occurredAt: new Date(event.occurredAt) })
    } catch (error) {
      failures.push(String(error))
    }
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, sender))
console.log(JSON.stringify({ sent: events.length, failures }))
