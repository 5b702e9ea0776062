import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { SupervisionFilter } from '../../projections/supervision-queries.ts';
import {
  type SupervisedCopy,
  type SupervisionCommand,
  supervision,
  supervisionId,
} from '../../services/domain/supervision.ts';
import { decided, uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

const [wang, zhao, li, chen] = [1, 2, 3, 4].map(uuidOf) as [string, string, string, string];

let house: ModelsHouse;

beforeEach(async () => {
  house = await ModelsHouse.open();
});
afterEach(() => house.close());

/** The id of the copy of the mail of that number. */
function put(
  number: number,
  changed: Partial<SupervisedCopy> = {},
  ...reviews: SupervisionCommand[]
): string {
  const message = uuidOf(100 + number);
  const copy: SupervisedCopy = {
    supervisor: li,
    people: [wang],
    copies: [{ rule: uuidOf(11), version: 1, reason: '合同监督' }],
    dueAtMs: null,
    sealedBecause: null,
    ...changed,
  };
  const id = supervisionId(message, copy.supervisor);
  const commands: SupervisionCommand[] = [{ kind: 'copy', message, copy }, ...reviews];
  for (const [i, command] of commands.entries())
    house.append(`supervision-${id}`, ...decided(supervision, commands.slice(0, i), command));
  return id;
}

const reviewed: SupervisionCommand = { kind: 'review', by: li, outcome: 'objection', note: '价格未批' };

function listed(filter: SupervisionFilter): string[] {
  return house.supervision.list(filter).map(({ supervision: id }) => id);
}

describe('the list of supervision', () => {
  test('waiting, overdue and reviewed, newest first', async () => {
    const [early, late] = [put(1, { dueAtMs: 1000 }), put(2, { dueAtMs: 3000 })];
    const [open, done] = [put(3), put(4, { dueAtMs: 1000 }, reviewed)];
    await house.settled();
    house.nowMs = 1000;
    assert.deepEqual(listed({}), [done, open, late, early]);
    assert.deepEqual(listed({ state: 'waiting' }), [open, late, early]);
    assert.deepEqual(listed({ state: 'overdue' }), [early]);
    assert.deepEqual(listed({ state: 'reviewed' }), [done]);
    assert.deepEqual(house.supervision.counts(null), { waiting: 3, overdue: 1, nextDueAtMs: 3000 });
    assert.equal(house.supervision.one(early)!.state, 'overdue');
    house.nowMs = 999;
    assert.deepEqual(house.supervision.counts(null), { waiting: 3, overdue: 0, nextDueAtMs: 1000 });
    assert.equal(house.supervision.one(early)!.state, 'waiting');
    house.nowMs = 3000;
    assert.deepEqual(listed({ state: 'overdue' }), [late, early]);
  });

  test('a review keeps who, when, what and the note', async () => {
    const id = put(1, {}, reviewed);
    await house.settled();
    const row = house.supervision.one(id)!;
    assert.deepEqual(
      [row.state, row.outcome, row.note, row.reviewedBy],
      ['reviewed', 'objection', '价格未批', li],
    );
    assert.ok(row.reviewedAtMs! > row.copiedAtMs);
  });

  test('MON-11: by whose mail it is, by supervisor, and in pages', async () => {
    const ofWang = put(1);
    const ofBoth = put(2, { people: [wang, zhao] });
    const byChen = put(3, { supervisor: chen, people: [zhao] });
    await house.settled();
    assert.deepEqual(listed({ person: wang }), [ofBoth, ofWang]);
    assert.deepEqual(listed({ person: zhao }), [byChen, ofBoth]);
    assert.deepEqual(listed({ supervisor: chen }), [byChen]);
    assert.deepEqual(listed({ supervisor: li, person: zhao }), [ofBoth]);
    assert.deepEqual(house.supervision.one(ofBoth)!.people, [wang, zhao]);
    const [first] = house.supervision.list({ limit: 1 });
    assert.deepEqual(listed({ before: first!.position }), [ofBoth, ofWang]);
    assert.equal(house.supervision.ofMessage(uuidOf(103))[0]!.supervision, byChen);
    assert.deepEqual(house.supervision.counts(chen), { waiting: 1, overdue: 0, nextDueAtMs: null });
  });

  test('what was handed on is on the list of whoever supervises now', async () => {
    const id = put(1, {}, { kind: 'replaceSupervisor', supervisor: chen });
    await house.settled();
    assert.deepEqual([listed({ supervisor: chen }), listed({ supervisor: li })], [[id], []]);
  });

  test('whose mail and which rules are on somebody’s list, the rules by the name they had last', async () => {
    const named = (rule: number, reason: string) => ({ rule: uuidOf(rule), version: 1, reason });
    put(1, { copies: [named(11, '合同监督')] });
    put(2, { people: [wang, zhao], copies: [named(11, '合同监督（新）'), named(12, '')] });
    put(3, { supervisor: chen, copies: [named(13, '别处')] });
    await house.settled();
    const { people, rules } = house.supervision.choices(li);
    assert.deepEqual([...people].sort(), [wang, zhao]);
    assert.deepEqual(rules, [{ rule: uuidOf(11), name: '合同监督（新）' }]);
    assert.equal(listed({ supervisor: li, rule: uuidOf(11) }).length, 2);
    assert.equal(listed({ supervisor: li, rule: uuidOf(12) }).length, 1);
    assert.equal(listed({ supervisor: li, rule: uuidOf(13) }).length, 0);
  });

  test('what changed on somebody’s list moves their position alone, of both where it is handed on', async () => {
    put(9, { supervisor: zhao });
    put(1);
    await house.settled();
    const first = house.supervision.lastChanged(li);
    assert.deepEqual([first > 0, house.supervision.lastChanged(chen)], [true, 0]);
    const id = put(2, {}, { kind: 'replaceSupervisor', supervisor: chen });
    await house.settled();
    const handedOn = house.supervision.lastChanged(chen);
    assert.ok(handedOn > first);
    assert.equal(house.supervision.lastChanged(li), handedOn);
    put(3, { supervisor: chen }, { kind: 'review', by: chen, outcome: 'inOrder', note: '' });
    await house.settled();
    assert.equal(house.supervision.lastChanged(li), handedOn);
    assert.ok(house.supervision.lastChanged(chen) > handedOn + 1, id);
  });

  test('made anew it says the same', async () => {
    put(1, { sealedBecause: 'an inquiry' }, reviewed);
    put(2, { people: [wang, zhao] }, { kind: 'replaceSupervisor', supervisor: chen });
    await house.assertRebuildsAlike();
  });
});
