/** `Identity/get`, `Identity/changes` and `Identity/set` (RFC 8621 §6). */
import { createHash } from 'node:crypto';
import type { Identity } from '../../directory/identities.ts';
import type { IdentityText, NamedAddress } from '../../domain/account.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { writableAddress } from '../../mail/header-writer.ts';
import type { MailAccount } from './mail-account.ts';
import { type MailContext, resolvedId, submissionCapability, takeAccount } from './mail-context.ts';
import { MethodError } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import { isList, isMap, type Json, type JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import { checkProperties, gotten, pick, readGet } from './standard-get.ts';
import {
  invalidProperties,
  mustBeInState,
  patchedOrRefused,
  readSet,
  SetError,
  SetOutcome,
  setErrorFor,
} from './standard-set.ts';

const properties = new Set([
  'id',
  'name',
  'email',
  'replyTo',
  'bcc',
  'textSignature',
  'htmlSignature',
  'mayDelete',
]);
const maxNameCharacters = 255;
const maxSignatureOctets = 60_000;
const maxAddresses = 50;

export const identityGet: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const asked = readGet(reader);
    reader.end();
    checkProperties(asked.properties, properties);
    const identities = await listed(account, context);
    const ids = asked.ids?.map((id) => resolvedId(id, context)) ?? identities.map(({ id }) => id);
    const found = identities.filter(({ id }) => ids.includes(id));
    const list = found.map((each) => pick(identityObject(each), asked.properties));
    const notFound = ids.filter((id) => !found.some((each) => each.id === id));
    return gotten(account.account, stateOf(identities), list, notFound);
  },
};

/** Identities follow from grants and aliases as well, which tell no history: a change is seen, not what it was. */
export const identityChanges: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const sinceState = reader.text('sinceState');
    reader.optionalUnsigned('maxChanges');
    reader.end();
    const newState = stateOf(await listed(account, context));
    if (sinceState !== newState)
      throw new MethodError('cannotCalculateChanges', 'identities have changed: begin anew');
    const none = { created: [], updated: [], destroyed: [] };
    return { accountId: account.account, oldState: sinceState, newState, hasMoreChanges: false, ...none };
  },
};

export const identitySet: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const request = readSet(reader);
    reader.end();
    const oldState = stateOf(await listed(account, context));
    mustBeInState(request, oldState);
    const outcome = new SetOutcome();
    for (const [creationId, object] of request.create)
      await outcome.attempt('create', creationId, () =>
        create(account, creationId, object, outcome, context),
      );
    for (const [id, patch] of request.update)
      await outcome.attempt('update', id, () => update(account, id, patch, outcome, context));
    for (const id of request.destroy)
      await outcome.attempt('destroy', id, () => destroy(account, id, outcome, context));
    return outcome.answer(account.account, oldState, stateOf(await listed(account, context)));
  },
};

async function create(
  account: MailAccount,
  creationId: string,
  object: JsonMap,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const address = object['email'];
  if (typeof address !== 'string') throw invalidProperties('this is no address', 'email');
  const text = textOf({ ...object, email: address });
  const id = await context.identities.add(account.permits.send, text);
  if (isRefusal(id)) {
    if (id.refused === 'addressInvalid') throw invalidProperties('this is no address', 'email');
    if (id.refused === 'senderNotPermitted')
      throw new SetError('forbiddenFrom', 'You may not send under this address.');
    throw setErrorFor(id.refused);
  }
  context.createdIds.set(creationId, id);
  outcome.created(creationId, { id, mayDelete: true });
}

async function update(
  account: MailAccount,
  id: string,
  patch: JsonMap,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const identity = await identityOf(account, id, context);
  const before = identityObject(identity);
  const after = patchedOrRefused(before, patch);
  const fixed = ['id', 'mayDelete', 'email'].find((name) => after[name] !== before[name]);
  if (fixed !== undefined) throw invalidProperties(`${fixed} never changes`, fixed);
  const told = Object.entries(after).filter(([name]) => name !== 'id' && name !== 'mayDelete');
  const text = textOf(Object.fromEntries(told));
  const refusal = await context.identities.describe(account.permits.send, identity.id, text);
  if (refusal) throw setErrorFor(refusal.refused);
  outcome.updated(id);
}

async function destroy(
  account: MailAccount,
  id: string,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const identity = await identityOf(account, id, context);
  if (!identity.wasAdded) throw new SetError('forbidden', 'This address is given by the organisation.');
  const refusal = await context.identities.forget(account.permits.send, identity.id);
  if (refusal) throw setErrorFor(refusal.refused);
  outcome.destroyed(id);
}

/** Throws `SetError` where the account has no such identity. */
async function identityOf(account: MailAccount, id: string, context: MailContext): Promise<Identity> {
  const found = (await listed(account, context)).find((each) => each.id === resolvedId(id, context));
  if (!found) throw new SetError('notFound', 'There is no such identity.');
  return found;
}

function listed({ permits }: MailAccount, { identities }: MailContext): Promise<Identity[]> {
  return identities.list(permits.send);
}

/** The state of Identity (RFC 8620 §1.6.2). */
export function stateOf(identities: readonly Identity[]): string {
  return createHash('sha256').update(JSON.stringify(identities)).digest('hex').slice(0, 16);
}

function identityObject({
  id,
  name,
  address,
  replyTo,
  bcc,
  textSignature,
  htmlSignature,
  wasAdded,
}: Identity) {
  const people = (list: readonly NamedAddress[] | null) => list?.map((each) => ({ ...each })) ?? null;
  const texts = { name, email: address, textSignature, htmlSignature };
  const object: JsonMap = { id, ...texts, replyTo: people(replyTo), bcc: people(bcc), mayDelete: wasAdded };
  return object;
}

/** What a client says of an identity, with defaults where it says nothing; throws `SetError`. */
function textOf({
  email,
  name = '',
  replyTo = null,
  bcc = null,
  textSignature = '',
  htmlSignature = '',
  ...others
}: JsonMap): IdentityText {
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidProperties(`${other} cannot be set`, other);
  const display = lineOf(name ?? '', 'name');
  return {
    address: String(email),
    name: display,
    replyTo: peopleOf(replyTo, 'replyTo'),
    bcc: peopleOf(bcc, 'bcc'),
    textSignature: signatureOf(textSignature, 'textSignature'),
    htmlSignature: signatureOf(htmlSignature, 'htmlSignature'),
  };
}

function lineOf(value: Json | undefined, property: string): string {
  if (typeof value !== 'string' || value.length > maxNameCharacters || /\p{Cc}/u.test(value))
    throw invalidProperties('this is no name', property);
  return value.toWellFormed();
}

function signatureOf(value: Json, property: string): string {
  const text = value ?? '';
  if (typeof text !== 'string' || Buffer.byteLength(text) > maxSignatureOctets)
    throw invalidProperties('this is no signature, or too long', property);
  return text.toWellFormed();
}

function peopleOf(value: Json, property: string): NamedAddress[] | null {
  if (value === null) return null;
  if (!isList(value) || value.length > maxAddresses)
    throw invalidProperties('these are no addresses', property);
  return value.map((each) => {
    const email = isMap(each) ? each['email'] : undefined;
    const address = typeof email === 'string' ? writableAddress(email) : null;
    if (!isMap(each) || !address) throw invalidProperties('this is no address', property);
    const name = each['name'] ?? null;
    return { name: name === null ? null : lineOf(name, property), email: address };
  });
}
