const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

// Whether each word of what was typed stands somewhere in the text; case and accents do not matter.
export function matchesWords(typed: string, text: string): boolean {
  const hay = folded(text);
  return folded(typed)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
