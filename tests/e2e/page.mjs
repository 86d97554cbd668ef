// A person at the console: signs in, finds a failed sign-in by email, narrows the dates, opens before and after values,
// asks for the CSV. Every step is by role and label; a picture of each page is kept.
import assert from 'node:assert/strict'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

const facts = JSON.parse(process.argv[2])
const browser = await chromium.launch({
  executablePath: facts.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, locale: 'en-GB' })
page.setDefaultTimeout(60000)

// What a browser only mutters about counts as a failure: exceptions, blocked scripts and styles, foreign hosts.
const errors = []
page.on('pageerror', (error) => errors.push(error.message))
page.on('console', (message) => {
  if (/content security policy|refused to/i.test(message.text())) errors.push(message.text())
})
page.on('request', (request) => {
  const { protocol, origin } = new URL(request.url())
  if (protocol.startsWith('http') && origin !== facts.url) errors.push(`request to ${request.url()}`)
})

let pictures = 0
async function picture(name) {
  pictures += 1
  await page.screenshot({ path: join(facts.screenshots, `${String(pictures).padStart(2, '0')}-${name}.png`), animations: 'disabled' })
}

const table = () => page.getByRole('table', { name: 'Audit log entries' })
const rows = () => table().getByRole('row').filter({ has: page.getByRole('cell') })

// The list only draws what is on the screen; the table itself says how many rows it has, its head included.
async function untilRows(count) {
  await page.locator(`[role=table][aria-rowcount="${count + 1}"]`).waitFor()
  await rows().first().waitFor()
}

async function search(text) {
  await page.getByRole('combobox', { name: /^Search/ }).fill(text)
  await page.getByRole('combobox', { name: /^Search/ }).press('Enter')
}

async function signIn() {
  await page.goto(facts.url)
  await page.getByRole('textbox', { name: 'Email' }).fill(facts.email)
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').first().waitFor()
  await picture('sign-in-refused')
  await page.getByLabel('Password', { exact: true }).fill(facts.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => !url.pathname.includes('sign-in'))
}

async function findBySearch() {
  await page.goto(`${facts.url}/orgs/${facts.org}/settings/audit-logs`)
  await rows().first().waitFor()
  await picture('audit-logs')
  await search(`actor:${facts.victim.toUpperCase()}`)
  await untilRows(facts.failedInAll)
  assert.match(page.url(), /query=/)
  await picture('failed-sign-ins')
}

async function narrowDates() {
  await page.getByRole('button', { name: /^Date range:/ }).click()
  await page.getByLabel('From (UTC)').fill(facts.from.slice(0, 16))
  await page.getByLabel('To (UTC)').fill(facts.to.slice(0, 16))
  await page.getByRole('button', { name: 'Show this range' }).click()
  await untilRows(facts.failedInRange)
  await picture('dates-narrowed')
  const address = page.url()
  assert.match(address, /from=/)
  await page.reload() // the address holds every filter
  await untilRows(facts.failedInRange)
  await rows().filter({ hasText: 'Sign-in failed' }).first().getByRole('link').click()
  await page.getByRole('dialog').getByText('bad_password', { exact: true }).waitFor()
  await picture('failed-sign-in')
  await page.getByRole('button', { name: 'Close entry' }).click()
}

async function beforeAndAfter() {
  await page.goto(`${facts.url}/orgs/${facts.org}/settings/audit-logs`)
  await search('"changed SETTING"')
  await untilRows(facts.changes)
  await rows().first().getByRole('link').click()
  const dialog = page.getByRole('dialog')
  const row = dialog.getByRole('row').filter({ hasText: 'session.hours_max' })
  await row.waitFor()
  assert.deepEqual(await row.getByRole('cell').allTextContents(), ['24', '12'])
  await picture('before-and-after')
  await page.getByRole('button', { name: 'Close entry' }).click()
}

async function download() {
  await page.getByRole('button', { name: 'Download' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^Everything from/ }).waitFor()
  await picture('download')
  await dialog.getByRole('button', { name: 'Prepare CSV' }).click()
  await dialog.getByRole('button', { name: 'Show downloads' }).click()
  await page.getByRole('link', { name: 'Download CSV' }).first().waitFor()
  await picture('downloads')
}

async function integration() {
  await page.goto(`${facts.url}/orgs/${facts.org}/settings/integrations/s3`)
  await page.getByRole('heading', { name: /S3/ }).first().waitFor()
  await page.waitForLoadState('networkidle')
  await picture('integration')
}

try {
  await signIn()
  await findBySearch()
  await narrowDates()
  await beforeAndAfter()
  await download()
  await integration()
  console.log(JSON.stringify({ errors, pictures }))
} catch (error) {
  await picture('where-it-failed')
  console.error(error, `at ${page.url()}`, errors)
  process.exitCode = 1
} finally {
  await browser.close()
}
