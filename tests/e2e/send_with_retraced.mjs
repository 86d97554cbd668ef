// Reports events with Retraced's unmodified client: only its endpoint is changed. The client compares the hash of each
// answer with its own. Prints the ids, or the errors that the client threw.
import { Client } from '@retracedhq/retraced'

const { endpoint, key, single, bulk, viewer } = JSON.parse(process.argv[2])
const client = new Client({ apiKey: key, projectId: 'shop', endpoint, component: 'Web shop', version: 'a1b2c3' })
const printed = { ids: [], bulk_ids: [], failures: [] }

async function attempt(work) {
  try {
    await work()
  } catch (error) {
    printed.failures.push(String(error))
  }
}

for (const event of single ?? []) {
  await attempt(async () => printed.ids.push(await client.reportEvent(event)))
}
if (bulk) await attempt(async () => printed.bulk_ids.push(...(await client.reportEvents(bulk))))
if (viewer) await attempt(async () => (printed.viewer = await client.getViewerToken('acme', 'u_1', true)))
console.log(JSON.stringify(printed))
