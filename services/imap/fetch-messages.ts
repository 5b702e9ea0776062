import { FrameDamaged, FrameMissing } from '../blob-store/blob-store.ts';
import { seenBit } from '../domain/flags.ts';
import type { RowPlace } from '../domain/mailbox-rows.ts';
import type { StructureView } from '../mail/structure-codec.ts';
import type { OpenedMail } from '../mailstores/mail-reader.ts';
import { binaryPiece } from './fetch-binary.ts';
import { type FetchPiece, literalHead } from './fetch-piece.ts';
import type { FetchPlan, OctetsItem, StructureItem } from './fetch-plan.ts';
import { sectionPiece } from './fetch-section.ts';
import { octetStringOf } from './protocol/octet-string.ts';
import { type RowText, rowText } from './row-text.ts';
import type { Session } from './session.ts';

/** Messages that are opened at once, so that a cold mailbox does not wait for each in turn. */
const messagesAhead = 32;

export interface FetchOutcome {
  /** Messages that are gone, or whose octets have been erased. */
  missing: number;
  /** Messages whose octets are damaged. */
  damaged: number;
  /** UIDs that were shown and not seen before, ascending. */
  readonly unseen: number[];
  /** The record could not follow: nothing more was shown. */
  stopped: boolean;
}

/** Answers a FETCH that needs what is in the messages. */
export async function fetchMessages(
  session: Session,
  plan: FetchPlan,
  numbers: readonly number[],
): Promise<FetchOutcome> {
  const outcome: FetchOutcome = { missing: 0, damaged: 0, unseen: [], stopped: false };
  const run: Run = { session, plan, rowText: rowText(session, plan.rowItems), outcome };
  for (let i = 0; i < numbers.length; i += 2) {
    for (let first = numbers[i]!; first <= numbers[i + 1]!; first += messagesAhead) {
      if (session.connection.isGone) return outcome;
      if (!(await session.mayReveal())) return { ...outcome, stopped: true };
      await fetchSome(run, first, Math.min(numbers[i + 1]!, first + messagesAhead - 1));
      await session.connection.out.room();
    }
  }
  return outcome;
}

interface Run {
  readonly session: Session;
  readonly plan: FetchPlan;
  readonly rowText: RowText;
  readonly outcome: FetchOutcome;
}

interface Found {
  readonly number: number;
  readonly uid: number;
  readonly mail: OpenedMail;
  readonly view: StructureView | null;
}

async function fetchSome(run: Run, first: number, last: number): Promise<void> {
  const wanted = Array.from({ length: last - first + 1 }, (_, i) => find(run, first + i));
  // What is in memory is answered without a turn of the event loop for each message.
  const found = wanted.some((each) => each instanceof Promise)
    ? await Promise.all(wanted)
    : (wanted as (Found | null)[]);
  for (const [i, message] of found.entries()) {
    if (message === null) run.outcome.missing += isSkipped(run, first + i) ? 0 : 1;
    else await fetchOne(run, message);
    // One mail at a time may wait for a slow peer, not all that were opened together.
    if (run.session.connection.out.isFull) await run.session.connection.out.room();
  }
}

/** The place of a message that is to be answered, or -1. */
function placeOf({ session, plan }: Run, number: number): RowPlace {
  const { rows } = session.view.mailbox;
  const place = rows.find(session.view.numbers.uidAt(number));
  return place >= 0 && rows.modseqAt(place) > (plan.changedSince ?? -1) ? place : -1;
}

/** Left out because it has not changed, not because it is gone. */
function isSkipped({ session, plan }: Run, number: number): boolean {
  const { rows } = session.view.mailbox;
  return plan.changedSince !== null && rows.find(session.view.numbers.uidAt(number)) >= 0;
}

/** The message with what the plan needs of it; null where it is gone. */
function find(run: Run, number: number): Found | null | Promise<Found | null> {
  const { session, plan } = run;
  const place = placeOf(run, number);
  if (place < 0) return null;
  const uid = session.view.numbers.uidAt(number);
  const message = session.view.mailbox.rows.messageAt(place);
  const cached = session.services.mails.cached(message);
  if (cached !== null) return { number, uid, ...cached };
  return unlessDamaged(run, () => open(session, message, plan.structureItems.length > 0)).then(
    (opened) => opened && { number, uid, ...opened },
  );
}

async function open(
  { services: { mails } }: Session,
  message: string,
  withStructure: boolean,
): Promise<{ mail: OpenedMail; view: StructureView | null } | null> {
  const mail = await mails.open(message);
  if (mail === null) return null;
  return { mail, view: withStructure ? await mails.structure(mail) : null };
}

async function fetchOne(run: Run, { number, uid, mail, view }: Found): Promise<void> {
  const { session, plan, outcome } = run;
  const pieces: FetchPiece[] = plan.structureItems.map((item) => structureText(view!, item));
  if (plan.octetsItems.length > 0) {
    const content = await unlessDamaged(run, () => octetsPieces(session, plan, mail));
    if (content === null) return;
    pieces.push(...content);
  }
  // The octets may have taken their time: what the row says is taken now, and with it whether it is still there.
  const {
    view: { mailbox },
    owner,
  } = session;
  const place = mailbox.rows.find(uid);
  if (place < 0) {
    outcome.missing++;
    return;
  }
  if (plan.rowItems.length > 0) pieces.unshift(run.rowText(place, uid));
  for (const items of plan.reads) owner.recorder.read(mailbox.id, uid, items);
  if (plan.marksSeen && (mailbox.rows.flagsAt(place) & seenBit) === 0) outcome.unseen.push(uid);
  await write(session, number, pieces);
}

function structureText(view: StructureView, item: StructureItem): string {
  if (item === 'ENVELOPE') return `ENVELOPE ${octetStringOf(view.envelope)}`;
  return item === 'BODY'
    ? `BODY ${octetStringOf(view.body)}`
    : `BODYSTRUCTURE ${octetStringOf(view.bodyStructure)}`;
}

async function octetsPieces(session: Session, plan: FetchPlan, mail: OpenedMail): Promise<FetchPiece[]> {
  const pieces: FetchPiece[] = [];
  for (const item of plan.octetsItems) pieces.push(await octetsPiece(session, mail, item));
  return pieces;
}

/** Null where the octets are damaged. That is told in the log, and the other messages are shown all the same. */
async function unlessDamaged<T>({ session, outcome }: Run, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FrameDamaged || error instanceof FrameMissing)) throw error;
    session.services.log.fault('a message is damaged: muniment verify names it', error);
    outcome.damaged++;
    return null;
  }
}

function octetsPiece(session: Session, mail: OpenedMail, item: OctetsItem): Promise<FetchPiece> {
  const { mails } = session.services;
  return item.item === 'SECTION' ? sectionPiece(mails, mail, item) : binaryPiece(mails, mail, item);
}

async function write({ connection }: Session, number: number, pieces: readonly FetchPiece[]): Promise<void> {
  const { out } = connection;
  out.text(`* ${number} FETCH (`);
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) out.text(' ');
    if (typeof piece === 'string') out.text(piece);
    else if ('octets' in piece) {
      out.text(literalHead(piece.label, piece.octets.length, piece.binary));
      out.octets(piece.octets);
    } else {
      out.text(literalHead(piece.label, piece.length, piece.binary));
      await writeStream(connection, piece.stream);
    }
  }
  out.text(')\r\n');
}

/** Once the length is out, only the whole of it or the end of the connection can follow. */
async function writeStream(
  connection: Session['connection'],
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const octets of stream) {
      connection.out.octets(octets);
      await connection.out.room();
    }
  } catch (error) {
    connection.abort();
    throw error;
  }
}
