/** Mail under supervision, and reviews of it: `/api/supervision` and `/api/supervision-log`. */
import type { SupervisedRow } from '../../../projections/supervision-queries.ts';
import { isRefusal, Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import { subjectOf } from '../../sign-in/sign-in.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import { defaultPageItems } from './contract/fields.ts';
import type { supervisionRoutes } from './contract/supervision.ts';
import { accountAt, Names } from './names.ts';
import { positionOf } from './page-cursor.ts';
import { supervisingHits } from './rule-hits.ts';

export const supervisionHandlers: Handlers<typeof supervisionRoutes> = {
  async listSupervised(call, parts) {
    await parts.settle();
    const { account } = call.caller.signedIn;
    call.permit(account);
    const page = await pageFor(call, parts, account);
    const { waiting, overdue } = parts.supervision.counts(account);
    return { ...page, waiting, overdue };
  },
  async countSupervised({ caller }, { settle, supervision }) {
    await settle();
    const { account } = caller.signedIn;
    return { ...supervision.counts(account), isSupervisor: supervision.lastChanged(account) > 0 };
  },
  async listSupervisionChoices({ caller }, { settle, supervision, directory }) {
    await settle();
    const { people, rules } = supervision.choices(caller.signedIn.account);
    const names = new Names(directory);
    const named = people.map((person) => names.of(person)).filter(({ address }) => address !== '');
    return { people: named.map(({ address, realName: name }) => ({ address, name })), rules: [...rules] };
  },
  async showSupervised(call, parts) {
    const row = await supervised(call, parts);
    await showsAll(call, [row], row.message);
    const { from, to, recipientList, acceptedAtMs, octets } = parts.traces.trace(row.message)!;
    const recipients = recipientList.map(({ address }) => address);
    const hits = await supervisingHits(row, parts);
    return { ...itemOf(row, parts), from, to, recipients, acceptedAtMs, mailOctets: octets, hits };
  },
  async showSupervisedMail(call, parts) {
    const row = await supervised(call, parts);
    await showsAll(call, [row], row.message);
    return parts.openedEmail(row.message);
  },
  async readSupervisedPart(call, parts) {
    const row = await supervised(call, parts);
    await showsAll(call, [row], row.message);
    const { name, octets } = await parts.heldPart(row.message, call.params.part);
    call.setFileName(name || call.params.part);
    return octets;
  },
  async viewSupervisedPart(call, parts) {
    const row = await supervised(call, parts);
    await showsAll(call, [row], row.message);
    return (await parts.heldPart(row.message, call.params.part)).octets;
  },
  async readSupervisedMail(call, parts) {
    const row = await supervised(call, parts);
    await showsAll(call, [row], row.message);
    call.setFileName(`${row.message}.eml`);
    return parts.supervisedMail(row.message);
  },
  /** One that is refused does not keep the others from being reviewed. */
  async reviewSupervised({ body, actor, caller }, { supervisionDesk, settle }) {
    const { outcome, note = '' } = body;
    if (outcome !== 'inOrder' && note === '') throw new Refused(refuse('commentMissing'));
    const done: Uuid[] = [];
    const refused: { supervision: Uuid; code: string }[] = [];
    for (const supervision of body.supervisions) {
      try {
        await supervisionDesk.review(supervision, { outcome, note }, caller.signedIn.account, actor);
        done.push(supervision);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refused.push({ supervision, code: error.refusal.refused });
      }
    }
    await settle();
    return { done, refused };
  },
  async listSupervisionLog(call, parts) {
    await parts.settle();
    const { everybody = false, supervisor } = call.query;
    const { account } = call.caller.signedIn;
    const isOwn = !everybody && supervisor === undefined;
    call.permit(isOwn ? account : null);
    const wanted = supervisor === undefined ? undefined : accountAt(parts.directory, supervisor);
    return pageFor(call, parts, isOwn ? account : wanted);
  },
};

interface ListQuery {
  readonly state?: SupervisedRow['state'] | undefined;
  readonly person?: string | undefined;
  readonly rule?: Uuid | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

type ListCall = Pick<ApiCall, 'shows'> & { readonly query: ListQuery };

/** Recorded before it is handed back. `supervisor`: undefined for those of all. */
async function pageFor(call: ListCall, parts: ApiParts, supervisor: Uuid | undefined) {
  const { state, person, rule, limit = defaultPageItems } = call.query;
  const rows = parts.supervision.list({
    supervisor,
    person: person === undefined ? undefined : accountAt(parts.directory, person),
    rule,
    state,
    before: positionOf(call.query),
    limit,
  });
  await showsAll(call, rows, null);
  const next = rows.length < limit ? null : String(rows.at(-1)!.position);
  return { items: rows.map((row) => itemOf(row, parts)), next };
}

/** What a rule seals is recorded all the same; the people are not told. */
async function showsAll(
  call: Pick<ApiCall, 'shows'>,
  rows: readonly SupervisedRow[],
  message: Uuid | null,
): Promise<void> {
  const sealed = peopleOf(rows.filter((row) => row.sealed));
  const told = peopleOf(rows.filter((row) => !row.sealed));
  if (sealed.length > 0) await call.shows(sealed, message, true);
  if (told.length > 0 || sealed.length === 0) await call.shows(told, message);
}

function peopleOf(rows: readonly SupervisedRow[]): Uuid[] {
  return [...new Set(rows.flatMap(({ people }) => people))];
}

/** Whoever does not supervise it is not told that it is there. */
async function supervised(
  call: Pick<ApiCall, 'caller'> & { readonly params: { readonly supervision: Uuid } },
  { settle, supervision, supervisionDesk }: ApiParts,
): Promise<SupervisedRow> {
  await settle();
  const row = supervision.one(call.params.supervision);
  if (!row) throw new Refused(refuse('supervisionNotFound'));
  const permit = await supervisionDesk.permitted(row.supervision, subjectOf(call.caller.signedIn));
  if (isRefusal(permit)) throw new Refused(refuse('supervisionNotFound'));
  return row;
}

function itemOf(row: SupervisedRow, { traces, directory }: ApiParts) {
  const names = new Names(directory);
  const { returnPath: sender = '', subject = '' } = traces.head(row.message) ?? {};
  const { supervision, message, state, copiedAtMs, dueAtMs, sealed, sealedBecause } = row;
  const { reviewedAtMs, reviewedBy, outcome, note } = row;
  const people = row.people.map((person) => names.of(person));
  return {
    ...{ supervision, message, state, copiedAtMs, dueAtMs, sealed, sealedBecause },
    ...{ sender, subject, reviewedAtMs, outcome, note },
    senderName: people.find(({ address }) => address === sender)?.realName ?? '',
    supervisor: names.of(row.supervisor).address,
    people: people.map(({ address }) => address),
    rules: [...row.reasons],
    reviewedBy: reviewedBy === null ? null : names.of(reviewedBy).address,
  };
}
