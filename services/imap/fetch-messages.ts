import { TimeSlice } from '../../projections/time-slice.ts';
import { FrameDamaged, FrameMissing } from '../blob-store/blob-store.ts';
import { seenBit } from '../domain/flags.ts';
import type { RowPlace } from '../domain/mailbox-rows.ts';
import { rangesOf } from '../domain/uid-ranges.ts';
import type { StructureView } from '../mail/structure-codec.ts';
import type { KnownMail, OpenedMail } from '../mailstores/mail-reader.ts';
import { type Soon, soon } from '../memory/soon.ts';
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
  const slice = new TimeSlice();
  for (let i = 0; i < numbers.length; i += 2) {
    for (let first = numbers[i]!; first <= numbers[i + 1]!; first += messagesAhead) {
      if (session.connection.isGone) return outcome;
      await fetchSome(run, first, Math.min(numbers[i + 1]!, first + messagesAhead - 1));
      if (outcome.stopped) return outcome;
      await session.connection.out.room();
      if (slice.isOver()) await slice.next();
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

interface Found extends KnownMail {
  readonly number: number;
  readonly uid: number;
}

async function fetchSome(run: Run, first: number, last: number): Promise<void> {
  const { out } = run.session.connection;
  const found = await findSome(run, first, last);
  record(run, found);
  if (!(await run.session.mayReveal())) {
    run.outcome.stopped = true;
    return;
  }
  for (const message of found) {
    const written = fetchOne(run, message);
    if (written instanceof Promise) await written;
    // One mail at a time may wait for a slow peer, not all that were opened together.
    if (out.isFull) await out.room();
  }
}

/** Those that are there, opened. What is in memory is found without a turn of the event loop for each message. */
async function findSome(run: Run, first: number, last: number): Promise<Found[]> {
  const wanted: Soon<Found | null>[] = [];
  for (let number = first; number <= last; number++) wanted.push(find(run, number));
  const found: Found[] = [];
  for (const [i, each] of wanted.entries()) {
    const message = each instanceof Promise ? await each : each;
    if (message !== null) found.push(message);
    else if (!isSkipped(run, first + i)) run.outcome.missing++;
  }
  return found;
}

/** The record is told before anything is shown, also of a message that turns out to be damaged or goes meanwhile. */
function record({ session, plan }: Run, found: readonly Found[]): void {
  const { recorder } = session.owner;
  const { mailbox } = session.view;
  const uids = rangesOf(found.map(({ uid }) => uid));
  for (const items of plan.reads) recorder.read(mailbox.id, uids, items);
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
function find(run: Run, number: number): Soon<Found | null> {
  const { session, plan } = run;
  const place = placeOf(run, number);
  if (place < 0) return null;
  const uid = session.view.numbers.uidAt(number);
  const message = session.view.mailbox.rows.messageAt(place);
  const known = session.services.mails.cached(message);
  const needsView = plan.structureItems.length > 0;
  if (known !== null && (known.view !== null || !needsView)) return { number, uid, ...known };
  const opened = unlessDamaged(run, () => open(session, message, needsView));
  return soon(opened, (found) => found && { number, uid, ...found });
}

async function open(
  { services: { mails } }: Session,
  message: string,
  withStructure: boolean,
): Promise<KnownMail | null> {
  const mail = await mails.open(message);
  if (mail === null) return null;
  return { mail, view: withStructure ? await mails.structure(mail) : null };
}

function fetchOne(run: Run, found: Found): Soon<void> {
  const { session, plan } = run;
  if (plan.octetsItems.length === 0) return tell(run, found, []);
  const content = unlessDamaged(run, () => octetsPieces(session, plan, found.mail));
  return soon(content, (pieces) => (pieces === null ? undefined : tell(run, found, pieces)));
}

/** The octets may have taken their time: what the row says is taken now, and with it whether it is still there. */
function tell(run: Run, { number, uid, view }: Found, content: readonly FetchPiece[]): Soon<void> {
  const { session, plan, outcome } = run;
  const { mailbox } = session.view;
  const place = mailbox.rows.find(uid);
  if (place < 0) {
    outcome.missing++;
    return;
  }
  const pieces = plan.rowItems.length > 0 ? [run.rowText(place, uid)] : [];
  for (const item of plan.structureItems) pieces.push(structureText(view!, item));
  if (plan.marksSeen && (mailbox.rows.flagsAt(place) & seenBit) === 0) outcome.unseen.push(uid);
  return write(session, number, [...pieces, ...content]);
}

function structureText(view: StructureView, item: StructureItem): string {
  if (item === 'ENVELOPE') return `ENVELOPE ${octetStringOf(view.envelope)}`;
  return item === 'BODY'
    ? `BODY ${octetStringOf(view.body)}`
    : `BODYSTRUCTURE ${octetStringOf(view.bodyStructure)}`;
}

function octetsPieces(session: Session, plan: FetchPlan, mail: OpenedMail): Soon<FetchPiece[]> {
  const pieces = plan.octetsItems.map((item) => octetsPiece(session, mail, item));
  return pieces.some(isAwaited) ? Promise.all(pieces) : (pieces as FetchPiece[]);
}

function isAwaited(value: unknown): boolean {
  return value instanceof Promise;
}

/** Null where the octets are damaged. That is told in the log, and the other messages are shown all the same. */
function unlessDamaged<T>(run: Run, work: () => Soon<T>): Soon<T | null> {
  try {
    const result = work();
    return result instanceof Promise ? result.catch((error) => noteDamage(run, error)) : result;
  } catch (error) {
    return noteDamage(run, error);
  }
}

function noteDamage({ session, outcome }: Run, error: unknown): null {
  if (!(error instanceof FrameDamaged || error instanceof FrameMissing)) throw error;
  session.services.log.fault('a message is damaged: muniment verify names it', error);
  outcome.damaged++;
  return null;
}

function octetsPiece(session: Session, mail: OpenedMail, item: OctetsItem): Soon<FetchPiece> {
  const { mails } = session.services;
  return item.item === 'SECTION' ? sectionPiece(mails, mail, item) : binaryPiece(mails, mail, item);
}

function write({ connection }: Session, number: number, pieces: readonly FetchPiece[]): Soon<void> {
  const { out } = connection;
  out.text(`* ${number} FETCH (`);
  return writePieces(connection, pieces, 0);
}

function writePieces(
  connection: Session['connection'],
  pieces: readonly FetchPiece[],
  first: number,
): Soon<void> {
  const { out } = connection;
  for (let i = first; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if (i > 0) out.text(' ');
    if (typeof piece === 'string') out.text(piece);
    else if ('octets' in piece) {
      out.text(literalHead(piece.label, piece.octets.length, piece.binary));
      out.octets(piece.octets);
    } else {
      out.text(literalHead(piece.label, piece.length, piece.binary));
      return writeStream(connection, piece.stream).then(() => writePieces(connection, pieces, i + 1));
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
