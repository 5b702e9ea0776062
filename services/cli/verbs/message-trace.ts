/** `message trace ID`: every event of one mail, in words and in order. */
import type { DeliveryRow } from '../../../projections/deliveries-queries.ts';
import type { MessageTrace, TracedMail } from '../../../projections/message-trace-queries.ts';
import { uuidPattern } from '../../domain/values.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { octetsText } from '../octets-text.ts';
import { table } from '../table.ts';
import { type Answer, asVerb, UsageError, VerbFailure } from '../verb.ts';

interface TraceRequest extends Record<string, string | null> {
  id: string | null;
  messageId: string | null;
  sender: string | null;
  recipient: string | null;
  subject: string | null;
}

const maxFound = 50;

export const messageTrace = asVerb<TraceRequest, 'traceMail'>({
  name: 'message trace',
  act: 'traceMail',
  summary: 'Shows what became of a mail: by its id, or by what is known of it.',
  usage: 'ID | --message-id M | --sender A | --recipient A | --subject TEXT',
  examples: [
    'message trace 01a2b3c4-d5e6-7f80-9a1b-2c3d4e5f6071',
    'message trace --sender buyer@outside.example --json',
  ],
  prepare(args) {
    const { positionals, options } = parseArguments(args, {
      positionals: [],
      more: true,
      options: ['message-id', 'sender', 'recipient', 'subject'],
    });
    const request: TraceRequest = {
      id: positionals[0]?.toLowerCase() ?? null,
      messageId: options['message-id'] ?? null,
      sender: options['sender'] ?? null,
      recipient: options['recipient'] ?? null,
      subject: options['subject'] ?? null,
    };
    if (request.id !== null && !uuidPattern.test(request.id))
      throw new UsageError(`${request.id} is not the id of a mail.`);
    if (Object.values(request).every((value) => value === null))
      throw new UsageError('Say which mail: its id, or an option.');
    return request;
  },
  looksAt({ id, ...asked }) {
    const said = Object.entries(asked).filter(([, value]) => value !== null);
    return { message: id, query: said.map(([name, value]) => `${name}: ${value}`).join('\n') };
  },
  async perform(house, request) {
    await house.projections.settle();
    if (request.id !== null) return oneMail(house, request.id);
    const { messageId, sender, recipient, subject } = request;
    const found = house.traces.search({
      messageId: messageId ?? undefined,
      sender: sender ?? undefined,
      recipient: recipient ?? undefined,
      subject: subject ?? undefined,
      limit: maxFound,
    });
    return found.length === 1 ? oneMail(house, found[0]!.message) : listOf(found);
  },
});

function oneMail({ traces, deliveries, directory }: House, id: string): Answer {
  const trace = traces.trace(id);
  if (!trace) throw new VerbFailure(`No mail ${id} was accepted here.`);
  const sentOn = deliveries.ofMessage(id);
  return {
    json: JSON.parse(JSON.stringify({ ...trace, deliveries: sentOn })),
    text: traceText(trace, sentOn, (account) => directory.account(account)?.address ?? account),
  };
}

function listOf(found: readonly TracedMail[]): Answer {
  if (found.length === 0) throw new VerbFailure('No such mail was accepted here.');
  const rows = found.map((mail) => [
    mail.message,
    timeText(mail.acceptedAtMs),
    mail.returnPath,
    mail.subject,
  ]);
  return {
    json: JSON.parse(JSON.stringify(found)),
    text: table(['ID', 'ACCEPTED', 'SENDER', 'SUBJECT'], rows),
  };
}

function traceText(
  trace: MessageTrace,
  deliveries: readonly DeliveryRow[],
  nameOf: (account: string) => string,
): string {
  const head = [
    ['Mail', trace.message],
    ['Subject', trace.subject],
    ['From', trace.from],
    ['To', trace.to],
    ['Message-ID', trace.messageId],
    ['Envelope sender', trace.returnPath === '' ? '<>' : trace.returnPath],
    ['Handed in by', [trace.peer, trace.helo].filter((part) => part !== '').join(' ')],
    ['Size', octetsText(trace.octets)],
    ...originLines(trace),
  ];
  const recipients = trace.recipientList.map(({ address, account, ordinal, filedAtMs, uid, hold }) => [
    address,
    hold === 'waiting' || hold === 'returned'
      ? holdTexts[hold]
      : account === null
        ? elsewhereText(deliveries.find((delivery) => delivery.ordinal === ordinal))
        : filedAtMs === null
          ? 'not yet filed'
          : `filed ${timeText(filedAtMs)}, UID ${uid}`,
  ]);
  const steps = trace.steps.map((step) => [
    timeText(step.atMs),
    String(step.position),
    step.type,
    step.actor,
  ]);
  return [
    head.map(([name, value]) => `${name!.padEnd(16)} ${value}`).join('\n'),
    table(['RECIPIENT', 'STATE'], [...recipients, ...passedOverRows(trace, nameOf)]),
    ...rulesTable(trace),
    table(['TIME (UTC)', 'LEAF', 'EVENT', 'ACTOR'], steps),
  ].join('\n\n');
}

/** Members of a group who got no copy, and why. */
function passedOverRows({ steps }: MessageTrace, nameOf: (account: string) => string): string[][] {
  const passedOver = steps.filter(({ type }) => type === 'MembersPassedOver');
  return passedOver.flatMap(({ detail }) => {
    const { accounts, addresses } = detail as { accounts: string[]; addresses: string[] };
    return accounts.map((account, i) => [
      addresses[i] ?? '',
      `no copy for ${nameOf(account)}: the account was frozen`,
    ]);
  });
}

const holdTexts = { waiting: 'held by a rule', returned: 'held by a rule, and returned' } as const;
/** As the step of acceptance keeps them (`projections/message-trace.ts`). */
interface AcceptedDetail {
  readonly origin?: Readonly<Record<'verdict' | 'domain' | 'spf' | 'dkim' | 'dmarc' | 'arc', string>>;
  readonly rules?: readonly {
    readonly name: string;
    readonly version: number;
    readonly outcome: string;
    readonly disposition: string;
    readonly found: readonly string[];
  }[];
}

function acceptedDetail({ steps }: MessageTrace): AcceptedDetail {
  return (steps.find(({ type }) => type === 'MessageAccepted')?.detail ?? {}) as unknown as AcceptedDetail;
}

const verdictWords: Readonly<Record<string, string>> = {
  proved: 'proved',
  disproved: 'disproved',
  unproved: 'not proved',
  open: 'could not be asked',
};

function originLines(trace: MessageTrace): string[][] {
  const { origin } = acceptedDetail(trace);
  if (!origin) return [];
  const { verdict, domain, spf, dkim, dmarc, arc } = origin;
  const results = `SPF ${spf}, DKIM ${dkim}, DMARC ${dmarc}, ARC ${arc}`;
  const said = verdictWords[verdict];
  return [['Sent by', said === undefined ? results : `${domain || 'nobody named'}: ${said} (${results})`]];
}

/** Which rules had something to say, the strictest first. */
function rulesTable(trace: MessageTrace): string[] {
  const { rules = [] } = acceptedDetail(trace);
  if (rules.length === 0) return [];
  const rows = rules.map(({ name, version, outcome, disposition, found }) => [
    name,
    String(version),
    `${outcome}: ${disposition}`,
    found.join(' · ').replace(/\s+/gu, ' '),
  ]);
  return [table(['RULE', 'VERSION', 'VERDICT', 'FOUND'], rows)];
}

/** How far a recipient elsewhere has come, with the words of the other server. */
function elsewhereText(delivery: DeliveryRow | undefined): string {
  if (!delivery) return 'elsewhere, not yet queued';
  const { state, held, host, reply, tls, changedAtMs, dueAtMs } = delivery;
  const under = tls === null ? '' : `, ${tls === 'none' ? 'without TLS' : tls.replace('tls1', 'TLS 1.')}`;
  const next = dueAtMs === null ? '' : `, next attempt ${timeText(dueAtMs)}`;
  const said = reply === '' ? '' : `: ${[host, reply].filter((text) => text !== '').join(' ')}`;
  return `${state}${held ? ', held' : ''} ${timeText(changedAtMs)}${under}${next}${said}`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', '');
}
