// `npm run mock [-- PORT]`: the console against made-up data, after `npm run build`.
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { makeServer } from './server.ts';
import { password, people } from './world.ts';

const dist = process.env['CONSOLE_DIST'] ?? fileURLToPath(new URL('../dist', import.meta.url));
const port = Number(process.argv[2] ?? process.env['PORT'] ?? 8480);
const server = makeServer(dist);
server.listen(port, '127.0.0.1', () => {
  const { port: taken } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${taken}  sign in as ${people.map((person) => person.email).join(', ')} with "${password}"`);
});
