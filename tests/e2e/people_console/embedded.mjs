// The audit log inside another product's page, and a file asked for and fetched there.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

// Asked for, watched and fetched without a sign-in, with the token alone.
async function download(facts, watch, host, inside) {
  await press(inside, 'Download')
  const dialog = inside.getByRole('dialog', { name: 'Download' })
  await dialog.getByText('The file waits under Downloads').waitFor()
  await dialog.getByText(/^About \d/).first().waitFor()
  await watch.look(host, 'embedded-download')
  await press(dialog, 'Prepare CSV')
  await press(dialog, 'Show downloads')
  const fetch = inside.getByRole('region', { name: 'Downloads' }).getByRole('button', { name: 'Download CSV' })
  await fetch.waitFor()
  await watch.look(host, 'embedded-downloads')
  const saving = host.waitForEvent('download')
  await fetch.click()
  const saved = await saving
  assert.match(saved.suggestedFilename(), /\.csv$/)
  const [head, ...lines] = readFileSync(await saved.path(), 'utf8').trimEnd().split('\r\n')
  assert.equal(head.replace('\ufeff', ''), 'Date,Username,Name,Application,Action,IP Address,Area')
  assert.ok(lines.length >= facts.entries)
  await inside.getByText('Entries', { exact: true }).click()
  await inside.getByRole('table', { name: 'Audit log entries' }).waitFor()
}

export async function embedded(facts, watch, wait) {
  const host = await watch.person()
  await host.goto(facts.host)
  const inside = host.frameLocator('iframe')
  const rows = inside.getByRole('table', { name: 'Audit log entries' }).getByRole('row').filter({ has: inside.getByRole('cell') })
  await rows.first().waitFor()
  // As high as what it shows, which it tells its host.
  await host.waitForFunction(() => document.querySelector('trailkeeper-audit-logs').getBoundingClientRect().height > 320)
  await watch.look(host, 'embedded')
  await download(facts, watch, host, inside)
  await inside.getByRole('combobox').first().fill('outcome:failure')
  await inside.getByRole('combobox').first().press('Enter')
  await inside.getByText('Failed').first().waitFor()
  // Its token ends; the element asks the host for another, and what was searched stays.
  const renewed = host.waitForResponse(`${facts.host}/audit-log-url`, { timeout: 120000 })
  wait(16 * 60)
  await renewed
  await rows.first().waitFor()
  await inside.getByText('Failed').first().waitFor()
  await watch.picture(host, 'embedded-renewed')
  // Another page cannot frame it.
  const stranger = await watch.person()
  stranger.mayBeRefused = true
  await stranger.goto(facts.host.replace('127.0.0.1', 'localhost'))
  await stranger.waitForTimeout(1500)
  assert.equal(await stranger.frameLocator('iframe').getByRole('table').count(), 0)
}
