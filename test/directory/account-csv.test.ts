import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { readAccountCsv } from '../../services/directory/account-csv.ts';

const sheet = 'address,password,name,quota,role\nwang@acme.example,demo-Wang-1,王小明,500MiB,auditor\n';

describe('accounts from CSV', () => {
  const encodings: readonly [string, Uint8Array][] = [
    ['UTF-8', Buffer.from(sheet)],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${sheet}`)],
    ['GBK', iconv.encode(sheet, 'gbk')],
    ['UTF-16LE with BOM', Buffer.from(`\ufeff${sheet}`, 'utf16le')],
    ['tabs', Buffer.from(sheet.replaceAll(',', '\t'))],
    ['semicolons and CRLF', Buffer.from(sheet.replaceAll(',', ';').replaceAll('\n', '\r\n'))],
    [
      'Chinese column names',
      Buffer.from(sheet.replace('address,password,name,quota,role', '邮箱,密码,姓名,容量,角色')),
    ],
  ];
  for (const [name, octets] of encodings) {
    test(`${name} is read`, () => {
      const { accounts, problems } = readAccountCsv(octets);
      assert.deepEqual(problems, []);
      assert.deepEqual(accounts, [
        {
          line: 2,
          address: 'wang@acme.example',
          password: 'demo-Wang-1',
          realName: '王小明',
          quotaOctets: 524_288_000,
          roles: ['auditor'],
        },
      ]);
    });
  }

  test('leading zeros, quotes and newlines in fields survive, and lines are counted behind them', () => {
    const { accounts, problems } = readAccountCsv(
      Buffer.from('address,password,name\n007@a.example,00012345,"Li\nMing ""x"""\nnonsense,pass-word,\n'),
    );
    assert.equal(accounts[0]!.line, 2, 'where its row begins');
    assert.equal(accounts[0]!.password, '00012345');
    assert.equal(accounts[0]!.realName, 'Li\nMing "x"');
    assert.deepEqual(problems, [
      { line: 4, code: 'addressInvalid', about: 'nonsense', text: 'nonsense is no address' },
    ]);
  });

  test('each fault is named with its line', () => {
    const { problems } = readAccountCsv(
      Buffer.from(
        'address,password,quota\na@x.example,,\nb@x.example,long-enough,lots\nc@x.example,long-enough,\nC@x.example,long-enough,\n,p,\na@b,c,d,e\n',
      ),
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 3, 5, 6, 7],
    );
    assert.match(problems[1]!.text, /lots is not a size/);
    assert.match(problems[2]!.text, /line 4 already/);
  });

  test('a file without the needed columns says which', () => {
    assert.match(
      readAccountCsv(Buffer.from('name,mail\nx,y\n')).problems[0]!.text,
      /must name the columns address and password/,
    );
    assert.match(readAccountCsv(Buffer.from('')).problems[0]!.text, /empty/);
    assert.equal(readAccountCsv(Buffer.from('address,password\n"a')).problems.length, 1);
  });
});
