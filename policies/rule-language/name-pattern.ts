/** File name patterns: `*` stands for any characters, `?` for one. Letters' case and width do not count. */

export type NameMatcher = (name: string) => boolean;

export function nameMatcher(pattern: string): NameMatcher {
  const wanted = [...foldName(pattern)];
  return (name) => matches(wanted, [...foldName(name)]);
}

function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Goes back to the last `*` only, so that the time is bounded by the product of both lengths. */
function matches(pattern: readonly string[], name: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
