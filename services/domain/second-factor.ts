/**
 * The second factor of an account: codes by time (TOTP, RFC 6238) that pages ask for besides the password, and recovery
 * codes for whoever has lost the device. Which code is right is found out before (`sign-in/`); that each serves once is
 * decided here.
 */
import type { JsonObject } from './event.ts';
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export const secondFactorEvents = defineEvents({
  SecondFactorTurnedOn: {
    version: 1,
    means:
      'From here on pages ask for a code besides the password, and mail programs for an application password.',
    /** `step` is that of the code which proved it (RFC 6238 §4). */
    clear: { factor: 'uuid', step: 'integer' },
    personal: {
      secret: 'sealed under the key store’s key of this factor (docs/formats.md §Second factor)',
      recoveryCodes: 'argon2id verifiers, PHC strings',
    },
  },
  SecondFactorUsed: {
    version: 1,
    means: 'A code was right; it and those before it are worth nothing any more.',
    clear: { step: 'integer' },
  },
  RecoveryCodeUsed: {
    version: 1,
    means: 'A recovery code stood in for a code; it is worth nothing any more.',
    clear: { ordinal: 'integer' },
  },
  RecoveryCodesMade: {
    version: 1,
    means: 'New recovery codes were made; those before them are worth nothing any more.',
    clear: {},
    personal: { recoveryCodes: 'argon2id verifiers, PHC strings' },
  },
  SecondFactorTurnedOff: {
    version: 1,
    means: 'The person turned the second factor off; its secret is destroyed.',
    clear: { factor: 'uuid' },
  },
  SecondFactorReset: {
    version: 1,
    means: 'Somebody else took the second factor away; its secret is destroyed.',
    clear: { factor: 'uuid' },
    personal: { reason: 'why' },
  },
});

export interface SecondFactor {
  readonly factor: Uuid;
  /** Sealed once more; null once the account's key is destroyed. */
  readonly secret: string | null;
  /** Of the last code that was right: nothing at or before it is right again (RFC 6238 §5.2). */
  readonly lastStep: number;
  /** Verifiers by ordinal; null where a code has been used. */
  readonly recoveryCodes: readonly (string | null)[];
}

export type SecondFactorCommand =
  | {
      readonly kind: 'turnOnSecondFactor';
      readonly factor: Uuid;
      readonly secret: string;
      readonly recoveryCodes: readonly string[];
      readonly step: number;
    }
  /** `factor`: under whose secret the code was found right. */
  | { readonly kind: 'useSecondFactor'; readonly factor: Uuid; readonly step: number }
  /** `verifier`: the one that the code was found to fit. */
  | { readonly kind: 'useRecoveryCode'; readonly verifier: string }
  | { readonly kind: 'makeRecoveryCodes'; readonly recoveryCodes: readonly string[] }
  | { readonly kind: 'turnOffSecondFactor' }
  | { readonly kind: 'resetSecondFactor'; readonly reason: string };

const draft = drafterOf(secondFactorEvents);

export function decideSecondFactor(state: SecondFactor | null, command: SecondFactorCommand): Decision {
  if (command.kind === 'turnOnSecondFactor') {
    if (state !== null) return refuse('secondFactorOn');
    const { factor, step, secret, recoveryCodes } = command;
    const personal = { secret, recoveryCodes: [...recoveryCodes] };
    return { events: [draft('SecondFactorTurnedOn', { factor, step }, personal)] };
  }
  if (state === null) return refuse('secondFactorOff');
  return decideOn(state, command);
}

function decideOn(
  { factor, lastStep, recoveryCodes }: SecondFactor,
  command: Exclude<SecondFactorCommand, { readonly kind: 'turnOnSecondFactor' }>,
): Decision {
  switch (command.kind) {
    case 'useSecondFactor': {
      const { step } = command;
      if (command.factor !== factor || step <= lastStep) return refuse('secondFactorWrong');
      return { events: [draft('SecondFactorUsed', { step })] };
    }
    case 'useRecoveryCode': {
      const ordinal = recoveryCodes.indexOf(command.verifier);
      if (ordinal === -1) return refuse('secondFactorWrong');
      return { events: [draft('RecoveryCodeUsed', { ordinal })] };
    }
    case 'makeRecoveryCodes':
      return { events: [draft('RecoveryCodesMade', {}, { recoveryCodes: [...command.recoveryCodes] })] };
    case 'turnOffSecondFactor':
      return { events: [draft('SecondFactorTurnedOff', { factor })] };
    case 'resetSecondFactor':
      return { events: [draft('SecondFactorReset', { factor }, { reason: command.reason })] };
  }
}

export function evolveSecondFactor(
  state: SecondFactor | null,
  { type, data, personal }: FactOf<typeof secondFactorEvents>,
): SecondFactor | null {
  switch (type) {
    case 'SecondFactorTurnedOn':
      return {
        factor: data.factor,
        secret: sealedText(personal, 'secret'),
        lastStep: data.step,
        recoveryCodes: verifiersOf(personal),
      };
    case 'SecondFactorUsed':
      return state && { ...state, lastStep: data.step };
    case 'RecoveryCodeUsed':
      return state && { ...state, recoveryCodes: state.recoveryCodes.with(data.ordinal, null) };
    case 'RecoveryCodesMade':
      return state && { ...state, recoveryCodes: verifiersOf(personal) };
    case 'SecondFactorTurnedOff':
    case 'SecondFactorReset':
      return null;
  }
}

/** None once the account's key is destroyed. */
function verifiersOf(personal: object | null): readonly string[] {
  const verifiers = (personal as JsonObject | null)?.['recoveryCodes'];
  return Array.isArray(verifiers) ? verifiers.filter((each) => typeof each === 'string') : [];
}
