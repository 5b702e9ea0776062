/**
 * The `muniment` command within the test's process, for verbs that a running server carries out: the program's own
 * code over the same socket, without a process for each verb. `test/cli/` and the flow of the command line start the
 * program itself.
 */
import { type Openers, runCommand } from '../../services/cli/command-line.ts';
import { NoServer } from '../../services/cli/control-client.ts';
import { exitCodes, UsageError } from '../../services/cli/verb.ts';
import { readConfig } from '../../services/config.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Null where this is the program's own affair: no server answers, or the command line is wrong. */
export async function commandHere(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<CommandResult | null> {
  const said = { out: '', error: '' };
  const print = {
    out(text: string): void {
      said.out += `${text}\n`;
    },
    error(text: string): void {
      said.error += `${text}\n`;
    },
  };
  try {
    const config = () => readConfig(environment, null);
    const code = await runCommand({ args, config, print, ...nothingIsOpenedHere });
    return { code, stdout: said.out, stderr: said.error };
  } catch (error) {
    if (error instanceof NoServer || error instanceof UsageError) return null;
    return { code: exitCodes.unavailable, stdout: said.out, stderr: `muniment: ${String(error)}\n` };
  }
}

const noServer = (): Promise<never> => Promise.reject(new NoServer());

const nothingIsOpenedHere: Openers = {
  openHouse: noServer,
  openStores: noServer,
  openRestorable: noServer,
};
