/**
 * What somebody at the command line of this machine looked at. It is others' mail (class A), so the record is on disk
 * before anything is shown; where it cannot be written, nothing is.
 */
import { type Act, actorOf, auditClassOf, type Permit } from '../../policies/access.ts';
import type { Dispatcher } from '../dispatch.ts';
import { type OperatorAct, sessionDraft } from '../domain/session.ts';
import type { Uuid } from '../domain/values.ts';
import { newEventId } from '../identifiers.ts';

export interface LookedAt {
  /** Null where it is what was found that is shown. */
  readonly message: Uuid | null;
  /** What was asked for, in words; sealed. */
  readonly query: string;
}

export type OperatorRecorder = (permit: Permit, lookedAt: LookedAt) => Promise<void>;

/** Resolves when the record is on disk. */
export function operatorRecorder(dispatcher: Pick<Dispatcher, 'appendResolved'>): OperatorRecorder {
  return async ({ subject, object, act }, { message, query }) => {
    if (auditClassOf(subject, object) === 'B') throw new Error('one’s own mail is recorded by the session');
    if (!isOperatorAct(act)) throw new Error(`${act} shows no mail`);
    const draft = sessionDraft('OperatorLooked', { act, message }, { query });
    const context = { actor: actorOf(subject), cause: null, now: Date.now() };
    await dispatcher.appendResolved(`session-${newEventId()}`, 'absent', [draft], context);
  };
}

function isOperatorAct(act: Act): act is OperatorAct {
  return act === 'traceMail' || act === 'proveMail' || act === 'readApprovals' || act === 'readSupervision';
}
