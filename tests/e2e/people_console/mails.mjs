// The newest mail to an address, as the mail server kept it, and the link in it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const decoded = (text) =>
  text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))

function bodies(raw) {
  const base64 = [...raw.matchAll(/Content-Transfer-Encoding: base64\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+)/gi)]
  return [decoded(raw), ...base64.map((match) => Buffer.from(match[1], 'base64').toString('utf8'))].join('\n')
}

export async function linkOf(folder, address, pattern, not = '') {
  for (let tries = 0; tries < 600; tries += 1) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().reverse()) {
      const text = bodies(readFileSync(join(folder, name), 'utf8'))
      const found = new RegExp(`^To:.*${address}`, 'mi').test(text) && pattern.exec(text)
      if (found && found[0] !== not) return found[0]
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`no mail to ${address} with ${pattern}`)
}
