/** `queue list|retry|hold|release|redirect|bounce`: the mail that waits for other servers. */
import type { DeliveryRow } from '../../../projections/deliveries-queries.ts';
import type { DeliveryRequest } from '../../delivery-requests.ts';
import { Refused, refusals } from '../../domain/refusals.ts';
import { uuidPattern } from '../../domain/values.ts';
import { parseArguments } from '../arguments.ts';
import type { House } from '../house.ts';
import { table } from '../table.ts';
import { type Answer, asVerb, exitCodes, UsageError, type Verb, VerbFailure } from '../verb.ts';

interface ListRequest extends Record<string, string | boolean | null> {
  recipient: string | null;
  all: boolean;
}

interface ChangeRequest extends Record<string, string | string[] | null> {
  ids: string[];
  recipient: string | null;
  reason: string;
  to: string | null;
}

const maxListed = 1000;
/** Deliveries that one command changes. */
const maxChanged = 10_000;

export const queueList = asVerb<ListRequest, 'traceMail'>({
  name: 'queue list',
  act: 'traceMail',
  summary: 'Lists the mail that waits for other servers, with the last answer of each.',
  usage: '[--recipient PART] [--all]',
  details: '--all lists what has left or come back as well.',
  examples: ['queue list', 'queue list --recipient outside.example --all'],
  prepare: (args) => {
    const { options, switches } = parseArguments(args, {
      positionals: [],
      options: ['recipient'],
      switches: ['all'],
    });
    return { recipient: options['recipient'] ?? null, all: switches['all']! };
  },
  looksAt: ({ recipient, all }) => ({
    message: null,
    query: `queue${all ? ', all' : ''}${recipient === null ? '' : `, recipient: ${recipient}`}`,
  }),
  async perform({ deliveries, projections, traces }, { recipient, all }) {
    await projections.settle();
    const found = deliveries.list({ all, search: recipient ?? undefined, limit: maxListed });
    const rows = found.map((row) => ({ ...row, sender: traces.trace(row.message)?.returnPath ?? '' }));
    return { json: JSON.parse(JSON.stringify(rows)), text: listText(rows, deliveries.length()) };
  },
});

function listText(rows: readonly (DeliveryRow & { sender: string })[], length: number): string {
  if (rows.length === 0) return length === 0 ? 'The queue is empty.' : 'No such delivery is in the queue.';
  const cells = rows.map((row) => [
    row.delivery,
    row.sender === '' ? '<>' : row.sender,
    row.recipient,
    row.held ? `${row.state}, held` : row.state,
    String(row.attempts),
    row.dueAtMs === null ? '' : new Date(row.dueAtMs).toISOString().slice(0, 19).replace('T', ' '),
    row.reply,
  ]);
  const head = ['ID', 'SENDER', 'RECIPIENT', 'STATE', 'ATTEMPTS', 'NEXT (UTC)', 'LAST ANSWER'];
  return `${table(head, cells)}\n${length} in the queue.`;
}

interface Change {
  readonly word: string;
  readonly kind: DeliveryRequest['kind'];
  readonly summary: string;
  /** What people read behind the number. */
  readonly done: string;
}

/** The sender gets a report of a bounced one, as of every mail that fails. */
const changes: readonly Change[] = [
  { word: 'retry', kind: 'retry', summary: 'Has mail tried again at once.', done: 'to be tried at once' },
  { word: 'hold', kind: 'hold', summary: 'Stops the attempts until further notice.', done: 'held' },
  { word: 'release', kind: 'release', summary: 'Lets attempts go on.', done: 'released' },
  {
    word: 'redirect',
    kind: 'redirect',
    summary: 'Sends mail to another address elsewhere instead.',
    done: 'redirected',
  },
  { word: 'bounce', kind: 'cancel', summary: 'Ends the attempts and tells the sender.', done: 'bounced' },
];

export const queueChanges: readonly Verb[] = changes.map(changeVerb);

function changeVerb({ word, kind, summary, done }: Change): Verb {
  const redirects = kind === 'redirect';
  const to = redirects ? ' --to ADDRESS' : '';
  const example = redirects ? ' --to new@outside.example' : '';
  return asVerb<ChangeRequest, 'manageQueue'>({
    name: `queue ${word}`,
    act: 'manageQueue',
    summary,
    usage: `ID…|--recipient PART${to} --reason TEXT`,
    details: 'ID is that of queue list; --recipient means every delivery to addresses with that part.',
    examples: [`queue ${word} 01a2b3c4-d5e6-8f80-9a1b-2c3d4e5f6071${example} --reason "asked by wang"`],
    prepare: (args) => prepareChange(args, redirects),
    async perform(house, request) {
      await house.projections.settle();
      const ids = request.recipient === null ? request.ids : matching(house, request.recipient);
      return changedAnswer(await changeAll(house, ids, requestOf(kind, request)), done);
    },
  });
}

function prepareChange(args: readonly string[], redirects: boolean): ChangeRequest {
  const { positionals, options } = parseArguments(args, {
    positionals: [],
    more: true,
    options: ['recipient', 'reason', ...(redirects ? ['to'] : [])],
  });
  const ids = positionals.map((id) => id.toLowerCase());
  const wrong = ids.find((id) => !uuidPattern.test(id));
  if (wrong !== undefined) throw new UsageError(`${wrong} is not the id of a delivery.`);
  const { recipient = null, reason = '', to = null } = options;
  if ((ids.length === 0) === (recipient === null || recipient === ''))
    throw new UsageError('Say which: ids, or --recipient.');
  if (reason === '') throw new UsageError('--reason is missing: it stays in the log.');
  if (redirects && to === null) throw new UsageError('--to is missing.');
  return { ids, recipient, reason, to };
}

function requestOf(kind: DeliveryRequest['kind'], { reason, to }: ChangeRequest): DeliveryRequest {
  return kind === 'redirect' ? { kind, recipient: to!, reason } : { kind, reason };
}

function matching({ deliveries }: House, recipient: string): string[] {
  const found = deliveries.list({ search: recipient, limit: maxChanged });
  if (found.length === 0) throw new VerbFailure('No such delivery is in the queue.');
  return found.map(({ delivery }) => delivery);
}

interface Changed {
  readonly done: string[];
  readonly refused: { readonly id: string; readonly why: string }[];
}

/** One that is refused does not keep the others from being changed. */
async function changeAll(
  { queue }: House,
  ids: readonly string[],
  request: DeliveryRequest,
): Promise<Changed> {
  const changed: Changed = { done: [], refused: [] };
  for (const id of ids) {
    try {
      await queue.ask(id, request, 'operator');
      changed.done.push(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { refused, detail } = error.refusal;
      changed.refused.push({ id, why: detail ?? refusals[refused] });
    }
  }
  return changed;
}

function changedAnswer({ done, refused }: Changed, what: string): Answer {
  const lines = [`${done.length} ${what}.`, ...refused.map(({ id, why }) => `${id}: ${why}`)];
  return {
    json: { done, refused: refused.map((each) => ({ ...each })) },
    text: lines.join('\n'),
    exitCode: refused.length === 0 ? exitCodes.done : exitCodes.failed,
  };
}
