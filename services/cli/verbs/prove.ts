/** `prove ID -o FILE`: the package with which a third party checks one mail without us. */

import { resolve } from 'node:path';
import { counted } from '../../counted.ts';
import { uuidPattern } from '../../domain/values.ts';
import { type Checkpoint, CheckpointMalformed, parseCheckpoint } from '../../ledger/checkpoint.ts';
import { prove as makeProof, NotProvable, type Proved } from '../../ledger/prove.ts';
import { parseArguments } from '../arguments.ts';
import { checkpointArgument } from '../checkpoint-argument.ts';
import { isWriteFault, unwritable } from '../file-fault.ts';
import type { House } from '../house.ts';
import { type Answer, asVerb, UsageError, VerbFailure } from '../verb.ts';

interface ProveRequest extends Record<string, string | null> {
  id: string;
  /** Absolute. */
  file: string;
  /** Text of the head in which the proofs are to end; null: a fresh one. */
  checkpoint: string | null;
}

export const prove = asVerb<ProveRequest, 'proveMail'>({
  name: 'prove',
  act: 'proveMail',
  summary: 'Writes a package that proves what happened to one mail; anybody checks it with Python alone.',
  usage: 'ID [-o proof.zip] [--checkpoint FILE]',
  details: `The id is what the server answered to the mail, and what \`message trace\` shows. The proofs end in a new signed
head, or with --checkpoint in one that the reader of the package has had from this server before.`,
  examples: [
    'prove 01a2b3c4-d5e6-7f80-9a1b-2c3d4e5f6071 -o offer.zip',
    'prove 01a2b3c4-d5e6-7f80-9a1b-2c3d4e5f6071 --checkpoint kept/checkpoint',
  ],
  async prepare(args) {
    const { positionals, options } = parseArguments(args, {
      positionals: ['ID'],
      options: ['o', 'checkpoint'],
    });
    const id = positionals[0]!.toLowerCase();
    if (!uuidPattern.test(id))
      throw new UsageError(`${id} is not the id of a mail: muniment message trace finds it.`);
    const checkpoint = await checkpointArgument(options['checkpoint']);
    return { id, file: resolve(options['o'] ?? 'proof.zip'), checkpoint };
  },
  looksAt: ({ id }) => ({ message: id, query: '' }),
  async perform(house, { id, file, checkpoint: text }, _progress, { subject: asker }) {
    const { ledger, sealer, publicKey } = house;
    const checkpoint = text === null ? await sealer.sealNow() : outsideCheckpoint(house, text);
    const options = { checkpoint, asker, file, nowMs: Date.now() };
    try {
      return answerOf(await makeProof(id, { ...ledger, publicKey }, options), file, checkpoint);
    } catch (error) {
      if (isWriteFault(file, error)) throw new VerbFailure(unwritable(file, error));
      if (error instanceof NotProvable) throw new VerbFailure(`${sentence(error.message)}.`);
      throw error;
    }
  },
});

function outsideCheckpoint({ sealer }: House, text: string): Checkpoint {
  try {
    const checkpoint = parseCheckpoint(text);
    const { logId } = sealer;
    if (checkpoint.logId === logId) return checkpoint;
    throw new VerbFailure(`The checkpoint is one of another log, ${checkpoint.logId}; this one is ${logId}.`);
  } catch (error) {
    if (!(error instanceof CheckpointMalformed)) throw error;
    throw new VerbFailure(
      `The file given with --checkpoint is not a checkpoint: ${error.message}. Give it as this server sent it.`,
    );
  }
}

function answerOf(proved: Proved, file: string, { size }: Checkpoint): Answer {
  const mail = proved.withMail ? 'with the mail' : 'without the mail, whose content has been erased';
  const text = `${file}: ${counted(proved.events, 'event')} under checkpoint ${size}, ${mail}.\nCheck it anywhere: unzip -p ${file} verify.py > verify.py && python3 verify.py ${file}`;
  return { json: { ...proved, file, size }, text };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
