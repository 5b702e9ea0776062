/** `--checkpoint FILE`: a signed head that was kept outside. */
import { readFile } from 'node:fs/promises';
import { unreadable } from './file-fault.ts';
import { UsageError } from './verb.ts';

/** Text of the file; null where the option was not given. Throws `UsageError`. */
export async function checkpointArgument(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(unreadable(file, error));
  }
}
