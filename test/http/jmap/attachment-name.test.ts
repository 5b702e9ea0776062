import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attachmentNamed } from '../../../services/http/jmap/attachment-name.ts';

const cases: readonly [string, string, string][] = [
  ['offer.pdf', 'offer.pdf', 'offer.pdf'],
  ['合同 2.pdf', '_ 2.pdf', '%E5%90%88%E5%90%8C%202.pdf'],
  ["it's (1)*.txt", "it's (1)_.txt", 'it%27s%20%281%29_.txt'],
  ['a"b\\c.txt', 'a_b_c.txt', 'a_b_c.txt'],
  ['../a/b:c', '.._a_b_c', '.._a_b_c'],
  ['x\r\nSet-Cookie: y', 'x__Set-Cookie_ y', 'x__Set-Cookie_%20y'],
  ['100%.txt', '100_.txt', '100%25.txt'],
  ['half \ud83d', 'half _', 'half%20%EF%BF%BD'],
  ['evil\u202etxt.exe', 'evil_txt.exe', 'evil_txt.exe'],
];

describe('the name of a download', () => {
  for (const [name, ascii, encoded] of cases) {
    test(JSON.stringify(name), () => {
      assert.equal(attachmentNamed(name), `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
    });
  }
});
