/**
 * Changes that rules want in a mail, made before anybody reads it: what goes on is derived once, at the acceptance, so that
 * whoever approves it sees what will leave. The octets that were accepted are kept; of the derived ones only the edits
 * and the hash are.
 */
import { createHash, hash } from 'node:crypto';
import { type WantedChange, wantedChanges } from '../../policies/change-terms.ts';
import type { Verdict } from '../../policies/rule-language/verdict.ts';
import { UnkeptFrame } from '../blob-store/frame-unkept.ts';
import { type OpenBlob, openBlob } from '../blob-store/read-blob.ts';
import type { ScannedMail } from '../blob-store/scanner-port.ts';
import type { Derivation, OmittedChange } from '../domain/derivation.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { appendTexts } from '../mail/disclaimer.ts';
import { EditedOctets, editedStream, type OctetEdit, recordedEdits } from '../mail/octet-edits.ts';
import { openStructure } from '../mail/structure-codec.ts';
import { subjectTag } from '../mail/subject-tag.ts';

export interface MadeChanges {
  /** Null where nothing was changed. */
  readonly derivation: Derived | null;
  readonly omitted: readonly OmittedChange[];
}

/** Which frame holds what was accepted is known once it is kept. */
export type Derived = Omit<Derivation, 'frame'>;

/** What the intake asks. */
export interface MailChanges {
  of(verdict: Verdict, scanned: ScannedMail): Promise<MadeChanges>;
}

const noChanges: MadeChanges = { derivation: null, omitted: [] };
/** Of the header, in which the subject is looked for. */
const maxHeaderOctets = 256 * 1024;

export class RuleChanges implements MailChanges {
  readonly #keys: Pick<KeyStore, 'ensure'>;

  constructor(keys: Pick<KeyStore, 'ensure'>) {
    this.#keys = keys;
  }

  async of(verdict: Verdict, scanned: ScannedMail): Promise<MadeChanges> {
    const wanted = wantedChanges(verdict);
    if (wanted.length === 0) return noChanges;
    const blob = await openBlob(
      new UnkeptFrame(scanned.frame.content),
      scanned.frame.frame,
      scanned.frameKey,
    );
    const tagged = await tagEdits(wanted, scanned, blob);
    const appended = await appendEdits(wanted, scanned, blob);
    const omitted = [...tagged.omitted, ...appended.omitted];
    const edits = [...tagged.edits, ...appended.edits].toSorted((a, b) => a.at - b.at);
    if (edits.length === 0) return { derivation: null, omitted };
    const undone = new Set(omitted.map(({ change }) => change));
    const changes = wanted.filter((change) => !undone.has(change));
    return { derivation: await this.#derivation(scanned, blob, edits, changes), omitted };
  }

  async #derivation(
    { octets }: ScannedMail,
    blob: OpenBlob,
    edits: readonly OctetEdit[],
    changes: readonly WantedChange[],
  ): Promise<Derived> {
    const edited = new EditedOctets(octets, edits);
    const hashing = createHash('sha256');
    for await (const piece of editedStream(edited, (from, to) => blob.stream(from, to)))
      hashing.update(piece);
    const digest = hashing.digest();
    const addressKey = await this.#keys.ensure('secret-address');
    return {
      octets: edited.octets,
      address: hash('sha256', Buffer.concat([addressKey, digest])),
      sha256: digest.toString('hex'),
      edits: recordedEdits(edits),
      changes,
    };
  }
}

interface Edits {
  readonly edits: readonly OctetEdit[];
  readonly omitted: readonly OmittedChange[];
}

/** Several tags stand behind one another, the strictest rule's first. */
async function tagEdits(
  wanted: readonly WantedChange[],
  { structure }: ScannedMail,
  blob: OpenBlob,
): Promise<Edits> {
  const tags = wanted.filter(({ action }) => action === 'tagSubject');
  if (tags.length === 0) return { edits: [], omitted: [] };
  const end = Math.min(openStructure(structure)!.root.bodyStart, maxHeaderOctets);
  const header = Buffer.from(await blob.read(0, end)).toString('latin1');
  const missing = tags.filter(({ text }) => subjectTag(header, text) !== null);
  const edit = missing.length === 0 ? null : subjectTag(header, missing.map(({ text }) => text).join(' '));
  const omitted = tags
    .filter((tag) => !missing.includes(tag))
    .map((change): OmittedChange => ({ change, because: 'alreadyThere' }));
  return { edits: edit === null ? [] : [edit], omitted };
}

async function appendEdits(
  wanted: readonly WantedChange[],
  { structure, facts: { attachments } }: ScannedMail,
  blob: OpenBlob,
): Promise<Edits> {
  const texts = wanted.filter(({ action }) => action === 'appendDisclaimer');
  if (texts.length === 0) return { edits: [], omitted: [] };
  const { root } = openStructure(structure)!;
  const { edits, outcomes } = await appendTexts(
    { root, attachments },
    texts.map(({ text }) => text),
    async (from, to) => blob.read(from, to),
  );
  const omitted = outcomes.flatMap((because, i): OmittedChange[] =>
    because === null ? [] : [{ change: texts[i]!, because }],
  );
  return { edits, omitted };
}
