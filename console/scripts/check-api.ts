// Fails when src/api/schema.d.ts is not what api/openapi.yaml generates.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'console-api-'));
try {
  const fresh = join(folder, 'schema.d.ts');
  const tool = join('node_modules', 'openapi-typescript', 'bin', 'cli.js');
  execFileSync(process.execPath, [tool, '../api/openapi.yaml', '--output', fresh, '--alphabetize'], { stdio: 'ignore' });
  if (readFileSync(fresh, 'utf8') !== readFileSync('src/api/schema.d.ts', 'utf8')) {
    console.error('src/api/schema.d.ts is not up to date: run `npm run api` and commit the result.');
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
