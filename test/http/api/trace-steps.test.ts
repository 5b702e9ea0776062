/** Who is told of the members of a group that got no copy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageTrace } from '../../../projections/message-trace-queries.ts';
import { Names } from '../../../services/http/api/names.ts';
import { stepsSeen } from '../../../services/http/api/trace-steps.ts';

const names = new Names({
  account: (account) => ({ address: `${account}@acme.example`, realName: '' }) as never,
});
const trace = {
  recipientList: [
    { ordinal: 0, account: 'wang', address: 'crew@acme.example' },
    { ordinal: 1, account: 'li', address: 'crew@acme.example' },
  ],
  steps: [
    {
      position: 7,
      atMs: 0,
      stream: 'message-1',
      type: 'MembersPassedOver',
      actor: 'peer',
      detail: { accounts: ['ma'], because: 'frozen', addresses: ['crew@acme.example'] },
    },
  ],
} as unknown as MessageTrace;

test('members who were passed over are named to who may see every recipient, and to nobody else', () => {
  const shown = stepsSeen(trace, trace.recipientList, true, names);
  assert.deepEqual(
    shown.map(({ detail }) => detail),
    [{ texts: ['ma@acme.example'] }],
  );
  assert.deepEqual(stepsSeen(trace, trace.recipientList.slice(0, 1), true, names), []);
});
