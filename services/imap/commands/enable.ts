import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply } from '../replies.ts';
import type { Session, SessionMode } from '../session.ts';

type Enabling = (mode: SessionMode) => void;

const enablings: ReadonlyMap<string, Enabling> = new Map<string, Enabling>([
  ['CONDSTORE', (mode) => Object.assign(mode, { condstore: true })],
  ['QRESYNC', (mode) => Object.assign(mode, { condstore: true, qresync: true })],
  ['UTF8=ACCEPT', (mode) => Object.assign(mode, { utf8: true })],
  ['IMAP4REV2', (mode) => Object.assign(mode, { rev2: true, utf8: true })],
]);

const spelling = (name: string): string => (name === 'IMAP4REV2' ? 'IMAP4rev2' : name);

/** RFC 9051 §6.3.1: what is not known is left out without a word. */
export function enable(session: Session, { capabilities }: CommandOf<'ENABLE'>): Reply {
  const known = [...new Set(capabilities)].filter((name) => enablings.has(name));
  for (const name of known) enablings.get(name)!(session.mode);
  session.tell(['ENABLED', ...known.map(spelling)].join(' '));
  return ok('Enabled');
}
