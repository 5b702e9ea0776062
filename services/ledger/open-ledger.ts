/** Opens the ledger of a log: checks its head, and begins the log where it is empty. */
import { randomUUID } from 'node:crypto';
import { headOf, ledgerStream, type SealedHead } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import type { StoredRecord } from '../event-store/event-store.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type CheckedHead, checkHead, HeadRefused, type HeadSources, logIdOf } from './head-check.ts';
import { type Appender, type FactListener, factOf, LedgerStream } from './ledger-stream.ts';
import { type LogSigner, logSigner, signingKeyName } from './signing-key.ts';

export interface LedgerOptions extends HeadSources {
  readonly append: Appender;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export interface Ledger extends LedgerOptions {
  readonly logId: Uuid;
  readonly stream: LedgerStream;
  readonly signer: LogSigner;
  /** What `HEAD` signed when the ledger was opened. */
  readonly head: CheckedHead;
  /** Heads in the log that are newer than `HEAD`: a crash came before their files. Ascending. */
  readonly orphans: readonly SealedHead[];
}

/** Throws `HeadRefused`. Nothing else may be appended to an empty log before. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const head = await checkHead(options);
  const logId = (await logIdOf(options.store)) ?? (await beginLog(options));
  const orphans: SealedHead[] = [];
  const stream = await loadStream(options, logId, head.checkpoint, (fact) => {
    if (fact.type !== 'CheckpointSealed' || fact.data.size <= head.tree.size) return;
    orphans.push(headOf(fact.epoch, fact.data));
  });
  const seed = await options.keys.get(signingKeyName);
  const signer = seed && logSigner(seed);
  if (!signer || stream.state.publicKey !== publicKeyText(signer)) {
    const text = `The key store (keys/keys.sqlite) does not hold the signing key with which the log ${logId} was opened`;
    throw new HeadRefused('headForeign', `${text}. Put back the key store that belongs to this log.`);
  }
  return { ...options, logId, stream, signer, head, orphans };
}

/** Whoever was first has opened the log, so its first record is read back. */
async function beginLog({ store, keys, append, now }: LedgerOptions): Promise<Uuid> {
  const logId = randomUUID();
  const publicKey = publicKeyText(logSigner(await keys.ensure(signingKeyName)));
  const stream = await LedgerStream.load(store, logId);
  await stream.execute({ kind: 'openLog', logId, publicKey }, append, now());
  return (await logIdOf(store))!;
}

function publicKeyText(signer: LogSigner): string {
  return Buffer.from(signer.publicKey).toString('base64');
}

/** From the head's own checkpoint on, where the hint leads to it; a log of years has millions before. */
async function loadStream(
  { store, folder }: LedgerOptions,
  logId: Uuid,
  checkpoint: Checkpoint | null,
  onFact: FactListener,
): Promise<LedgerStream> {
  const hint = await folder.resume();
  if (checkpoint === null || hint?.size !== checkpoint.size)
    return LedgerStream.load(store, logId, null, onFact);
  const [sealed] = await store.readStream(ledgerStream(logId), hint.revision, 1);
  return LedgerStream.load(store, logId, sealed && isSealOf(sealed, checkpoint) ? sealed : null, onFact);
}

function isSealOf(record: StoredRecord, { signature }: Checkpoint): boolean {
  const fact = factOf(record);
  return fact.type === 'CheckpointSealed' && fact.data.signature === signature;
}
