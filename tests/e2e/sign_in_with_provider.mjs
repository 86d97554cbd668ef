// Somebody signs in at their organization's own provider: the button that their address brings, the provider's redirects,
// and back to the page that they wanted.
import assert from 'node:assert/strict'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

const facts = JSON.parse(process.argv[2])
const browser = await chromium.launch({
  executablePath: facts.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
page.setDefaultTimeout(60000)
const errors = []
page.on('pageerror', (error) => errors.push(error.message))
const providers = new Set()
page.on('request', (request) => providers.add(new URL(request.url()).origin))

const wanted = `/orgs/${facts.org}/settings/audit-logs`
await page.goto(facts.url + wanted)
await page.getByRole('textbox', { name: 'Email' }).fill(facts.email)
const way = page.getByRole('link', { name: `Continue with ${facts.email.split('@')[1]}` })
await way.waitFor()
await page.screenshot({ path: join(facts.screenshots, 'sign-in-with-provider.png'), animations: 'disabled' })
await way.click()
await page.getByRole('heading', { name: 'Audit Logs' }).first().waitFor()
assert.equal(new URL(page.url()).pathname, wanted)
assert(providers.has(facts.issuer), 'it went through the provider')
await page.getByRole('table', { name: 'Audit log entries' }).getByText('Pat').first().waitFor()
await browser.close()
console.log(JSON.stringify({ errors }))
