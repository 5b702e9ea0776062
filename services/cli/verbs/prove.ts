/** `prove ID -o FILE`: the package with which a third party checks one mail without us. */
import { resolve } from 'node:path';
import { uuidPattern } from '../../domain/values.ts';
import { prove as makeProof, NotProvable } from '../../ledger/prove.ts';
import { parseArguments } from '../arguments.ts';
import { asVerb, UsageError, VerbFailure } from '../verb.ts';

export const prove = asVerb({
  name: 'prove',
  summary: 'Writes a package that proves what happened to one mail; anybody checks it with Python alone.',
  usage: 'ID [-o proof.zip]',
  prepare(args) {
    const { positionals, options } = parseArguments(args, { positionals: ['ID'], options: ['o'] });
    const id = positionals[0]!.toLowerCase();
    if (!uuidPattern.test(id)) throw new UsageError(`${id} is not the id of a mail.`);
    return { id, file: resolve(options['o'] ?? 'proof.zip') };
  },
  async perform({ ledger, sealer, publicKey }, { id, file }: { id: string; file: string }) {
    const checkpoint = await sealer.sealNow();
    try {
      const proved = await makeProof(
        id,
        { ...ledger, publicKey },
        {
          checkpoint,
          // Whoever speaks through the command socket owns the data folder and its keys.
          openPersonal: () => 'show',
          file,
          nowMs: Date.now(),
        },
      );
      const mail = proved.withMail ? 'with the mail' : 'without the mail, whose content has been erased';
      const text = `${file}: ${proved.events} events under checkpoint ${checkpoint.size}, ${mail}.\nCheck it anywhere: unzip -p ${file} verify.py > verify.py && python3 verify.py ${file}`;
      return { json: { ...proved, file, size: checkpoint.size }, text };
    } catch (error) {
      if (error instanceof NotProvable) throw new VerbFailure(error.message);
      throw error;
    }
  },
});
