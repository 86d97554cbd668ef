// The steps of scenario_packs_console.py, by role and label.
import * as customer from './packs_console/customer.mjs'
import * as vendor from './packs_console/vendor.mjs'
import { openBrowser } from './people_console/watch.mjs'

const facts = JSON.parse(process.argv[2])
const watch = await openBrowser(facts)

const walk = [
  ['source', vendor.source],
  ['definition', vendor.definition],
  ['release', vendor.release],
  ['before anything is set', customer.before],
  ['SFTP', customer.sftp],
  ['run now', customer.runIt],
  ['backfill', customer.backfill],
  ['the wizard', customer.connectBucket],
  ['both sides', customer.compare],
  ['fewer rows', vendor.change("DELETE FROM deals WHERE org = 'acme' AND id > 200")],
  ['held for its size', (...with_) => customer.waits(...with_, 'customer-held-size', 'Held: the size is unusual')],
  ['let go', vendor.letGo],
  ['delivered after all', (...with_) => customer.goesOn(...with_, 'customer-let-go')],
  ['another column', vendor.change('ALTER TABLE deals RENAME COLUMN title TO name')],
  ['held for its columns', (...with_) => customer.waits(...with_, 'customer-held-columns', 'Held: the columns changed')],
  ['confirmed', vendor.confirm],
  ['delivered as version 2', (...with_) => customer.goesOn(...with_, 'customer-version-2')],
  ['no table', vendor.change('ALTER TABLE deals RENAME TO deals_moved')],
  ['failed', customer.fails],
  ['the table again', vendor.change('ALTER TABLE deals_moved RENAME TO deals')],
  ['tried again', customer.triesAgain],
  ['operators see all', vendor.everything],
  ['small screens', (...with_) => customer.small(...with_, vendor.narrow)],
]

const steps = {}
try {
  for (const [name, step] of walk) {
    const started = performance.now()
    await step(facts, watch)
    steps[name] = (performance.now() - started) / 1000
  }
  console.log(JSON.stringify({ errors: watch.errors, violations: watch.violations, pictures: watch.pictures, steps }))
} catch (error) {
  const pages = watch.browser.contexts().flatMap((context) => context.pages())
  for (const [i, one] of pages.entries()) await watch.picture(one, `where-it-failed-${i}`)
  console.error(error, `done: ${Object.keys(steps)}`, pages.map((one) => one.url()), watch.errors, watch.violations)
  process.exitCode = 1
} finally {
  await watch.browser.close()
}
