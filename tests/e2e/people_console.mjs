// The steps of scenario_people_console.py, by role and label.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'

import { embedded } from './people_console/embedded.mjs'
import { linkOf } from './people_console/mails.mjs'
import { totp } from './people_console/totp.mjs'
import { openBrowser } from './people_console/watch.mjs'

const facts = JSON.parse(process.argv[2])
const settings = `${facts.url}/orgs/acme/settings`
const watch = await openBrowser(facts)
const kim = { email: 'kim@acme.example', password: 'a long enough phrase', codes: [] }

const field = (page, name) => page.getByLabel(name, { exact: true })
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor()
const says = (page, role, text) => page.getByRole(role).filter({ hasText: text }).first().waitFor()

async function fillSignIn(page, email, password) {
  await field(page, 'Email').fill(email)
  await field(page, 'Password').fill(password)
  await press(page, 'Sign in')
}

async function signIn(page, email, password, to) {
  await page.goto(to)
  await fillSignIn(page, email, password)
  await page.waitForURL((url) => !url.pathname.includes('sign-in'))
}

// The business clock, forward; what a person would have waited.
let ahead = 0
function wait(seconds) {
  ahead += seconds
  const time = new Date(Date.now() + ahead * 1000).toISOString().slice(0, 19) + 'Z'
  execFileSync(facts.program, ['admin', 'clock', 'set', time, '--data', facts.data])
}

let ann, page

async function signInByKeyboard() {
  ann = await watch.person()
  await ann.goto(`${settings}/people`)
  await heading(ann, 'Sign in to Trailkeeper')
  await watch.look(ann, 'sign-in')
  await fillSignIn(ann, 'ann@acme.example', 'not the password')
  await says(ann, 'alert', 'The email or the password is wrong.')
  await watch.look(ann, 'sign-in-refused')
  await field(ann, 'Email').focus()
  await ann.keyboard.press('Tab')
  await ann.keyboard.type(facts.password)
  await ann.keyboard.press('Enter')
  await heading(ann, 'People') // back to where one wanted
  await ann.reload()
  await heading(ann, 'People')
  await ann.keyboard.press('Tab')
  assert.equal(await ann.evaluate(() => document.activeElement.textContent), 'Skip to the content')
  await ann.keyboard.press('Enter')
  assert.equal(await ann.evaluate(() => document.activeElement.id), 'main')
}

async function invite() {
  await ann.getByRole('table').first().waitFor()
  await press(ann, 'Invite a person')
  const dialog = ann.getByRole('dialog', { name: 'Invite a person' })
  await dialog.getByRole('textbox', { name: 'Email' }).fill('mia@acme.example')
  await watch.look(ann, 'invite')
  await press(dialog, 'Send the invitation')
  await says(dialog, 'alert', 'This person belongs to the organization already.')
  await watch.picture(ann, 'invite-refused')
  await dialog.getByRole('textbox', { name: 'Email' }).fill(kim.email)
  await press(dialog, 'Send the invitation')
  await says(dialog, 'status', `The invitation to ${kim.email} is on its way.`)
  await press(dialog.locator('form, div').last(), 'Close').catch(() => ann.keyboard.press('Escape'))
  await dialog.waitFor({ state: 'detached' })
  const row = ann.getByRole('region', { name: 'Invitations' }).getByRole('row').filter({ hasText: kim.email })
  await row.waitFor()
  const first = await linkOf(facts.mails, kim.email, new RegExp(`${facts.url}/invitation#[\\w-]+`))
  await row.getByRole('button', { name: `Send again to ${kim.email}` }).click()
  await says(ann, 'alert', 'Too many tries.')
  wait(61)
  await row.getByRole('button', { name: `Send again to ${kim.email}` }).click()
  await says(ann, 'status', 'A new link is on its way')
  await watch.look(ann, 'people')
  kim.link = await linkOf(facts.mails, kim.email, new RegExp(`${facts.url}/invitation#[\\w-]+`), first)
  page = await watch.person()
  await page.goto(first)
  await says(page, 'alert', 'The invitation was accepted or taken back, a newer one was sent')
  await watch.look(page, 'link-not-valid')
}

async function accept() {
  await page.goto('about:blank')
  await page.goto(kim.link)
  await heading(page, 'Join Acme')
  await field(page, 'Your name').fill('Kim Berg')
  await field(page, 'Choose a password').fill('password')
  await watch.look(page, 'invitation')
  await press(page, 'Join and sign in')
  await page.getByText(/too|common|known|guess/i).first().waitFor()
  await watch.picture(page, 'invitation-weak-password')
  await field(page, 'Choose a password').fill(kim.password)
  await press(page, 'Join and sign in')
  await heading(page, 'Audit Logs')
}

async function setUpSecondFactor() {
  await page.getByRole('button', { name: 'Kim Berg, account' }).click()
  await page.getByRole('menuitem', { name: 'Account' }).click()
  await heading(page, 'Your account')
  await page.getByRole('table').waitFor()
  await watch.look(page, 'account')
  await press(page, 'Set up')
  const dialog = page.getByRole('dialog')
  await field(dialog, 'Password').fill('wrong')
  await press(dialog, 'Next')
  await dialog.getByText('The password is wrong.').waitFor()
  await watch.look(page, 'second-factor-password')
  await field(dialog, 'Password').fill(kim.password)
  await press(dialog, 'Next')
  await dialog.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await watch.look(page, 'second-factor-scan')
  kim.secret = (await dialog.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()).replaceAll(' ', '')
  await field(dialog, 'Code').fill('000000')
  await press(dialog, 'Turn on')
  await dialog.getByText('The code is wrong or was used already.').waitFor()
  await field(dialog, 'Code').fill(totp(kim.secret))
  await press(dialog, 'Turn on')
  const list = dialog.getByRole('list', { name: 'Recovery codes' })
  await list.waitFor()
  kim.codes = await list.getByRole('listitem').allTextContents()
  assert.equal(kim.codes.length, 10)
  await watch.look(page, 'recovery-codes')
  const saved = page.waitForEvent('download')
  await press(dialog, 'Download as text')
  assert.equal((await saved).suggestedFilename(), 'trailkeeper-recovery-codes.txt')
  await field(dialog, 'I have kept them').check()
  await press(dialog, 'Done')
  await page.getByRole('region', { name: 'Second factor' }).getByText('10 recovery codes left').waitFor()
  await watch.look(page, 'account-second-factor-on')
}

async function signInWithSecondFactor() {
  await page.getByRole('button', { name: 'Kim Berg, account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await heading(page, 'Sign in to Trailkeeper')
  await fillSignIn(page, kim.email, kim.password)
  await heading(page, 'Second factor')
  await field(page, 'Code').fill('000000')
  await press(page, 'Continue')
  await says(page, 'alert', 'The code is wrong or was used already.')
  await watch.look(page, 'second-factor-refused')
  await press(page, 'Use a recovery code')
  await field(page, 'Recovery code').fill(kim.codes[0])
  await watch.look(page, 'recovery-code')
  await press(page, 'Continue')
  await heading(page, 'Audit Logs')
}

async function roles() {
  await ann.reload()
  const row = (name) => ann.getByRole('row').filter({ hasText: name })
  await row('Kim Berg').waitFor()
  await row('Kim Berg').getByText(/^●?\s*On$/).waitFor()
  await field(ann, 'Role of Ann Park').selectOption({ label: 'Member' })
  await says(ann, 'alert', 'An organization keeps at least one primary admin.')
  await watch.look(ann, 'last-primary-admin')
  await field(ann, 'Role of Kim Berg').selectOption({ label: 'Member' })
  await says(ann, 'status', 'Kim Berg is now a member.')
  await page.reload()
  await page.getByText('Audit Logs are for primary admins and admins').waitFor()
  await watch.look(page, 'not-allowed')
  await page.goto(`${settings}/people`)
  await page.getByText('People are managed by primary admins and admins').waitFor()
  await press(ann, 'Remove Mia Meyer')
  await watch.look(ann, 'remove')
  await press(ann.getByRole('dialog'), 'Remove')
  await says(ann, 'status', 'Mia Meyer was removed.')
  assert.equal(await row('Mia Meyer').count(), 0)
  await field(ann, 'Role of Kim Berg').selectOption({ label: 'Admin' })
  await says(ann, 'status', 'Kim Berg is now an admin.')
}

async function signInSettings() {
  await ann.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'Sign-in' }).click()
  await field(ann, 'Issuer').fill(`${facts.host}/nobody`)
  await field(ann, 'Client id').fill('console')
  await field(ann, 'Client secret').fill('a secret')
  await watch.look(ann, 'sign-in-settings')
  await press(ann, 'Save')
  await ann.locator('[aria-invalid=true], [role=alert]').first().waitFor()
  await watch.look(ann, 'sign-in-settings-refused')
}

async function forgotten() {
  const other = await watch.person()
  await other.goto(`${facts.url}/sign-in`)
  await other.getByRole('link', { name: 'Forgot your password?' }).click()
  await field(other, 'Email').fill(kim.email)
  await watch.look(other, 'forgot')
  await press(other, 'Send the link')
  await heading(other, 'Look into your mailbox')
  await watch.look(other, 'forgot-sent')
  await other.goto(await linkOf(facts.mails, kim.email, new RegExp(`${facts.url}/reset#[\\w-]+`)))
  kim.password = 'another long phrase'
  await field(other, 'New password').fill(kim.password)
  await watch.look(other, 'reset')
  await press(other, 'Set the password')
  await press(other, 'Use a recovery code')
  await field(other, 'Recovery code').fill(kim.codes[1])
  await press(other, 'Continue')
  await says(other, 'status', 'Your new password is set. Sign in with it.')
  // Everywhere else it has ended; one comes back to where one was.
  await page.getByRole('button', { name: 'Kim Berg, account' }).click()
  await page.getByRole('menuitem', { name: 'Account' }).click()
  await says(page, 'status', 'Your session has ended.')
  await watch.look(page, 'session-ended')
  await fillSignIn(page, kim.email, kim.password)
  await press(page, 'Use a recovery code')
  await field(page, 'Recovery code').fill(kim.codes[2])
  await press(page, 'Continue')
  await heading(page, 'Your account')
  await fillSignIn(other, kim.email, kim.password)
  await press(other, 'Use a recovery code')
  await field(other, 'Recovery code').fill(kim.codes[3])
  await press(other, 'Continue')
  await heading(other, 'Audit Logs')
  await endOther(other)
}

async function endOther(other) {
  await page.goto(`${facts.url}/account`)
  const region = page.getByRole('region', { name: 'Sessions' })
  await region.getByText('This one').waitFor()
  await region.getByRole('button', { name: /^End / }).click()
  await region.getByRole('button', { name: /^End / }).waitFor({ state: 'detached' })
  await heading(other, 'Sign in to Trailkeeper') // by itself: what waits for new entries notices
  await other.context().close()
  await field(page, 'Name').fill('Kim B. Berg')
  await press(page, 'Save')
  await page.getByRole('button', { name: 'Kim B. Berg, account' }).waitFor()
  await field(page, 'Present password').fill(kim.password)
  await field(page, 'New password').fill('a third long phrase')
  await press(page, 'Change the password')
  await says(page, 'status', 'Changed. You are signed out everywhere else.')
}

async function frame() {
  await ann.goto(`${settings}/data-packs`)
  await ann.getByText('Data packs are not enabled for Acme').waitFor()
  await watch.look(ann, 'not-enabled')
  await ann.keyboard.press('Control+k')
  await ann.getByRole('combobox', { name: 'Go to a page or an organization' }).fill('glob')
  await watch.look(ann, 'palette')
  await ann.keyboard.press('Enter')
  await ann.waitForURL(/orgs\/globex\/settings\/audit-logs/)
  await ann.getByRole('button', { name: 'Organization Globex, switch' }).click()
  await watch.look(ann, 'switch')
  await ann.getByRole('menuitem', { name: 'Acme' }).click()
  await ann.waitForURL(/orgs\/acme\/settings\/audit-logs/)
  await ann.getByRole('table', { name: 'Audit log entries' }).waitFor()
  await ann.locator('body').press('?')
  await ann.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await watch.look(ann, 'shortcuts')
  await ann.keyboard.press('Escape')
  await ann.getByRole('dialog').waitFor({ state: 'detached' })
  // Two keys within a moment: on a slow machine somebody presses them once more.
  const arrived = ann.getByRole('heading', { name: 'People', level: 1 })
  for (let tries = 0; tries < 10 && !(await arrived.isVisible()); tries += 1) {
    await ann.keyboard.press('g')
    await ann.keyboard.press('p')
    await arrived.waitFor({ timeout: 10000 }).catch(() => undefined)
  }
  await heading(ann, 'People')
}

async function appearance() {
  const scheme = () => ann.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'))
  await ann.getByRole('button', { name: 'Ann Park, account' }).click()
  await watch.look(ann, 'person-menu')
  await ann.getByRole('menuitemradio', { name: 'Dark' }).click()
  await ann.waitForFunction(() => document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark')
  await ann.reload()
  await heading(ann, 'People')
  assert.equal(await scheme(), 'dark')
  await ann.keyboard.press('Control+k')
  await ann.getByRole('combobox', { name: 'Go to a page or an organization' }).fill('as the system')
  await ann.keyboard.press('Enter')
  await ann.waitForFunction(() => document.documentElement.getAttribute('data-mantine-color-scheme') === 'light')
}

async function sizes() {
  const places = [`${settings}/people`, `${settings}/people/sign-in`, `${facts.url}/account`, `${settings}/data-packs`]
  // 640 px is 1280 px at 200 %.
  for (const [width, height] of [[320, 640], [640, 400], [3840, 2160]]) {
    await ann.setViewportSize({ width, height })
    for (const place of places) {
      await ann.goto(place)
      await ann.getByRole('heading', { level: 1 }).waitFor()
      await ann.waitForLoadState('networkidle')
      assert.ok((await ann.evaluate(() => document.documentElement.scrollWidth)) <= width, `${place} at ${width} px`)
      await watch.picture(ann, `${width}-${place.split('/').at(-1)}`)
    }
  }
  await ann.setViewportSize({ width: 1280, height: 800 })
}

// As the vendor's product asks for it, when somebody wants to go there: it lives five minutes.
async function portalLink() {
  const answer = await fetch(`${facts.url}/portal/generate_link`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${facts.manager}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      organization: 'acme',
      intent: 'audit_logs',
      return_url: 'https://app.vendor.example/settings',
      user: { id: 'u_7', name: 'Sam Lee', email: 'sam.lee@acme.example' },
    }),
  })
  assert.equal(answer.status, 201)
  return (await answer.json()).link
}

async function portal() {
  const link = await portalLink()
  const sam = await watch.person()
  await sam.goto(link)
  await heading(sam, 'Settings of Acme')
  await watch.look(sam, 'portal')
  await sam.reload() // looking consumes nothing
  await press(sam, 'Open the Audit Logs')
  await heading(sam, 'Audit Logs')
  assert.equal(await sam.getByRole('link', { name: 'Back to app.vendor.example' }).getAttribute('href'), 'https://app.vendor.example/settings')
  assert.equal(await sam.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'People' }).count(), 0)
  await sam.getByRole('table', { name: 'Audit log entries' }).waitFor()
  await watch.look(sam, 'portal-inside')
  await sam.goto('about:blank')
  await sam.goto(link)
  await says(sam, 'alert', 'The link was used already')
}

const embeddedPage = () => embedded(facts, watch, wait)

const steps = {}
try {
  for (const step of [signInByKeyboard, invite, accept, setUpSecondFactor, signInWithSecondFactor, roles, signInSettings, forgotten, frame,
    appearance, sizes, portal, embeddedPage]) {
    const started = performance.now()
    await step()
    steps[step.name] = (performance.now() - started) / 1000
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
