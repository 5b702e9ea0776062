/** Permits as the doors get them, for tests that stand behind the doors. */
import { type Act, ask, type Permit } from '../../policies/access.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import type { Uuid } from '../../services/domain/values.ts';

/** To do something with one's own. */
export function ownPermit<A extends Act>(act: A, account: Uuid): Permit<A> {
  return granted(ask({ kind: 'account', account, roles: [] }, act, { owner: account }));
}

/** To hand in mail from outside. */
export function strangersPermit(): Permit<'handInMail'> {
  return granted(ask({ kind: 'anybody' }, 'handInMail', { owner: null }));
}

/** Of whoever runs the command on the machine. */
export function operatorsPermit<A extends Act>(act: A): Permit<A> {
  return granted(ask({ kind: 'operator' }, act, { owner: null }));
}

function granted<A extends Act>(answer: ReturnType<typeof ask<A>>): Permit<A> {
  if (isRefusal(answer)) throw new Error('the table does not allow this');
  return answer;
}
