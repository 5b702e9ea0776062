import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bodyStructureText, bodyText } from '../../services/mail/body-structure.ts';
import type { MailPart } from '../../services/mail/mail-part.ts';
import type { PartPlace } from '../../services/mail/part-codec.ts';
import {
  encodeStructure,
  maxCachedHeaderOctets,
  openStructure,
} from '../../services/mail/structure-codec.ts';
import { MailGenerator } from './generated-mails.ts';
import { mailOf, scanOf } from './scanning.ts';

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}

/** What a row keeps of a part. */
function placeOf(part: MailPart): PartPlace {
  const { kind, headerStart, bodyStart, bodyEnd, bodyLines, content } = part;
  const charset = content.parameters.find(({ name }) => name === 'charset')?.value.toLowerCase() ?? '';
  const mediaType = `${content.type}/${content.subtype}`.toLowerCase();
  const encoding = content.encoding.toLowerCase();
  const children = part.children.map(placeOf);
  return { kind, headerStart, bodyStart, bodyEnd, bodyLines, mediaType, charset, encoding, children };
}

describe('the structure row', () => {
  test('gives back what was scanned', () => {
    const random = new MailGenerator(11);
    for (let count = 0; count < 300; count++) {
      const structure = scanOf(random.mail());
      const view = openStructure(encodeStructure(structure))!;
      assert.equal(latin1(view.envelope), structure.root.envelope);
      assert.equal(latin1(view.body), bodyText(structure.root));
      assert.equal(latin1(view.bodyStructure), bodyStructureText(structure.root));
      assert.equal(latin1(view.header), structure.headerText);
      assert.equal(view.headerOctets, structure.root.bodyStart);
      assert.equal(view.blobOctets, structure.octets);
      assert.deepEqual(view.root, placeOf(structure.root));
    }
  });

  test('offsets beyond 2^32 and 300 parts', () => {
    const leaf = scanOf(mailOf('\n')).root;
    const far = {
      ...leaf,
      headerStart: 2 ** 40,
      bodyStart: 2 ** 40 + 5,
      bodyEnd: 2 ** 41,
      bodyLines: 2 ** 33,
    };
    const root: MailPart = {
      ...leaf,
      kind: 'multipart',
      bodyEnd: 2 ** 42,
      children: Array.from({ length: 300 }, () => far),
    };
    const view = openStructure(encodeStructure({ root, octets: 2 ** 42, headerText: '' }))!;
    assert.deepEqual(view.root, placeOf(root));
    assert.equal(view.blobOctets, 2 ** 42);
  });

  test('a long header is cut, its length is not', () => {
    const header = `X: ${'x'.repeat(20_000)}\n\n`;
    const view = openStructure(encodeStructure(scanOf(mailOf(header))))!;
    assert.equal(view.header.length, maxCachedHeaderOctets);
    assert.equal(view.headerOctets, header.length + 2);
  });

  test('a row of another scanner, or damaged, is none', () => {
    const row = encodeStructure(scanOf(mailOf('A: b\n\nc')));
    assert.notEqual(openStructure(row), null);
    const other = Buffer.from(row);
    other.writeUInt32BE(other.readUInt32BE(0) + 1, 0);
    assert.equal(openStructure(other), null);
    assert.equal(openStructure(row.subarray(0, -1)), null);
    assert.equal(openStructure(row.subarray(0, 20)), null);
    assert.equal(openStructure(new Uint8Array()), null);
  });

  test('a row that is a piece of a larger buffer opens', () => {
    const row = encodeStructure(scanOf(mailOf('Subject: x\n\n')));
    const larger = new Uint8Array(row.length + 20);
    larger.set(row, 7);
    assert.equal(latin1(openStructure(larger.subarray(7, 7 + row.length))!.header), 'Subject: x\r\n\r\n');
  });
});
