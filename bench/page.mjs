// How fast the Audit Logs page is for a person: `node bench/page.mjs URL ORG EMAIL PASSWORD`, against a server that
// holds as many entries as one likes. Prints milliseconds; asserts nothing.
import { createRequire } from 'node:module'
import { cpus } from 'node:os'

const require = createRequire(new URL('../tests/e2e/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const [url, org, email, password] = process.argv.slice(2)
const rounds = 9

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, locale: 'en-GB' })
page.setDefaultTimeout(60000)

// Every interaction with the time until the paint after it, as Event Timing has it.
await page.addInitScript(() => {
  window.interactions = []
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.interactionId) window.interactions.push({ name: entry.name, ms: entry.duration })
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
})

// The first entry in the page, and the paint that shows it: what a person sees, without what driving the browser takes.
await page.addInitScript(() => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[role=table] [role=cell]')) return
    observer.disconnect()
    requestAnimationFrame(() => {
      const afterPaint = new MessageChannel()
      afterPaint.port1.onmessage = () => performance.mark('entries-painted')
      afterPaint.port2.postMessage(null)
    })
  }).observe(document, { childList: true, subtree: true })
})

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
const print = (what, numbers) => {
  const rounded = numbers.map((ms) => Math.round(ms))
  if (rounded.length > 0) console.log(`${what.padEnd(44)} median ${String(median(rounded)).padStart(5)} ms   worst ${String(Math.max(...rounded)).padStart(5)} ms   of ${rounded.length}`)
}

const table = () => page.getByRole('table', { name: 'Audit log entries' })
const firstRow = () => table().getByRole('row').filter({ has: page.getByRole('cell') }).first()
const box = () => page.getByRole('combobox', { name: /^Search/ })

// The server's answer alone, over the same connection.
const answers = async (query) => {
  const times = []
  for (let i = 0; i < rounds; i++) {
    times.push(await page.evaluate(async (address) => {
      const start = performance.now()
      await (await fetch(address)).json()
      return performance.now() - start
    }, `/v1/orgs/${org}/${query}`))
  }
  return times
}

await page.goto(url)
await page.getByRole('textbox', { name: 'Email' }).fill(email)
await page.getByLabel('Password', { exact: true }).fill(password)
await page.getByRole('button', { name: 'Sign in' }).click()
await firstRow().waitFor()

const opened = []
const painted = []
for (let i = 0; i < rounds; i++) {
  const start = performance.now()
  await page.goto(`${url}/orgs/${org}/settings/audit-logs`)
  await firstRow().waitFor()
  opened.push(performance.now() - start)
  await page.waitForFunction(() => performance.getEntriesByName('entries-painted').length > 0)
  painted.push(await page.evaluate(() => performance.getEntriesByName('entries-painted')[0].startTime))
}

const searched = []
for (const text of ['outcome:failure', 'category:permission', 'is:unauthorised', '-outcome:success', 'status:403', 'category:export', 'ip:203.0.113.*', 'report', 'category:data']) {
  await box().fill(text)
  const start = performance.now()
  const answer = page.waitForResponse((response) => response.url().includes('/events?') && response.url().includes(encodeURIComponent(text).slice(0, 8)))
  await box().press('Enter')
  await answer
  await firstRow().waitFor()
  searched.push(performance.now() - start)
}

// Walks through the list, opens and closes entries, ticks facets: what the interactions measure.
await page.goto(`${url}/orgs/${org}/settings/audit-logs`)
await firstRow().waitFor()
for (let i = 0; i < 20; i++) await page.keyboard.press('j')
for (let i = 0; i < 4; i++) {
  await firstRow().getByRole('link').click()
  await page.getByRole('dialog', { name: 'Entry' }).getByRole('region', { name: 'Raw record', exact: true }).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Entry' }).waitFor({ state: 'hidden' })
}
for (let i = 0; i < 4; i++) {
  await page.getByRole('complementary', { name: 'Filters' }).getByRole('checkbox').nth(i).click()
  await firstRow().waitFor()
}
await page.getByRole('button', { name: 'Clear the search' }).click()
await box().pressSequentially('actor:s', { delay: 60 })
await page.waitForTimeout(1000)
const interactions = await page.evaluate(() => window.interactions)

console.log(`${await page.evaluate((address) => fetch(address).then((answer) => answer.json()).then(({ total, head_seq: head }) => `${total.relation === 'gte' ? 'more than ' : ''}${total.value} entries in the last 30 days, ${head} in all`), `/v1/orgs/${org}/events?limit=1`)}; ${cpus().length} CPUs`)
print('page opened to first entries painted', painted)
print('  the same, found there by the test driver', opened)
print('search to its entries shown', searched)
print('interaction to next paint, all', interactions.map(({ ms }) => ms))
for (const name of ['keydown', 'pointerup', 'click']) print(`  ${name}`, interactions.filter((one) => one.name === name).map(({ ms }) => ms))
print('server: newest 50', await answers('events'))
print('server: facets', await answers('events/facets?fields=category,outcome,area,action,actor,application&limit=6'))
print('server: histogram', await answers('events/histogram?buckets=60'))
await browser.close()
