// What a customer's admin does: where packs go, and what became of each run.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { countOf, field, heading, newest, newestIs, press, region, runsOf, signIn, text } from './hands.mjs'

let ann
let runs = 0
const page = (facts, rest = '') => `${facts.url}/orgs/acme/settings/data-packs${rest}`

export async function before(facts, watch) {
  ann = await watch.person({ viewport: { width: 1280, height: 1100 } })
  await signIn(ann, page(facts), 'ann@acme.example', facts.password)
  await ann.getByRole('link', { name: 'Deals', exact: true }).waitFor()
  await text(ann, 'nowhere yet: choose where packs go')
  await watch.look(ann, 'customer-first')
}

export async function sftp(facts, watch) {
  await ann.getByRole('link', { name: 'Where they go', exact: true }).click()
  const panel = region(ann, 'SFTP server')
  await text(panel, 'Not set up')
  await watch.look(ann, 'customer-no-destination')
  await panel.getByRole('textbox', { name: 'Host' }).fill(facts.sftp.host)
  await panel.getByRole('textbox', { name: 'Port' }).fill(String(facts.sftp.port))
  await panel.getByRole('textbox', { name: 'User' }).fill(facts.sftp.user)
  await panel.getByRole('textbox', { name: 'Folder' }).fill(facts.sftp.path)
  await field(panel, 'Sign in with').selectOption({ label: 'Private key' })
  await panel.getByRole('textbox', { name: 'Private key' }).fill(facts.sftp.auth.private_key)
  await press(panel, 'Save')
  await text(panel, 'A private key is stored. It is never shown again.')
  await press(panel, 'Check')
  const key = region(panel, 'The server’s host key')
  await key.getByText(facts.host_key).waitFor()
  assert.ok(!existsSync(join(facts.files, 'packs')), 'nothing is sent before the key is confirmed')
  await watch.look(ann, 'customer-host-key')
  await press(key, 'This is the right key: confirm it')
  await text(panel, 'Ready')
  await panel.getByRole('list', { name: 'Checks of the SFTP server' }).getByText('Delete it').waitFor()
  await watch.look(ann, 'customer-sftp-ready')
}

async function runNow() {
  await press(ann, 'Run now')
  await press(ann.getByRole('dialog', { name: 'Run this pack now' }), 'Run now')
  runs += 1
}

export async function runIt(facts, watch) {
  await ann.getByRole('link', { name: 'Packs', exact: true }).click()
  await ann.getByRole('link', { name: 'Deals', exact: true }).click()
  await heading(ann, 'Deals')
  await text(ann, 'every day at 04:30 Europe/Berlin')
  await runsOf(ann).getByText('No run yet').waitFor()
  await watch.look(ann, 'customer-pack')
  await runNow()
  await newestIs(ann, runs, 'Delivered')
  await countOf(ann).first().click()
  await runsOf(ann).getByText('part-00001.csv.gz').waitFor()
  await newest(ann).getByText(facts.rows.toLocaleString('en')).waitFor()
  const [run] = readdirSync(join(facts.files, 'packs', 'deals')).filter((name) => name.startsWith('run='))
  assert.deepEqual(readdirSync(join(facts.files, 'packs', 'deals', run)).sort(), ['manifest.json', 'part-00000.csv.gz', 'part-00001.csv.gz'])
  await ann.getByRole('cell', { name: 'closed', exact: true }).waitFor()
  await watch.look(ann, 'customer-delivered')
  await countOf(ann).first().click()
}

export async function backfill(facts, watch) {
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  await press(ann, 'Backfill…')
  const dialog = ann.getByRole('dialog', { name: 'Backfill past intervals' })
  await field(dialog, 'From (UTC)').fill(day(6))
  await field(dialog, 'To (UTC)').fill(day(2))
  await watch.look(ann, 'customer-backfill')
  await press(dialog, 'Begin')
  await ann.getByText(/^\d runs begun\.$/).waitFor()
  runs = Number((await ann.getByText(/^\d runs begun\.$/).textContent()).slice(0, 1)) + runs
  await watch.picture(ann, 'customer-backfilling')
  await runsOf(ann).getByText('Delivered').nth(runs - 1).waitFor()
  await watch.look(ann, 'customer-backfilled')
}

// The wizard, up to its step about data packs: tests/e2e/wizard.mjs tries every gate.
export async function connectBucket(facts, watch) {
  await ann.goto(`${facts.url}/orgs/acme/settings/integrations/s3`)
  await press(ann, 'Connect')
  await ann.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-packs')
  await ann.getByRole('combobox', { name: 'Endpoint' }).selectOption(facts.endpoint)
  await ann.getByRole('textbox', { name: 'File path' }).fill('vendor')
  await press(ann, 'Save and show the policy')
  writeFileSync(facts.policy, await ann.getByLabel('Text: Policy', { exact: true }).textContent())
  while (!existsSync(`${facts.policy}.done`)) await new Promise((done) => setTimeout(done, 100))
  await ann.getByRole('checkbox', { name: 'I have read and followed the steps mentioned above' }).check()
  await press(ann, 'Next')
  await press(ann, 'Validate')
  await text(ann, 'All checks passed.')
  await press(ann, 'Save & Next')
  await ann.getByRole('textbox', { name: 'File path for data packs' }).fill('packs')
  const effects = region(ann, 'What this changes')
  await text(effects, 'New runs go to s3://acme-packs/vendor/packs/.')
  await text(effects, 'Data packs are no longer sent to SFTP.')
  await watch.look(ann, 'customer-wizard-packs')
  await press(ann, 'Save & Next')
  await press(ann, 'Finish')
  await text(ann, 'Healthy.')
  await ann.goto(page(facts, '/packs/deals'))
  await text(ann, 's3://acme-packs/vendor/packs/deals/')
  await runNow()
  await newestIs(ann, runs, 'Delivered')
  await countOf(ann).first().click()
  await runsOf(ann).getByText(/s3:\/\/acme-packs\/vendor\/packs\/deals\/run=/).waitFor()
  await watch.look(ann, 'customer-delivered-to-s3')
}

export async function compare(facts, watch) {
  await ann.goto(page(facts, '/destination'))
  const panel = region(ann, 'Where data packs go')
  const until = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 16)
  await field(panel, 'Both until (UTC), to compare').fill(until)
  await region(panel, 'What this changes').getByText(/SFTP gets every run too/).waitFor()
  await watch.look(ann, 'customer-compare')
  await press(panel, 'Save')
  await region(panel, 'What this changes').waitFor({ state: 'detached' })
  await ann.goto(page(facts, '/packs/deals'))
  await runNow()
  await newestIs(ann, runs, 'Delivered')
  await text(ann, 'Both sides equal for 1 of 1 run')
  await countOf(ann).first().click()
  await runsOf(ann).getByText(/read back whole/).waitFor()
  await watch.look(ann, 'customer-compared')
  const [folder] = readdirSync(join(facts.files, 'packs', 'deals')).filter((name) => name.startsWith('run=')).sort().slice(-1)
  const file = join(facts.files, 'packs', 'deals', folder, 'note-of-ours.txt')
  writeFileSync(file, 'a note')
  await press(runsOf(ann), 'Compare again')
  await runsOf(ann).getByText(/1 other file beside them/).waitFor()
  await ann.goto(page(facts, '/destination'))
  await text(ann, 'Both sides equal for 1 of 1 run')
  await watch.look(ann, 'customer-compared-destination')
}

// A run that waits for the vendor, as the customer sees it.
export async function waits(facts, watch, name, words) {
  await ann.goto(page(facts, '/packs/deals'))
  await runNow()
  await newestIs(ann, runs, 'Held')
  await runsOf(ann).getByText(words).first().waitFor()
  assert.equal(await ann.getByRole('button', { name: /^Release/ }).count(), 0)
  await watch.look(ann, name)
}

export async function goesOn(facts, watch, name) {
  await ann.goto(page(facts, '/packs/deals'))
  await newestIs(ann, runs, 'Delivered')
  await watch.look(ann, name)
}

export async function fails(facts, watch) {
  await ann.goto(page(facts, '/packs/deals'))
  await runNow()
  await newestIs(ann, runs, 'Failed')
  await runsOf(ann).getByText("The vendor's source could not be read.").waitFor()
  // Nor is the vendor's database named to whoever asks without a page.
  const asked = await ann.request.get(`${facts.url}/v1/orgs/acme/data_packs/deals/runs`)
  const failed = (await asked.json()).data.filter((run) => run.state === 'failed')
  assert.deepEqual(failed.map((run) => run.error), ["The vendor's source could not be read."])
  await watch.look(ann, 'customer-failed')
  await ann.goto(page(facts))
  await ann.getByRole('link', { name: 'Deals', exact: true }).waitFor()
  await watch.look(ann, 'customer-packs-failed')
}

export async function triesAgain(facts, watch) {
  await ann.goto(page(facts, '/packs/deals'))
  await runsOf(ann).getByRole('button', { name: /^Try again: the run/ }).click()
  await newestIs(ann, runs, 'Delivered')
  await watch.look(ann, 'customer-tried-again')
}

export async function small(facts, watch, narrow) {
  await narrow(watch, ann, 'customer', [page(facts), page(facts, '/packs/deals'), page(facts, '/destination')])
}
