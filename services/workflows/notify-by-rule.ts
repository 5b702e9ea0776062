/**
 * Reaction: people are told of a mail because a rule says so, each in their own language. Who they are was settled with the
 * mail; a notice's id follows from its cause and its reader, so that a repeat tells nobody twice.
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from '../dispatch.ts';
import { account, type Language } from '../domain/account.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { sealedText } from '../domain/fact.ts';
import { nilUuid, type ResolvedRecipient } from '../domain/message.ts';
import { type Uuid, uuidV7 } from '../domain/values.ts';
import type { Intake } from '../intake.ts';
import { ruleNoticeMail } from '../mail/rule-notice-mail.ts';
import type { Reaction } from './reaction-runner.ts';
import { fileServerMail } from './server-mail.ts';

export interface NotifyByRuleParts {
  readonly dispatcher: Pick<Dispatcher, 'load'>;
  /** First event of a stream, with its key loaded. */
  first(stream: string): Promise<LoggedEvent | null>;
  readonly intake: Intake;
  readonly hostname: string;
  /** Where the reader has chosen none, or is elsewhere. */
  readonly language: Language;
}

export class NotifyByRule implements Reaction {
  readonly name = 'notify-by-rule';
  readonly types: ReadonlySet<string> = new Set(['NoticeRequired']);
  readonly opens = true;
  readonly #parts: NotifyByRuleParts;

  constructor(parts: NotifyByRuleParts) {
    this.#parts = parts;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) {
      const mail = await this.#parts.first(event.stream);
      // Erased meanwhile: there is nothing left to tell.
      if (!mail?.personal || !event.personal) continue;
      for (const reader of readersOf(event)) await this.#send(event, mail, reader);
    }
  }

  async #send(event: LoggedEvent, mail: LoggedEvent, reader: ResolvedRecipient): Promise<void> {
    const { dispatcher, intake, hostname, language } = this.#parts;
    const state = reader.account === null ? null : (await dispatcher.load(account, reader.account)).state;
    if (state !== null && state.status !== 'active') return;
    const message = noticeId(event, reader);
    const octets = ruleNoticeMail({
      language: state?.language ?? language,
      message,
      hostname,
      to: reader.address,
      atMs: event.at,
      rule: sealedText(event.personal, 'name') ?? '',
      text: sealedText(event.personal, 'text') ?? '',
      mailFrom: ((mail.personal!['from'] ?? []) as readonly string[]).join(', '),
      mailTo: (mail.personal!['to'] ?? []) as readonly string[],
      mailSubject: sealedText(mail.personal, 'subject') ?? '',
      isRefused: mail.type === 'MessageRefused',
    });
    await fileServerMail(intake, hostname, { message, octets, recipients: [reader] });
  }
}

function readersOf({ data, personal }: LoggedEvent): ResolvedRecipient[] {
  const addresses = personal!['addresses'] as readonly string[];
  return (data['accounts'] as readonly Uuid[]).map((each, i) => ({
    account: each === nilUuid ? null : each,
    address: addresses[i]!,
  }));
}

function noticeId({ id, at }: LoggedEvent, { address }: ResolvedRecipient): Uuid {
  return uuidV7(at, createHash('sha256').update(`notice ${id} ${address}`).digest());
}
