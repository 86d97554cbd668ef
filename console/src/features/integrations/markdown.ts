// Enough of Markdown for the readers' pages of docs/readers: nothing of a text is ever taken for HTML.

export type Inline = { kind: 'text'; text: string } | { kind: 'code'; text: string } | { kind: 'strong'; text: string } | { kind: 'link'; text: string; href: string };

export type Block = { kind: 'heading'; text: string } | { kind: 'paragraph'; parts: Inline[] } | { kind: 'list'; items: Inline[][] } | { kind: 'code'; language: string; text: string };

const pieces = /`([^`]+)`|\*\*?([^*]+)\*\*?|\[([^\]]+)\]\(([^)\s]+)\)/g;

export function inlineOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  const plain = (to: number) => {
    if (to > from) parts.push({ kind: 'text', text: text.slice(from, to) });
  };
  for (const match of text.matchAll(pieces)) {
    const [whole, code, strong, label, href] = match;
    plain(match.index);
    from = match.index + whole.length;
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (strong !== undefined) parts.push({ kind: 'strong', text: strong });
    else if (label !== undefined && href?.startsWith('https://')) parts.push({ kind: 'link', text: label, href });
    // A link to another file of the documentation leads nowhere here.
    else parts.push({ kind: 'text', text: label ?? whole });
  }
  plain(text.length);
  return parts;
}

export function blocksOf(source: string): Block[] {
  const blocks: Block[] = [];
  const lines = source.replace(/\r\n/g, '\n').split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const fence = /^```(\w*)/.exec(line);
    if (fence) {
      const end = lines.indexOf('```', at + 1);
      const stop = end === -1 ? lines.length : end;
      blocks.push({ kind: 'code', language: fence[1] ?? '', text: lines.slice(at + 1, stop).join('\n') });
      at = stop + 1;
    } else if (/^#+ /.test(line)) {
      blocks.push({ kind: 'heading', text: line.replace(/^#+ /, '') });
      at++;
    } else if (line.trim() === '') at++;
    else {
      const end = endOfText(lines, at);
      blocks.push(textBlock(lines.slice(at, end)));
      at = end;
    }
  }
  return blocks;
}

// Where a paragraph or a list ends: at an empty line, a heading or code.
function endOfText(lines: string[], from: number): number {
  let at = from;
  while (at < lines.length && !/^(```|#+ |\s*$)/.test(lines[at] ?? '')) at++;
  return at;
}

function textBlock(lines: string[]): Block {
  if (!lines[0]?.startsWith('- ')) return { kind: 'paragraph', parts: inlineOf(lines.join(' ')) };
  const items = lines.join('\n').split(/\n(?=- )/).map((item) => inlineOf(item.replace(/^- /, '').replace(/\n\s*/g, ' ')));
  return { kind: 'list', items };
}

// The customer's own bucket and path in place of those of the examples.
export function withOwnPlace(text: string, bucket: string, path: string): string {
  const prefix = path.replace(/^\/+|\/+$/g, '');
  const root = prefix === '' ? '' : `${prefix}/`;
  return text.replace(/(?<![\w-])(acme-logs\/logs\/|acme-logs(?![\w-])|logs\/(?=audit_logs|replay|catalog\.json)|<path>\/)/g, (found) => {
    if (found === 'acme-logs') return bucket;
    return found.startsWith('acme-logs') ? `${bucket}/${root}` : root;
  });
}
