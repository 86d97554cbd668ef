// A step of the build: what a browser loads before the Audit Logs page stands, compressed, may not grow past a limit.
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

interface Options {
  pages: string[]; // modules that the first page loads when it is opened
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

export function firstLoadLimit({ pages, kilobytesMax }: Options): Plugin {
  return {
    name: 'first-load-limit',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter(isChunk);
        const files = new Set<string>();
        const missing = pages.filter((page) => !chunks.some((chunk) => chunk.facadeModuleId?.endsWith(page)));
        if (missing.length > 0) this.error(`No chunk begins with ${missing.join(', ')}: the first load cannot be measured.`);
        for (const chunk of chunks) {
          if (chunk.isEntry || pages.some((page) => chunk.facadeModuleId?.endsWith(page))) collect(bundle, chunk.fileName, files);
        }
        const kilobytes = [...files].reduce((sum, name) => sum + (bundle[name] ? bytesOf(bundle[name]) : 0), 0) / 1000;
        const words = `first load of Audit Logs: ${kilobytes.toFixed(1)} kB compressed in ${files.size} files, at most ${kilobytesMax} kB`;
        if (kilobytes > kilobytesMax) this.error(words);
        this.info(words);
      },
    },
  };
}
