import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddressEntry, readAddressList } from '../../services/mail/address-list.ts';

/** `name|route|mailbox|host` of a mailbox, `[name` and `]` of a group. */
function short(entry: AddressEntry): string {
  if (entry.kind === 'groupStart') return `[${entry.name}`;
  if (entry.kind === 'groupEnd') return ']';
  return [entry.name, entry.route, entry.mailbox, entry.host].join('|');
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['a bare address', 'a@b', ['||a|b']],
  ['a name', 'A B <a@b>', ['A B||a|b']],
  ['a quoted name with a comma and a quoted pair', '"B, \\"A\\"" <a@b>', ['B, "A"||a|b']],
  ['several words and quotes', '"x" y "z" <a@b>', ['x y z||a|b']],
  ['initials', 'John Q. Public <a@b>', ['John Q. Public||a|b']],
  ['a quoted local part', '"a b"@c', ['||a b|c']],
  ['a domain literal', 'a@[1.2.3.4]', ['||a|[1.2.3.4]']],
  ['the comment behind is the name', 'a@b (A B)', ['A B||a|b']],
  ['the last comment is the name', 'a (x) @ (y) b (z)', ['z||a|b']],
  ['a comment before is none', '(x) a@b', ['||a|b']],
  ['comments nest and quote', '(a (b\\)) c) a@b (A \\(B\\) (C))', ['A (B) (C)||a|b']],
  ['blanks around dots', 'a . b @ c . d', ['||a.b|c.d']],
  ['a route', 'A <@x,@y:a@b>', ['A|@x,@y|a|b']],
  ['a list with empty elements', ',,a@b, ,c@d,', ['||a|b', '||c|d']],
  ['a group', 'G H: a@b, C <c@d>;, e@f', ['[G H', '||a|b', 'C||c|d', ']', '||e|f']],
  ['an empty group', 'undisclosed-recipients:;', ['[undisclosed-recipients', ']']],
  ['a group without an end', 'g: a@b', ['[g', '||a|b', ']']],
  ['a group in a group is none', 'g: h: a@b;', ['[g', '||h|', ']']],
  ['semicolons between addresses', 'a@b; c@d', ['||a|b', '||c|d']],
  ['a word without a domain', 'root', ['||root|']],
  ['words without an address', 'a b', ['a b|||']],
  ['a quoted string without an address', '"a"', ['a|||']],
  ['nothing in angle brackets', 'x <>', ['x|||']],
  ['no closing bracket', 'x <a@b, c@d', ['x||a|b', '||c|d']],
  ['junk behind an address hides nothing', 'a@b>] c, d@e', ['||a|b', '||d|e']],
  ['junk alone', '>@', ['|||']],
  ['raw octets', '\xe4\xbd\xa0 <\xe4@\xbd>', ['\xe4\xbd\xa0||\xe4|\xbd']],
  ['folded', '"a\r\n b"\r\n <a@b>', ['a\r\n b||a|b']],
  ['a quote without an end', '"a <b@c>', ['a <b@c>|||']],
  [
    'a backslash as half of a Big5 character',
    '"\xb3\\" <a@b>, "\xb3\\" <c@d>',
    ['\xb3\\||a|b', '\xb3\\||c|d'],
  ],
  ['a backslash behind UTF-8 quotes', '"\xe4\xbd\xa0\\"x" <a@b>', ['\xe4\xbd\xa0"x||a|b']],
  ['nothing', '', []],
  ['a comment without an end', '(a', []],
];

for (const [name, value, expected] of cases) {
  test(name, () => assert.deepEqual(readAddressList(value).map(short), expected));
}
