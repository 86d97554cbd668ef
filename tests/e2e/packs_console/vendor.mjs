// What an operator does: a source, a pack, its release, and what is held.
import assert from 'node:assert/strict'

import { field, heading, inDatabase, press, region, signIn, text } from './hands.mjs'

let olga

export async function source(facts, watch) {
  olga = await watch.person({ viewport: { width: 1280, height: 1100 } })
  await signIn(olga, `${facts.url}/operators/data-packs`, 'olga@vendor.example', facts.password)
  await text(olga, 'There is no data pack yet')
  await watch.look(olga, 'vendor-empty')
  await olga.getByRole('link', { name: 'Sources', exact: true }).click()
  await press(olga, 'New source')
  const dialog = olga.getByRole('dialog', { name: 'New source' })
  await field(dialog, 'Id').fill('warehouse')
  await dialog.getByRole('textbox', { name: 'Host' }).fill(facts.source.host)
  await dialog.getByRole('textbox', { name: 'Port' }).fill(String(facts.source.port))
  await field(dialog, 'Database').fill(facts.source.database)
  await field(dialog, 'User').fill(facts.source.user)
  await field(dialog, 'Password').fill('a slip of the pen')
  await field(dialog, 'TLS').selectOption('off')
  await watch.look(olga, 'vendor-new-source')
  await press(dialog, 'Save')
  await press(olga, 'Check the source warehouse')
  await text(olga, 'Does not work')
  await watch.look(olga, 'vendor-source-refused')
  await press(olga, 'Edit the source warehouse')
  const again = olga.getByRole('dialog', { name: 'Source warehouse' })
  assert.equal(await field(again, 'Password').inputValue(), '')
  await field(again, 'Password').fill(facts.source.password)
  await press(again, 'Save')
  await again.waitFor({ state: 'detached' })
  await press(olga, 'Check the source warehouse')
  await text(olga, /Works: PostgreSQL/)
  await watch.look(olga, 'vendor-source-works')
}

export async function definition(facts, watch) {
  await olga.getByRole('link', { name: 'Packs', exact: true }).click()
  await press(olga, 'New data pack')
  await heading(olga, 'New data pack')
  await olga.getByRole('textbox', { name: 'Id' }).fill('deals')
  await olga.getByRole('textbox', { name: 'Name', exact: true }).fill('Deals')
  await olga.getByRole('textbox', { name: 'Former name' }).fill('Deal File Export')
  await olga.getByRole('textbox', { name: 'Description' }).fill('All deals with their amounts, as they stand each morning.')
  await olga.getByRole('combobox', { name: 'Source' }).selectOption('warehouse')
  await olga.getByRole('textbox', { name: 'Query' }).fill('SELECT * FROM deals ORDER BY id')
  await olga.getByRole('textbox', { name: 'At (HH:MM)' }).fill('04:30')
  await olga.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Berlin')
  await olga.getByRole('textbox', { name: 'Rows of a file at most' }).fill(String(facts.rows / 2))
  await press(olga, 'Create')
  await olga.locator('[aria-invalid=true]').first().waitFor() // the organization is not asked for
  await watch.look(olga, 'vendor-new-pack')
  await olga.getByRole('textbox', { name: 'Query' }).fill('SELECT * FROM deals WHERE org = :org AND made < :interval_end ORDER BY id')
  await press(olga, 'Create')
  await heading(olga, 'Deals')
}

export async function release(facts, watch) {
  const panel = region(olga, 'Preview and release')
  await panel.getByRole('textbox', { name: 'Organizations' }).fill('acme globex')
  await press(panel, 'Preview')
  await text(panel, `acme: ${facts.rows.toLocaleString('en')} rows`)
  await text(panel, `globex: ${facts.rows.toLocaleString('en')} rows`)
  assert.equal(await panel.getByRole('group', { name: 'Rows of acme' }).getByText('quokka').count(), 0)
  await watch.look(olga, 'vendor-preview')
  await press(panel, 'Release')
  await text(panel, 'Released as version 1.')
  const who = region(olga, 'Who has it')
  await who.getByRole('textbox', { name: 'Organization id' }).fill('acme')
  await press(who, 'Add')
  await who.getByRole('button', { name: 'Withdraw from acme' }).waitFor()
  await watch.look(olga, 'vendor-released')
}

// The run that waits, with its numbers, and the button that lets it go on.
export async function letGo(facts, watch) {
  await olga.goto(`${facts.url}/operators/data-packs`)
  const held = olga.getByRole('region', { name: /^1 run held/ })
  await held.getByRole('button', { name: /^Details of the run/ }).click()
  const why = held.getByRole('region', { name: 'Held: the size is unusual' })
  await why.getByRole('row', { name: `rows ${facts.rows.toLocaleString('en')} 100` }).waitFor()
  await watch.look(olga, 'vendor-held-size')
  await held.getByRole('button', { name: /^Release the run/ }).click()
  await held.waitFor({ state: 'detached' })
}

export async function confirm(facts, watch) {
  await olga.goto(`${facts.url}/operators/data-packs`)
  await olga.getByRole('region', { name: /^1 run held/ }).waitFor()
  await watch.look(olga, 'vendor-held-columns')
  await olga.getByRole('link', { name: 'Deals', exact: true }).click()
  const panel = olga.getByRole('alert')
  await panel.getByRole('row', { name: 'title removed text' }).waitFor()
  await field(panel, 'Notice in days').fill('14')
  await watch.look(olga, 'vendor-confirm')
  await press(panel, 'Confirm the change of columns')
  await region(olga, 'Versions').getByText('Version 2').waitFor()
  await region(olga, 'Versions').getByText(/, ends /).waitFor()
  await watch.look(olga, 'vendor-confirmed')
}

export async function everything(facts, watch) {
  await olga.goto(`${facts.url}/operators/data-packs/runs`)
  await olga.getByRole('row').filter({ hasText: 'Delivered' }).first().waitFor()
  await watch.look(olga, 'vendor-runs')
  await olga.goto(`${facts.url}/operators/health`)
  await region(olga, 'Data packs').waitFor()
  await watch.look(olga, 'vendor-health')
  await narrow(watch, olga, 'vendor', [`${facts.url}/operators/data-packs`, `${facts.url}/operators/data-packs/packs/deals`,
    `${facts.url}/operators/data-packs/sources`, `${facts.url}/operators/data-packs/runs`, `${facts.url}/operators/health`])
}

// Nothing hangs over the edge of a small screen.
export async function narrow(watch, page, name, addresses) {
  await page.setViewportSize({ width: 320, height: 1200 })
  for (const address of addresses) {
    await page.goto(address)
    const main = page.getByRole('main')
    await main.getByRole('table').or(main.getByRole('region')).or(main.getByRole('definition')).first().waitFor()
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, `${address} at 320 px`)
    await watch.picture(page, `320-${name}-${address.split('/').at(-1)}`)
  }
  await page.setViewportSize({ width: 1280, height: 1100 })
}

export const change = (sql) => (facts) => inDatabase(facts, sql)
