/** The streams that together say what became of one mail, with their personal parts opened where keys allow it. */
import { approvalId } from '../domain/approval.ts';
import { deliveryId } from '../domain/delivery.ts';
import type { Actor, JsonObject, LoggedEvent } from '../domain/event.ts';
import { goingOn, goingOnTypes } from '../domain/going-on.ts';
import { nilUuid } from '../domain/message.ts';
import type { Uuid } from '../domain/values.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import { openPlaintext } from '../event-store/sealed-personal.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { walkStream } from './log-walk.ts';
import { readRecord } from './record-syntax.ts';

export interface OpenedRecord {
  readonly stored: StoredRecord;
  readonly event: LoggedEvent;
  /** The personal plaintext, random octets first; null where there is none or its key is gone. */
  readonly plaintext: Uint8Array | null;
}

interface StreamSources {
  readonly store: EventStore;
  readonly keys: KeyStore;
}

const saltOctets = 32;

/** The message's own stream; empty where the log knows no such message. */
export function messageRecords(message: Uuid, sources: StreamSources): Promise<OpenedRecord[]> {
  return openedStream(`message-${message}`, sources);
}

/** What was decided about it, and what became of it at each recipient elsewhere: a list for each stream there is. */
export async function furtherRecords(
  message: Uuid,
  events: readonly LoggedEvent[],
  sources: StreamSources,
): Promise<OpenedRecord[][]> {
  const streams = [
    `approval-${approvalId(message)}`,
    ...remoteOrdinals(events).map((ordinal) => `delivery-${deliveryId(message, ordinal)}`),
  ];
  const opened: OpenedRecord[][] = [];
  for (const stream of streams) opened.push(await openedStream(stream, sources));
  return opened.filter((records) => records.length > 0);
}

function remoteOrdinals(events: readonly LoggedEvent[]): number[] {
  return events
    .filter(({ type }) => goingOnTypes.has(type))
    .flatMap((event) => goingOn(event))
    .filter(({ account }) => account === nilUuid)
    .map(({ ordinal }) => ordinal);
}

async function openedStream(stream: string, { store, keys }: StreamSources): Promise<OpenedRecord[]> {
  const records = (await Array.fromAsync(walkStream(store, stream))).flat();
  return Promise.all(records.map((stored) => openedRecord(stored, keys)));
}

async function openedRecord(stored: StoredRecord, keys: KeyStore): Promise<OpenedRecord> {
  const fields = readRecord(stored.record);
  const key = fields.key === null ? null : await keys.get(fields.key);
  const plaintext = key && stored.sealed ? openPlaintext(stored.sealed, key, stored.id, fields.seal!) : null;
  const event = {
    ...fields,
    actor: fields.actor as Actor,
    position: stored.position,
    record: stored.record,
    personal: plaintext && personalOf(plaintext),
  };
  return { stored, event, plaintext };
}

function personalOf(plaintext: Uint8Array): JsonObject {
  return JSON.parse(Buffer.from(plaintext.subarray(saltOctets)).toString('utf8')) as JsonObject;
}
