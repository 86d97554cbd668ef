/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blocksOf, inlineOf, withOwnPlace } from './markdown';

describe('blocksOf', () => {
  it('knows headings, paragraphs, lists and code', () => {
    const blocks = blocksOf('# Tool\n\nOne line\nand its `next`.\n\n- a\n  b\n- c\n\n```yaml\nx: 1\n\n# no heading\n```\n');
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Tool' },
      { kind: 'paragraph', parts: [{ kind: 'text', text: 'One line and its ' }, { kind: 'code', text: 'next' }, { kind: 'text', text: '.' }] },
      { kind: 'list', items: [[{ kind: 'text', text: 'a b' }], [{ kind: 'text', text: 'c' }]] },
      { kind: 'code', language: 'yaml', text: 'x: 1\n\n# no heading' },
    ]);
  });
});

describe('inlineOf', () => {
  it('links to https only', () => {
    expect(inlineOf('[a](https://x.example/) [b](../b.md) [c](javascript:x)').filter(({ kind }) => kind === 'link')).toEqual([{ kind: 'link', text: 'a', href: 'https://x.example/' }]);
  });
  it('leaves markup as text', () => expect(inlineOf('<b>x</b>')).toEqual([{ kind: 'text', text: '<b>x</b>' }]));
});

describe('withOwnPlace', () => {
  it.each([
    ['bucket_name = acme-logs', 'bucket_name = my-bucket'],
    ['arn:aws:s3:::acme-logs', 'arn:aws:s3:::my-bucket'],
    ['s3://acme-logs/logs/audit_logs/dt=', 's3://my-bucket/a/b/audit_logs/dt='],
    ['key_name = logs/audit_logs/', 'key_name = a/b/audit_logs/'],
    ['<path>/replay/', 'a/b/replay/'],
    ['logs-trailkeeper.audit-default', 'logs-trailkeeper.audit-default'],
    ['https://docs.example/logs/audit', 'https://docs.example/logs/audit'],
  ])('%s', (text, filled) => expect(withOwnPlace(text, 'my-bucket', '/a/b/')).toBe(filled));
  it('needs no path', () => expect(withOwnPlace('s3://acme-logs/logs/audit_logs/', 'x-y', '')).toBe('s3://x-y/audit_logs/'));
  it('leaves no example in any reader’s page', () => {
    const folder = new URL('../../../../docs/readers/', import.meta.url);
    const pages = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(pages).toHaveLength(6);
    for (const name of pages) expect(withOwnPlace(readFileSync(new URL(name, folder), 'utf8'), 'my-bucket', 'audit')).not.toMatch(/acme-logs|\blogs\/audit_logs|<path>/);
  });
});
