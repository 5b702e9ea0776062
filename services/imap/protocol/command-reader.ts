import { type AppendMessage, appendHead, appendTail } from './append-arguments.ts';
import type { Literal } from './cursor.ts';
import { commandLimits } from './limits.ts';
import { type LiteralAnnouncement, maxAnnouncementOctets, splitAnnouncement } from './literal.ts';
import { OctetQueue } from './octet-queue.ts';
import { type OctetString, octetStringOf } from './octet-string.ts';
import {
  attempt,
  cursorInAppend,
  isParseFailure,
  type ParseFailure,
  parseCommand,
  tagOrStar,
} from './parse-command.ts';
import type { ReaderItem } from './reader-item.ts';

type Phase =
  /** Waits for a line of a command. */
  | { readonly name: 'command' }
  /** Waits for a literal that belongs to the command's arguments. */
  | { readonly name: 'literal'; readonly announced: LiteralAnnouncement }
  /** A message was announced and is neither accepted nor refused. */
  | { readonly name: 'offered'; readonly message: AppendMessage }
  | { readonly name: 'message'; readonly utf8: boolean; left: number }
  /** Waits for the line behind a message. */
  | { readonly name: 'tail'; readonly utf8: boolean }
  /** Drops the rest of a refused command: octets of a literal, then the line behind it. */
  | { readonly name: 'skip'; literalLeft: number }
  | { readonly name: 'line' }
  | { readonly name: 'ended' };

type Step = ReaderItem | 'again' | 'starved';

/**
 * Turns a client's octets into commands, however they are cut. Knows no connection: `push` brings octets, `next`
 * gives one item, or null when it needs more. Take items until null before pushing again, and act on each
 * before taking the next, since `expectLine` and `acceptMessage` decide how what follows is read.
 */
export class CommandReader {
  readonly #queue = new OctetQueue();
  #phase: Phase = { name: 'command' };
  /** The command so far: lines without their announcements, and the literals between them. */
  #lines: OctetString[] = [];
  #literals: Literal[] = [];
  #lineOctets = 0;
  #literalOctets = 0;
  #skippedOctets = 0;
  #append: { readonly tag: string; readonly mailbox: OctetString; messages: number } | null = null;

  push(octets: Uint8Array): void {
    if (this.#phase.name !== 'ended') this.#queue.push(octets);
  }

  next(): ReaderItem | null {
    for (;;) {
      const step = this.#step(this.#phase);
      if (step === 'starved') return null;
      if (step !== 'again') return step;
    }
  }

  /** The next line is no command but a response to a continuation (AUTHENTICATE, IDLE). */
  expectLine(): void {
    this.#phase = { name: 'line' };
  }

  /** Reads the announced message. After a synchronising announcement, send the continuation. */
  acceptMessage(): void {
    if (this.#phase.name !== 'offered') return;
    const { message } = this.#phase;
    this.#lineOctets = 0;
    this.#phase = { name: 'message', utf8: message.form === 'utf8', left: message.octets };
  }

  /** The APPEND was answered without its message: reads on at the next command. */
  refuseMessage(): void {
    if (this.#phase.name === 'offered') this.#dropRest(this.#phase.message);
  }

  #step(phase: Phase): Step {
    switch (phase.name) {
      case 'command':
        return this.#readLine((line, announced) => this.#commandLine(line, announced));
      case 'literal':
        return this.#literal(phase.announced);
      case 'message':
        return this.#message(phase);
      case 'tail':
        return this.#readLine((line, announced) => this.#tailLine(line, announced, phase.utf8));
      case 'skip':
        return this.#skip(phase);
      case 'line':
        return this.#awaitedLine();
      default:
        return 'starved';
    }
  }

  /** Gives the next line on, or refuses a command whose lines have become too long. */
  #readLine(use: (line: OctetString, announced: LiteralAnnouncement | null) => Step): Step {
    const left = commandLimits.maxLineOctets - this.#lineOctets;
    const octets = this.#queue.takeLine(left);
    if (octets === null) return this.#queue.length < left ? 'starved' : this.#refuseLongLine(left);
    this.#lineOctets += octets.length;
    const line = withoutLineEnd(octets);
    const split = splitAnnouncement(line);
    return split === null ? use(line, null) : use(split.before, split.announced);
  }

  #refuseLongLine(left: number): Step {
    // What may be the beginning of an announcement stays, so that the rest is skipped rightly.
    const beginning = octetStringOf(this.#queue.take(Math.max(0, left - maxAnnouncementOctets)));
    const tag = this.#append?.tag ?? tagOrStar(this.#lines[0] ?? beginning.slice(0, 256));
    this.#reset();
    this.#phase = { name: 'skip', literalLeft: 0 };
    return { kind: 'failure', tag, status: 'BAD', code: null, text: 'The command is too long' };
  }

  #commandLine(line: OctetString, announced: LiteralAnnouncement | null): Step {
    this.#lines.push(line);
    return announced === null
      ? this.#complete()
      : (this.#offerMessage(announced) ?? this.#awaitLiteral(announced));
  }

  #complete(): ReaderItem {
    const parsed = parseCommand({ lines: this.#lines, literals: this.#literals });
    this.#reset();
    return isParseFailure(parsed) ? { kind: 'failure', ...parsed } : { kind: 'command', ...parsed };
  }

  /** Null where the announced literal is an argument, not a message of APPEND. */
  #offerMessage(announced: LiteralAnnouncement): ReaderItem | null {
    const append = attempt(this.#lines[0]!, () => {
      const start = cursorInAppend({ lines: this.#lines, literals: this.#literals });
      const head = start === null ? null : appendHead(start.cursor, announced);
      return start === null || head === null ? null : { tag: start.tag, ...head };
    });
    if (append === null) return null;
    if (isParseFailure(append)) return this.#refuse(append, announced);
    this.#append = { tag: append.tag, mailbox: append.mailbox, messages: 0 };
    return this.#offer(append.message, announced);
  }

  #offer(message: AppendMessage, announced: LiteralAnnouncement): ReaderItem {
    const { maxUnsynchronisedMessageOctets } = commandLimits;
    if (isTooLargeToCome(announced, maxUnsynchronisedMessageOctets)) return this.#refuseLiteral(announced);
    const { tag, mailbox } = this.#append!;
    this.#phase = { name: 'offered', message };
    return { kind: 'message', tag, mailbox, ordinal: this.#append!.messages++, message };
  }

  #awaitLiteral(announced: LiteralAnnouncement): Step {
    this.#literalOctets += announced.octets;
    const { maxUnsynchronisedLiteralOctets } = commandLimits;
    if (
      isTooLargeToCome(announced, maxUnsynchronisedLiteralOctets) ||
      this.#literalOctets > commandLimits.maxLiteralOctets
    ) {
      return this.#refuseLiteral(announced);
    }
    this.#phase = { name: 'literal', announced };
    return announced.synchronising ? { kind: 'continue' } : 'again';
  }

  #literal({ octets, binary }: LiteralAnnouncement): Step {
    if (this.#queue.length < octets) return 'starved';
    this.#literals.push({ octets: octetStringOf(this.#queue.take(octets)), binary });
    this.#phase = { name: 'command' };
    return 'again';
  }

  #message(phase: { left: number; readonly utf8: boolean }): Step {
    if (phase.left === 0) {
      this.#phase = { name: 'tail', utf8: phase.utf8 };
      return { kind: 'message-end' };
    }
    const octets = this.#queue.take(phase.left);
    if (octets.length === 0) return 'starved';
    phase.left -= octets.length;
    return { kind: 'octets', octets };
  }

  #tailLine(line: OctetString, announced: LiteralAnnouncement | null, utf8: boolean): Step {
    const message = attempt(this.#lines[0]!, () => appendTail(line, announced, utf8));
    if (isParseFailure(message)) return this.#refuse(message, announced);
    if (message !== null && announced !== null) return this.#offer(message, announced);
    const { tag } = this.#append!;
    this.#reset();
    return { kind: 'append-end', tag };
  }

  #awaitedLine(): Step {
    const octets = this.#queue.takeLine(commandLimits.maxLineOctets);
    if (octets !== null) {
      this.#reset();
      return { kind: 'line', line: withoutLineEnd(octets) };
    }
    return this.#queue.length < commandLimits.maxLineOctets ? 'starved' : this.#end('The line is too long');
  }

  #refuseLiteral(announced: LiteralAnnouncement): ReaderItem {
    const tag = tagOrStar(this.#lines[0]!);
    return this.#refuse({ tag, status: 'BAD', code: 'TOOBIG', text: 'The literal is too large' }, announced);
  }

  #refuse(failure: ParseFailure, announced: LiteralAnnouncement | null): ReaderItem {
    if (announced !== null && !announced.synchronising && announced.octets > commandLimits.maxSkippedOctets) {
      return this.#end('The literal is too large');
    }
    this.#dropRest(announced);
    return { kind: 'failure', ...failure };
  }

  /** Goes on behind a refused command. Octets that the client sends without waiting are on their way. */
  #dropRest(announced: { readonly octets: number; readonly synchronising: boolean } | null): void {
    this.#reset();
    if (announced === null || announced.synchronising) return;
    this.#skippedOctets = announced.octets;
    this.#phase = { name: 'skip', literalLeft: announced.octets };
  }

  #skip(phase: { literalLeft: number }): Step {
    phase.literalLeft -= this.#queue.take(phase.literalLeft).length;
    if (phase.literalLeft > 0) return 'starved';
    const line = this.#queue.takeLine(Number.POSITIVE_INFINITY);
    const dropped = line ?? this.#queue.take(Math.max(0, this.#queue.length - maxAnnouncementOctets));
    const announced = line === null ? null : (splitAnnouncement(withoutLineEnd(line))?.announced ?? null);
    const following = announced === null || announced.synchronising ? 0 : announced.octets;
    this.#skippedOctets += dropped.length + following;
    if (this.#skippedOctets > commandLimits.maxSkippedOctets) return this.#end('The command is too long');
    if (line === null) return 'starved';
    if (announced === null || announced.synchronising) this.#reset();
    else phase.literalLeft = announced.octets;
    return 'again';
  }

  #end(text: string): ReaderItem {
    this.#reset();
    this.#phase = { name: 'ended' };
    return { kind: 'fatal', text };
  }

  #reset(): void {
    this.#phase = { name: 'command' };
    this.#lines = [];
    this.#literals = [];
    this.#lineOctets = 0;
    this.#literalOctets = 0;
    this.#skippedOctets = 0;
    this.#append = null;
  }
}

/** RFC 7888 §5: the client may send only that much without waiting. */
function isTooLargeToCome({ octets, synchronising }: LiteralAnnouncement, maxOctets: number): boolean {
  return !synchronising && octets > maxOctets;
}

/** CRLF; a bare LF is taken too, as people type it. */
function withoutLineEnd(octets: Uint8Array): OctetString {
  const end = octets.at(-2) === 13 ? -2 : -1;
  return octetStringOf(octets.subarray(0, end));
}
