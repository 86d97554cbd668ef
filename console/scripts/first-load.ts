// A step of the build: what a browser loads before the Audit Logs page stands is asked for at once, and may not grow past a
// limit, compressed.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

interface Options {
  pages: string[]; // modules that the first page loads when it is opened
  script: string; // a file of public/ that runs before the first paint
  kilobytesMax: number;
}

const isChunk = (file: Bundle[string] | undefined): file is Chunk => file?.type === 'chunk';

// The files of a chunk and of all it imports at once, styles included.
function collect(bundle: Bundle, name: string, files: Set<string>): void {
  const chunk = bundle[name];
  if (!isChunk(chunk) || files.has(name)) return;
  files.add(name);
  for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
  for (const imported of chunk.imports) collect(bundle, imported, files);
}

const bytesOf = (file: Bundle[string]): number => gzipSync(file.type === 'chunk' ? file.code : file.source).length;

const holds = (chunk: Chunk, page: string): boolean => chunk.moduleIds.some((id) => id.endsWith(page));

// All files of the first load, those of the entry among them.
function filesOf(bundle: Bundle, pages: string[]): Set<string> {
  const files = new Set<string>();
  for (const chunk of Object.values(bundle).filter(isChunk)) {
    if (chunk.isEntry || pages.some((page) => holds(chunk, page))) collect(bundle, chunk.fileName, files);
  }
  return files;
}

// The router finds out late which page it is: whoever opens the console most likely opens this one.
function preloads(bundle: Bundle, pages: string[], html: string): HtmlTagDescriptor[] {
  const later = [...filesOf(bundle, pages)].filter((name) => !html.includes(name));
  return later.map((name) => ({
    tag: 'link',
    injectTo: 'head',
    attrs: { rel: name.endsWith('.css') ? 'stylesheet' : 'modulepreload', crossorigin: true, href: `/${name}` },
  }));
}

export function firstLoad({ pages, script, kilobytesMax }: Options): Plugin {
  const source = readFileSync(new URL(`../public/${script}`, import.meta.url), 'utf8');
  // Under a name of its content the browser keeps it, and the page does not wait for it.
  const hashed = `assets/${script.replace('.', `-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.`)}`;
  return {
    name: 'first-load',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: { order: 'post', handler: (html, { bundle }) => ({ html: html.replace(`/${script}`, `/${hashed}`), tags: preloads(bundle ?? {}, pages, html) }) },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter(isChunk);
        const missing = pages.filter((page) => !chunks.some((chunk) => holds(chunk, page)));
        if (missing.length > 0) this.error(`No chunk holds ${missing.join(', ')}: the first load cannot be measured.`);
        const files = filesOf(bundle, pages);
        const kilobytes = [...files].reduce((sum, name) => sum + (bundle[name] ? bytesOf(bundle[name]) : 0), 0) / 1000;
        this.emitFile({ type: 'asset', fileName: hashed, source });
        const words = `first load of Audit Logs: ${kilobytes.toFixed(1)} kB compressed in ${files.size} files, at most ${kilobytesMax} kB`;
        if (kilobytes > kilobytesMax) this.error(words);
        this.info(words);
      },
    },
  };
}
