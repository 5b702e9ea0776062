import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { House } from '../../services/cli/house.ts';
import { performVerb } from '../../services/cli/perform.ts';
import { Administration } from '../../services/directory/administration.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import { Tags } from '../../services/tags.ts';
import { FaultyLog } from '../support/faulty-log.ts';
import { uuidOf } from '../support/given-when-then.ts';

const sheet = [
  'address,password,quota,role',
  'wang@acme.example,demo-Wang-1,1GiB,auditor',
  'no address,demo-No-1,,',
  'li@acme.example,demo-Li-1,5 apples,',
  'zhao@elsewhere.example,demo-Zhao-1,,',
  'taken@acme.example,demo-Taken-1,,',
  'chen@acme.example,x,,',
  'wu@acme.example,demo-Wu-1,,king',
  'WANG@acme.example,demo-Wang-1,,',
].join('\n');

/** By line of the file: what only its form shows, and what only the directory knows. */
const wrong = [
  [3, /no address is no address/],
  [4, /5 apples is not a size/],
  [5, /zhao@elsewhere\.example: There is no such domain here/],
  [6, /taken@acme\.example: This address already belongs/],
  [7, /chen@acme\.example: The password is too short/],
  [8, /king is no role/],
  [9, /WANG@acme\.example stands on line 2 already/],
] as const;

describe('account import', () => {
  let administration: Administration;
  let house: House;

  beforeEach(async () => {
    const faulty = new FaultyLog();
    const dispatcher = new Dispatcher(faulty.log, { epoch: 1 });
    administration = new Administration(dispatcher, await Tags.load(faulty.keys), uuidOf(1));
    house = { administration } as House;
    await administration.addDomain('acme.example', 'operator');
    const plain = { password: 'demo-Taken-1', realName: '', quotaOctets: 0, roles: [] };
    await administration.addAccount({ ...plain, address: 'taken@acme.example' }, 'operator');
  });

  async function imported(text: string, switches: { check?: boolean; skipWrong?: boolean } = {}) {
    const base64 = Buffer.from(text).toString('base64');
    const request = { base64, check: false, skipWrong: false, ...switches };
    const reply = await performVerb(house, 'account import', request, () => {});
    assert.ok(reply.kind === 'answer', JSON.stringify(reply));
    return reply;
  }

  function assertTold(text: string): void {
    const told = text.split('\n').filter((line) => line.startsWith('  line '));
    assert.equal(told.length, wrong.length, text);
    for (const [i, [line, problem]] of wrong.entries()) {
      assert.ok(told[i]!.startsWith(`  line ${line}: `), told[i]);
      assert.match(told[i]!, problem);
    }
  }

  const hasWang = () =>
    administration.accountOf('wang@acme.example').then(
      () => true,
      () => false,
    );

  for (const check of [false, true]) {
    test(`tells everything that is wrong at once, and adds nothing${check ? ' (--check)' : ''}`, async () => {
      const { text, exitCode, json } = await imported(sheet, { check });
      assertTold(text);
      assert.equal(exitCode, 1);
      assert.deepEqual((json as { added: number; waiting: number }).waiting, 1);
      assert.equal(await hasWang(), false);
    });
  }

  test('with --skip-wrong adds the rest and tells the same', async () => {
    const { text, exitCode } = await imported(sheet, { skipWrong: true });
    assertTold(text);
    assert.match(text, /^1 account added/);
    assert.equal(exitCode, 1);
    assert.equal(await hasWang(), true);
  });

  test('adds a file with nothing wrong', async () => {
    const { text, exitCode } = await imported(sheet.split('\n').slice(0, 2).join('\n'));
    assert.equal(text, '1 account added.');
    assert.equal(exitCode, 0);
    assert.equal(await hasWang(), true);
  });
});
