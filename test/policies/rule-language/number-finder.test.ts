import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isBankCard } from '../../../policies/rule-language/bank-card.ts';
import { isIban } from '../../../policies/rule-language/iban.ts';
import { isIdentityCard } from '../../../policies/rule-language/identity-card.ts';
import { normalText } from '../../../policies/rule-language/normal-text.ts';
import { findNumbers } from '../../../policies/rule-language/number-finder.ts';

function found(text: string): string[] {
  return findNumbers(normalText(text)).map(({ kind, number }) => `${kind} ${number}`);
}

describe('numbers with check digits', () => {
  test('identity cards (GB 11643): region, birthday, check character', () => {
    // The standard's own examples.
    assert.ok(isIdentityCard('11010519491231002x'));
    assert.ok(isIdentityCard('440524188001010014'));
    for (const wrong of [
      '110105194912310021', // check digit
      '11010519491331002x', // month
      '190105194912310020', // region
      '1101051949123100', // length
    ])
      assert.equal(isIdentityCard(wrong), false, wrong);
  });

  test('any other last character of an identity card is wrong', () => {
    const right = [...'0123456789x'].filter((last) => isIdentityCard(`44052418800101001${last}`));
    assert.deepEqual(right, ['4']);
  });

  test('a birthday that never was', () => {
    const number = '11010520230229';
    for (let i = 0; i < 1000; i++) {
      for (const last of '0123456789x')
        assert.equal(isIdentityCard(`${number}${String(i).padStart(3, '0')}${last}`), false);
    }
  });

  test('bank cards: issuer, length, Luhn', () => {
    for (const card of [
      '4111111111111111',
      '5555555555554444',
      '378282246310005',
      '3530111333300000',
      '6011111111111117',
      '6222020200112230',
      '30569309025904',
    ])
      assert.equal(isBankCard(card), luhn(card), card);
    assert.ok(isBankCard('4111111111111111'));
    assert.equal(isBankCard('4111111111111112'), false);
    assert.equal(isBankCard('1111111111111117'), false, 'no issuer');
    assert.equal(isBankCard('41111111111111110000'.slice(0, 17)), false, 'no such length');
  });

  test('IBAN: length of the country, 1 modulo 97', () => {
    assert.ok(isIban('de89370400440532013000'));
    assert.ok(isIban('gb29nwbk60161331926819'));
    assert.equal(isIban('de89370400440532013001'), false);
    assert.equal(isIban('de8937040044053201300'), false);
    assert.equal(isIban('zz89370400440532013000'), false);
  });
});

describe('numbers in texts', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['身份证号11010519491231002X，谢谢', ['identityCard 11010519491231002x']],
    ['１１０１０５１９４９１２３１００２Ｘ', ['identityCard 11010519491231002x']],
    ['card 4111 1111 1111 1111 or 4111-1111-1111-1112', ['bankCard 4111111111111111']],
    ['amex 3782 822463 10005', ['bankCard 378282246310005']],
    ['IBAN: DE89 3704 0044 0532 0130 00.', ['iban de89370400440532013000']],
    ['gb29 NWBK 6016 1331 9268 19 please', ['iban gb29nwbk60161331926819']],
    ['手机 13812345678 或 +86 138 1234 5679', ['phone 13812345678', 'phone 8613812345679']],
    ['座机 010-62345678', ['phone 01062345678']],
    ['phone +44 20 7946 0958', ['phone 442079460958']],
    ['order 2026 11 20 1234567890123456', []],
    ['x11010519491231002x', []],
    ['411111111111111111111111111111111111111111111111111111', []],
    ['', []],
  ];
  for (const [given, numbers] of cases) test(given, () => assert.deepEqual(found(given), numbers));

  test('a long text of digits is read in a bounded number of steps', () => {
    assert.deepEqual(found('1 '.repeat(100_000)), []);
  });
});

/** Written another way than the code's. */
function luhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 1 ? 2 : 1);
    return total + Math.floor(doubled / 10) + (doubled % 10);
  }, 0);
  return sum % 10 === 0;
}
