// A customer's admin connects a bucket in the wizard, and tries every gate the wrong way round first. The bucket's owner
// puts the policy that the page shows on the bucket meanwhile (the scenario does, told by a file).
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

const facts = JSON.parse(process.argv[2])
const browser = await chromium.launch({
  executablePath: facts.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage({ viewport: { width: 1360, height: 1100 }, locale: 'en-GB' })
page.setDefaultTimeout(60000)
const errors = []
page.on('pageerror', (error) => errors.push(error.message))
const picture = (name) => page.screenshot({ path: join(facts.screenshots, `wizard-${name}.png`), fullPage: true, animations: 'disabled' })
const button = (name) => page.getByRole('button', { name, exact: true })
const text = (name) => page.getByRole('textbox', { name })

async function signIn() {
  await page.goto(`${facts.url}/orgs/${facts.org}/settings/integrations/s3`)
  await text('Email').fill(facts.email)
  await page.getByLabel('Password', { exact: true }).fill(facts.password)
  await button('Sign in').click()
  await page.waitForURL((url) => !url.pathname.includes('sign-in'))
}

async function permissions() {
  await button('Connect').click()
  assert(await button('Next').isDisabled())
  await text('S3 Bucket Name').fill(facts.bucket)
  await page.getByRole('combobox', { name: 'Endpoint' }).selectOption(facts.endpoint)
  await text('File path').fill('audit')
  assert(await page.getByRole('checkbox').last().isDisabled(), 'nothing to have read yet')
  await button('Save and show the policy').click()
  const policy = await page.getByLabel('Text: Policy', { exact: true }).textContent()
  assert(await button('Next').isDisabled(), 'the box is not ticked')
  await page.getByRole('checkbox', { name: 'I have read and followed the steps mentioned above' }).check()
  await picture('1-permissions')
  await button('Next').click()
  return policy
}

async function connection(policy) {
  assert(await button('Save & Next').isDisabled(), 'nothing was validated')
  await button('Validate').click()
  await page.getByText(/Listing the bucket was refused/).waitFor()
  assert(await button('Save & Next').isDisabled(), 'the validation failed')
  await picture('2-refused')
  writeFileSync(facts.policy, policy)
  while (!existsSync(`${facts.policy}.done`)) await new Promise((done) => setTimeout(done, 100))
  // Left and come back: it goes on here.
  await page.reload()
  await button('Validate').click()
  await page.getByText('All checks passed.').waitFor()
  assert(await button('Save & Next').isEnabled())
  await text('S3 Bucket Name').fill('another-bucket')
  assert(await button('Save & Next').isDisabled(), 'another value is shown than was validated')
  await text('S3 Bucket Name').fill(facts.bucket)
  await page.getByText('All checks passed.').waitFor()
  await picture('2-passed')
  await button('Save & Next').click()
}

async function auditLogs() {
  await page.getByRole('radio', { name: 'Hourly' }).check()
  await picture('3-audit-logs')
  await button('Finish').click()
  await page.getByText('Healthy.').waitFor()
  await picture('4-connected')
}

try {
  await signIn()
  await connection(await permissions())
  await auditLogs()
} catch (error) {
  await picture('failed')
  throw error
}
await browser.close()
console.log(JSON.stringify({ errors }))
