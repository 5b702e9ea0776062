import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { markedPiece, markedText } from '../../../services/http/jmap/marked-text.ts';

describe('what was searched for is marked', () => {
  test('in every case, with everything else escaped', () => {
    assert.equal(
      markedText('a < Offer & OFFER', ['offer']),
      'a &lt; <mark>Offer</mark> &amp; <mark>OFFER</mark>',
    );
    assert.equal(markedText('合同请审', ['合同']), '<mark>合同</mark>请审');
    assert.equal(markedText('𠮷合約', ['合约']), '𠮷<mark>合約</mark>', 'as it is written');
    assert.equal(markedPiece('簽合约', ['合約']), '簽<mark>合约</mark>');
    assert.equal(markedText('a.b', ['.']), 'a<mark>.</mark>b', 'words are no patterns');
    assert.equal(markedText('<b>', ['<b>']), '<mark>&lt;b&gt;</mark>');
    for (const words of [[], [''], ['none']]) assert.equal(markedText('text', words), null);
  });

  test('in a piece around the first of them', () => {
    const long = `${'x '.repeat(5000)}here\n it is${' y'.repeat(5000)}`;
    const piece = markedPiece(long, ['here it'])!;
    assert.match(piece, /<mark>here it<\/mark> is/);
    assert.ok(piece.length < 250, `${piece.length}`);
    assert.equal(markedPiece(long, ['none']), null);
  });
});
