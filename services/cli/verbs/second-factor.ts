/** `account second-factor reset`: for whoever has lost the device and the recovery codes. */
import { parseArguments } from '../arguments.ts';
import { asVerb, UsageError } from '../verb.ts';

export const accountSecondFactorReset = asVerb({
  name: 'account second-factor reset',
  act: 'changePassword',
  summary: 'Takes away the second factor of an account; its password alone signs in again.',
  usage: 'ADDRESS --reason TEXT',
  details: `Make sure that whoever asks is who they say they are: the reason stays in the log. Open sessions of the account
end; its application passwords go on.`,
  examples: ['account second-factor reset wang@acme.example --reason "telephone lost, came by in person"'],
  prepare: (args) => {
    const { positionals, options } = parseArguments(args, { positionals: ['ADDRESS'], options: ['reason'] });
    const reason = options['reason']?.trim() ?? '';
    if (reason === '') throw new UsageError('--reason is missing.');
    return { address: positionals[0]!, reason };
  },
  async perform({ administration, secondFactors }, { address, reason }: { address: string; reason: string }) {
    await secondFactors.reset(await administration.accountOf(address), reason, 'operator');
    return { json: { address }, text: `${address} has no second factor any more.` };
  },
});
