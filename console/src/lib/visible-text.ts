// Text from outside, safe to show: control and direction-changing characters are written out, so that a name
// cannot reorder or hide what stands beside it.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

export function visibleText(text: string): string {
  return text.replace(hidden, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
