// What a person's hands do at a page, by role and label.
import { execFileSync } from 'node:child_process'

export const field = (page, name) => page.getByLabel(name, { exact: true })
export const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
export const heading = (page, name, level = 1) => page.getByRole('heading', { name, level, exact: true }).waitFor()
export const region = (page, name) => page.getByRole('region', { name, exact: true })
export const text = (page, words) => page.getByText(words).first().waitFor()

export async function signIn(page, to, email, password) {
  await page.goto(to)
  await field(page, 'Email').fill(email)
  await field(page, 'Password').fill(password)
  await press(page, 'Sign in')
  await page.waitForURL((url) => !url.pathname.includes('sign-in'))
}

// Runs of a pack as its page lists them, the newest first.
export const runsOf = (page) => region(page, 'Runs')
export const newest = (page) => runsOf(page).getByRole('row').nth(1)
export const countOf = (page) => runsOf(page).getByRole('button', { name: /^Details of the run/ })

// Waits until the newest of `count` runs says so.
export async function newestIs(page, count, words) {
  await countOf(page).nth(count - 1).waitFor()
  await newest(page).filter({ hasText: words }).waitFor({ timeout: 120000 })
}

// What happens in the vendor's own product.
export const inDatabase = (facts, sql) => execFileSync(facts.psql[0], [...facts.psql.slice(1), sql], { stdio: 'pipe' })
