/** What `/api/` works on, out of the house. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AccountChanges } from '../directory/account-settings.ts';
import { Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { ApiHouse } from '../http/api/api-parts.ts';
import { checkpointText } from '../ledger/checkpoint.ts';
import { NotProvable, prove } from '../ledger/prove.ts';
import { Verification } from '../ledger/verification.ts';
import { verifyLog } from '../ledger/verify.ts';
import { DryRuns } from '../rules/dry-runs.ts';
import { HoldPreview } from '../rules/hold-preview.ts';
import type { RuleTrial } from '../rules/try-rule.ts';
import { ApplicationPasswordList } from '../sign-in/application-password-list.ts';
import { type SignedIn, subjectOf } from '../sign-in/sign-in.ts';
import {
  heldEmailOf,
  heldMail,
  heldPartOf,
  judgementsOf,
  openedEmailOf,
  supervisedMail,
} from './held-mail.ts';
import type { OpenHouse } from './house.ts';

export function apiHouse(house: OpenHouse, ruleTrial: RuleTrial): ApiHouse {
  const { administration, directory, accessLog, traces, deliveries, queue, rules, ruleHistory } = house;
  return {
    administration,
    accounts: new AccountChanges(house.dispatcher),
    directory,
    approvals: house.approvals,
    desk: house.desk,
    judgementsOf: (message) => judgementsOf(house, message),
    heldMail: (message) => heldMail(house, message),
    heldEmail: (message) => heldEmailOf(house, message),
    heldPart: (message, part) => heldPartOf(house, message, part),
    openedEmail: (message) => openedEmailOf(house, message),
    holdPreview: new HoldPreview({
      active: house.activeRules,
      rosters: house.rosters,
      reviewers: house.reviewers,
    }),
    supervision: house.supervision,
    supervisionDesk: house.supervisionDesk,
    supervisedMail: (message) => supervisedMail(house, message),
    departments: house.departments,
    departmentTree: house.departmentTree,
    accessLog,
    traces,
    deliveries,
    queue,
    rules,
    ruleHistory,
    ruleTrial,
    dryRuns: new DryRuns({
      traces,
      first: (stream) => house.prepared.first(stream),
      rosters: house.rosters,
      onFault: house.reportFault,
    }),
    ledger: { sealer: house.sealer, textOf: (head) => checkpointText(head, house.publicKey) },
    verification: new Verification((onProgress) => verifyHouse(house, onProgress), house.reportFault),
    prove: (message, asker) => proof(house, message, asker),
    signIn: house.signIn,
    secondFactors: house.secondFactors,
    applicationPasswords: new ApplicationPasswordList(house.dispatcher),
    setUp: house.setUp,
    usedOctets: (account) => house.usedOctets(account),
    settle: () => house.projections.settle(),
  };
}

async function verifyHouse(
  { sealer, ledger, files, projections }: OpenHouse,
  onProgress: (done: number, total: number, what: string) => void,
) {
  await sealer.sealNow();
  return verifyLog(ledger, { onProgress, files, projections: projections.checks() });
}

/** A mail of any size goes into the package by way of a file, in the folder that each start empties. */
async function proof(house: OpenHouse, message: Uuid, asker: SignedIn): Promise<Uint8Array> {
  const { ledger, publicKey, sealer, config } = house;
  const folder = await mkdtemp(join(config.data, 'uploads', 'proof-'));
  try {
    const file = join(folder, 'proof.zip');
    const checkpoint = await sealer.sealNow();
    const options = { checkpoint, asker: subjectOf(asker), file, nowMs: Date.now() };
    await prove(message, { ...ledger, publicKey }, options);
    return await readFile(file);
  } catch (error) {
    if (error instanceof NotProvable) throw new Refused(refuse('messageNotFound', error.message));
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}
