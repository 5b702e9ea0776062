/** Changes of one account that somebody has looked at: refused where it has gone on meanwhile. */
import type { Dispatcher, Snapshot } from '../dispatch.ts';
import { type AccountCommand, type AccountState, account, type GrantedRole } from '../domain/account.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { makeVerifier, passwordProblem, preparePassword } from '../sign-in/passwords.ts';

export interface AccountSettings {
  readonly realName?: string | undefined;
  readonly quotaOctets?: number | undefined;
  readonly roles?: readonly GrantedRole[] | undefined;
}

const grantedRoles: readonly GrantedRole[] = ['supervisor', 'auditor', 'administrator'];

/** Every method throws `Refused` where it may not be. */
export class AccountChanges {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>) {
    this.#dispatcher = dispatcher;
  }

  /** Throws where there is none. */
  async show(id: Uuid): Promise<Snapshot<AccountState>> {
    const shown = await this.#dispatcher.load(account, id);
    if (shown.state.status === 'absent') throw new Refused(refuse('accountNotFound'));
    return shown;
  }

  /** What is not named stays. */
  async change(
    id: Uuid,
    settings: AccountSettings,
    actor: Actor,
    seenRevision: number | undefined,
  ): Promise<void> {
    const { state } = await this.show(id);
    await this.carryOut(id, commandsOf(state, settings), actor, seenRevision);
  }

  /** One after the other; the first of them on the revision that was seen. */
  async carryOut(
    id: Uuid,
    commands: readonly AccountCommand[],
    actor: Actor,
    seenRevision: number | undefined,
  ): Promise<void> {
    let seen = seenRevision;
    for (const command of commands) {
      const context = { actor, cause: null, now: Date.now() };
      const outcome = await this.#dispatcher.dispatch(account, id, command, {
        ...context,
        ...(seen !== undefined && { seenRevision: seen }),
      });
      if (isRefusal(outcome)) throw new Refused(outcome);
      if (seen !== undefined) seen = outcome.revision;
    }
  }

  async setPassword(id: Uuid, password: string, actor: Actor): Promise<void> {
    const problem = passwordProblem(password);
    if (problem !== null) throw new Refused(refuse(problem));
    const verifier = await makeVerifier(preparePassword(password)!);
    await this.carryOut(id, [{ kind: 'setPassword', verifier }], actor, undefined);
  }
}

function commandsOf(
  state: AccountState,
  { realName, quotaOctets, roles }: AccountSettings,
): AccountCommand[] {
  const commands: AccountCommand[] = [];
  if (realName !== undefined) commands.push({ kind: 'setRealName', realName });
  if (quotaOctets !== undefined) commands.push({ kind: 'setQuota', quotaOctets });
  for (const role of roles === undefined ? [] : grantedRoles) {
    const isWanted = roles!.includes(role);
    if (isWanted !== state.roles.has(role))
      commands.push({ kind: isWanted ? 'grantRole' : 'revokeRole', role });
  }
  return commands;
}
