/** What EventStoreDB's clients and servers say to each other, as the port's words and back. Pure. */

import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  Appended,
  ExpectedRevision,
  NewRecord,
  StoredRecord,
} from '../../services/event-store/event-store.ts';

/** One append, as its call's requests carry it. */
export interface WholeAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly records: readonly NewRecord[];
}

/** A position of the whole log, or one of its ends. */
export type Place = number | 'start' | 'end';

/** `requests`: the options, then one record each. */
export function wholeAppend([first, ...requests]: readonly streams.AppendReq[]): WholeAppend {
  const options = first!.getOptions()!;
  if (!options.hasNoStream() && !options.hasRevision()) throw new Error('neither absent nor a revision');
  return {
    stream: nameOf(options.getStreamIdentifier()),
    expected: options.hasNoStream() ? 'absent' : Number(options.getRevision()),
    records: requests.map((request) => newRecord(request.getProposedMessage()!)),
  };
}

function newRecord(message: streams.AppendReq.ProposedMessage): NewRecord {
  if (message.getMetadataMap().get('content-type') !== 'application/octet-stream') {
    throw new Error('an event that is not binary');
  }
  const sealed = message.getCustomMetadata_asU8();
  return {
    id: message.getId()!.getString(),
    record: message.getData_asU8(),
    sealed: sealed.length === 0 ? null : sealed,
  };
}

export function nameOf(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier!.getStreamName_asU8()).toString('utf8');
}

export function appendedReply({ firstRevision, positions }: Appended): streams.AppendResp {
  const position = new streams.AppendResp.Position()
    .setCommitPosition(String(positions.at(-1)))
    .setPreparePosition(String(positions.at(-1)));
  const success = new streams.AppendResp.Success()
    .setCurrentRevision(String(firstRevision + positions.length - 1))
    .setPosition(position);
  return new streams.AppendResp().setSuccess(success);
}

export function conflictReply(expected: ExpectedRevision, actual: ExpectedRevision): streams.AppendResp {
  const conflict = new streams.AppendResp.WrongExpectedVersion();
  if (expected === 'absent') conflict.setExpectedNoStream(new shared.Empty());
  else conflict.setExpectedRevision(String(expected));
  if (actual === 'absent') conflict.setCurrentNoStream(new shared.Empty());
  else conflict.setCurrentRevision(String(actual));
  return new streams.AppendResp().setWrongExpectedVersion(conflict);
}

function identifierOf(stream: string): shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
}

export function eventReply({ stream, revision, position, id, record, sealed }: StoredRecord) {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(id))
    .setStreamIdentifier(identifierOf(stream))
    .setStreamRevision(String(revision))
    .setCommitPosition(String(position))
    .setPreparePosition(String(position))
    .setData(record)
    .setCustomMetadata(sealed ?? new Uint8Array());
  event.getMetadataMap().set('type', 'Record').set('content-type', 'application/octet-stream');
  event.getMetadataMap().set('created', '0');
  const read = new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(position));
  return new streams.ReadResp().setEvent(read);
}

export function notFoundReply(stream: string): streams.ReadResp {
  const absent = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream));
  return new streams.ReadResp().setStreamNotFound(absent);
}

export function confirmationReply(): streams.ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId('weak');
  return new streams.ReadResp().setConfirmation(confirmation);
}

export function placeOf(all: streams.ReadReq.Options.AllOptions): Place {
  if (all.hasStart()) return 'start';
  return all.hasEnd() ? 'end' : Number(all.getPosition()!.getCommitPosition());
}
