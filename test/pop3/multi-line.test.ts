import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MultiLine, TopLines } from '../../services/pop3/multi-line.ts';

function stuffed(chunks: readonly string[]): string {
  const lines = new MultiLine();
  const parts = chunks.map((chunk) => Buffer.from(lines.stuff(Buffer.from(chunk, 'latin1'))));
  return Buffer.concat([...parts, lines.end()]).toString('latin1');
}

/** Every way to cut a text into two and into single octets. */
function cuts(text: string): string[][] {
  const halves = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
  return [...halves, [...text]];
}

describe('POP3 multi-line answers', () => {
  const cases: readonly [string, string, string][] = [
    ['plain', 'a\r\nb\r\n', 'a\r\nb\r\n.\r\n'],
    ['leading dots', '.a\r\n..b\r\n.\r\n', '..a\r\n...b\r\n..\r\n.\r\n'],
    ['no final line end', 'a\r\nb', 'a\r\nb\r\n.\r\n'],
    ['bare LF becomes CRLF, so that no dot behind it ends the answer', 'a\n.\nb\n', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a final CR is not a line end', 'a\r', 'a\r\r\n.\r\n'],
    ['empty', '', '.\r\n'],
    ['a dot inside a line stays', 'a.b\r\nc.\r\n', 'a.b\r\nc.\r\n.\r\n'],
  ];
  for (const [name, given, wanted] of cases) {
    test(`${name}, however it is cut`, () => {
      for (const chunks of cuts(given)) assert.equal(stuffed(chunks), wanted, JSON.stringify(chunks));
    });
  }

  test('a chunk without anything to mend is passed on as it is', () => {
    const chunk = Buffer.from('line\r\n'.repeat(1000));
    assert.equal(new MultiLine().stuff(chunk), chunk);
  });
});

describe('TOP', () => {
  const mail = 'A: b\r\nC: d\r\n\r\none\r\ntwo\r\nthree';
  const cases: readonly [number, string][] = [
    [0, 'A: b\r\nC: d\r\n\r\n'],
    [1, 'A: b\r\nC: d\r\n\r\none\r\n'],
    [2, 'A: b\r\nC: d\r\n\r\none\r\ntwo\r\n'],
    [9, mail],
  ];
  for (const [lines, wanted] of cases) {
    test(`${lines} lines, however it is cut`, () => {
      for (const chunks of cuts(mail)) {
        const top = new TopLines(lines);
        let got = '';
        for (const chunk of chunks)
          if (!top.done) got += Buffer.from(top.take(Buffer.from(chunk))).toString();
        assert.equal(got, wanted);
      }
    });
  }
});
