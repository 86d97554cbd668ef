// Uploads a file with the unmodified tus-js-client, which goes on by itself after whatever happens to the server. Prints one line a
// step: a piece that was taken, where it went on (what a HEAD was answered), and the end.
import { createReadStream } from 'node:fs'

import { Upload } from 'tus-js-client'

const { endpoint, key, file, size, piece, metadata } = JSON.parse(process.argv[2])
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')

const upload = new Upload(createReadStream(file), {
  endpoint,
  uploadSize: size,
  chunkSize: piece,
  metadata,
  headers: { Authorization: `Bearer ${key}` },
  retryDelays: Array.from({ length: 600 }, () => 300),
  onAfterResponse: (request, response) => {
    if (request.getMethod() === 'HEAD') say({ resumed_at: Number(response.getHeader('Upload-Offset')) })
  },
  onChunkComplete: (_, accepted) => say({ accepted }),
  onSuccess: () => say({ done: upload.url }),
  onError: (error) => {
    say({ failed: String(error) })
    process.exitCode = 1
  },
})
upload.start()
