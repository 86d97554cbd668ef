// One browser for the whole scenario: pages that complain, pictures of each state in light and dark, axe on both.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

export async function openBrowser(facts) {
  const browser = await chromium.launch({
    executablePath: facts.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  })
  const folder = join(facts.screenshots, facts.pictures ?? 'people')
  mkdirSync(folder, { recursive: true })
  return new Watch(facts, browser, folder)
}

// In that scheme, and nothing that ends still moves: a half-faded text has half its contrast.
async function settled(page, colorScheme) {
  await page.waitForFunction((wanted) => [null, wanted].includes(document.documentElement.getAttribute('data-mantine-color-scheme')), colorScheme)
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(ending.map((animation) => animation.finished))
  })
}

class Watch {
  errors = []
  violations = []
  pictures = 0

  constructor(facts, browser, folder) {
    Object.assign(this, { facts, browser, folder, axe: readFileSync(facts.axe, 'utf8') })
  }

  // A person at a browser of their own. What a browser only mutters about counts as a failure.
  async person(options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', colorScheme: 'light', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(60000)
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('console', (message) => {
      if (/content security policy|refused to/i.test(message.text()) && !page.mayBeRefused) this.errors.push(message.text())
    })
    const known = [this.facts.url, this.facts.host]
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && !known.includes(origin) && !page.mayBeRefused) this.errors.push(`request to ${request.url()}`)
    })
    return page
  }

  // What is shown now: axe and a picture, in light and in dark.
  async look(page, name) {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await settled(page, colorScheme)
      const found = await page.evaluate(`${this.axe}; axe.run(document, { resultTypes: ['violations'] })`)
      for (const { id, nodes } of found.violations) {
        this.violations.push(`${name}, ${colorScheme}: ${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`)
      }
      await this.picture(page, `${name}-${colorScheme}`)
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  }

  async picture(page, name) {
    this.pictures += 1
    await page.screenshot({ path: join(this.folder, `${name}.png`), animations: 'disabled' })
  }
}
