import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlobStore } from '../../../services/blob-store/blob-store.ts';
import { sealFrame } from '../../../services/blob-store/frame-sealer.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import type { KeyStore } from '../../../services/key-store/key-store.ts';
import { MailReader, type OpenedMail } from '../../../services/mailstores/mail-reader.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const message = uuidOf(1);
const frame = uuidOf(2);
const key = new Uint8Array(32).fill(7);
const trace = 'Return-Path: <>\r\n';
const claim = 'Authentication-Results: mail.acme.example; dmarc=pass\r\n';
const blob = `Subject: x\r\n${claim}\r\nbody\r\n`;

/** A reader over one mail, of which one field claims to be ours. */
function readerOfOne(): MailReader {
  const sealed = sealFrame(frame, key, '00'.repeat(32), Buffer.from(blob));
  const accepted = {
    data: { frame, blobOctets: blob.length },
    personal: { trace, authentication: { claims: [blob.indexOf(claim)] } },
  };
  const blobs: Pick<BlobStore, 'read' | 'place'> = {
    read: (_, offset, octets) => sealed.slice(offset, offset + octets),
    place: async () => 'nowhere',
  };
  const keys: Pick<KeyStore, 'frameKey'> = { frameKey: async () => key };
  return new MailReader({
    log: { first: async () => accepted as unknown as LoggedEvent, readPage: async () => [] },
    keys: keys as KeyStore,
    blobs: blobs as BlobStore,
    structures: { structures: async () => [null], keepStructure: async () => {} },
    maxCachedOctets: 100_000,
  });
}

async function opened(mails: MailReader): Promise<OpenedMail> {
  return (await mails.open(message))!;
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}

test('what is in memory, and octets that are at hand, are answered at once', async () => {
  const mails = readerOfOne();
  assert.equal(mails.cached(message), null);
  const mail = await opened(mails);
  assert.deepEqual(mails.cached(message), { mail, view: null });
  const view = await mails.structure(mail);
  assert.deepEqual(mails.open(message), mail);
  assert.equal(mails.structure(mail), view);
  assert.ok(mails.read(mail, 0, mail.octets) instanceof Uint8Array);
  mails.forget(message);
  assert.equal(mails.cached(message), null);
  assert.equal(text(view.header), '\0'.repeat(view.header.length));
});

test('memory that was given back is filled again', async () => {
  const mails = readerOfOne();
  const mail = await opened(mails);
  const { header } = await mails.structure(mail);
  mails.giveBackMemory();
  assert.equal(mails.cached(message), null);
  assert.equal(text(mail.trace), trace);
  assert.equal(text((await mails.structure(await opened(mails))).header), text(header));
});

test('a field that claims to be ours is renamed in whatever is read, also out of what is kept of the header', async () => {
  const mails = readerOfOne();
  const mail = await opened(mails);
  const read = (blob: string): string => blob.replace('Authentication-Results', 'Untrusted-Auth-Results');
  assert.equal(text(await mails.read(mail, 0, mail.octets)), trace + read(blob));
  const pieces: string[] = [];
  for await (const piece of mails.stream(mail)) pieces.push(text(piece));
  assert.equal(pieces.join(''), trace + read(blob));
  const { header } = await mails.structure(mail);
  assert.equal(text(header), read(`Subject: x\r\n${claim}\r\n`));
});
