// Uploads a file with the unmodified tus-js-client, which goes on by itself after whatever happens to the server. Each piece waits for a
// line of standard input. Prints one line a step: a piece that was taken, a request that is tried again, where it goes on (what a HEAD
// was answered), and the end.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

import { Upload } from 'tus-js-client'

const { endpoint, key, file, size, piece, metadata } = JSON.parse(process.argv[2])
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')
const leave = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

const upload = new Upload(createReadStream(file), {
  endpoint,
  uploadSize: size,
  chunkSize: piece,
  metadata,
  headers: { Authorization: `Bearer ${key}` },
  retryDelays: Array.from({ length: 600 }, () => 300),
  onBeforeRequest: async (request) => {
    if (request.getMethod() === 'PATCH') await leave.next()
  },
  onAfterResponse: (request, response) => {
    if (request.getMethod() === 'HEAD' && response.getStatus() === 200) say({ resumed_at: Number(response.getHeader('Upload-Offset')) })
  },
  onShouldRetry: (error) => {
    say({ again: String(error) })
    const status = error.originalResponse?.getStatus() ?? 0
    return status < 400 || status >= 500 || status === 409 || status === 423
  },
  onChunkComplete: (_, accepted) => say({ accepted }),
  onSuccess: () => {
    say({ done: upload.url })
    process.stdin.destroy()
  },
  onError: (error) => {
    say({ failed: String(error) })
    process.exit(1)
  },
})
upload.start()
