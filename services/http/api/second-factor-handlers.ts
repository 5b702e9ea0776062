/** Second factor and application passwords: `/api/own/second-factor`, `/api/own/application-passwords`. */
import { isRefusal, Refused } from '../../domain/refusals.ts';
import { base32 } from '../../sign-in/base32.ts';
import type { Credentials } from '../../sign-in/sign-in.ts';
import { keyUri } from '../../sign-in/totp.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { secondFactorRoutes } from './contract/second-factor.ts';

const issuer = 'Muniment';

export const secondFactorHandlers: Handlers<typeof secondFactorRoutes> = {
  async showSecondFactor({ caller }, { accounts }) {
    const { secondFactor } = (await accounts.show(caller.signedIn.account)).state;
    const left = secondFactor?.recoveryCodes.filter((each) => each !== null) ?? [];
    return { isOn: secondFactor !== null, recoveryCodesLeft: left.length };
  },
  async offerSecondFactor({ caller }, { secondFactors }) {
    const { account, address } = caller.signedIn;
    const secret = await secondFactors.offer(account);
    return { secret: base32(secret).toUpperCase(), uri: keyUri(secret, issuer, address) };
  },
  async turnOnSecondFactor({ caller, asker, body, actor }, { secondFactors, signIn }) {
    await prove({ caller, asker }, signIn, body.password, 'proved');
    const shown = await secondFactors.turnOn(caller.signedIn.account, body.code, actor);
    return { recoveryCodes: [...shown] };
  },
  async renewRecoveryCodes({ caller, asker, body, actor }, { secondFactors, signIn }) {
    await prove({ caller, asker }, signIn, body.password, { code: body.code });
    const shown = await secondFactors.renewRecoveryCodes(caller.signedIn.account, actor);
    return { recoveryCodes: [...shown] };
  },
  async turnOffSecondFactor({ caller, asker, body, actor }, { secondFactors, signIn }) {
    await prove({ caller, asker }, signIn, body.password, { code: body.code });
    await secondFactors.turnOff(caller.signedIn.account, actor);
  },
  async resetSecondFactor({ params, body, actor }, { secondFactors }) {
    await secondFactors.reset(params.account, body.reason, actor);
  },
  async listApplicationPasswords({ caller }, { applicationPasswords }) {
    const all = await applicationPasswords.of(caller.signedIn.account);
    return {
      items: all.map(([applicationPassword, { name, madeAtMs, usedAtMs }]) => ({
        applicationPassword,
        name: name ?? '',
        madeAtMs,
        usedAtMs,
      })),
    };
  },
  async makeApplicationPassword({ caller, asker, body, actor }, { applicationPasswords, signIn }) {
    await prove({ caller, asker }, signIn, body.current, 'proved');
    return { password: await applicationPasswords.make(caller.signedIn.account, body.name, actor) };
  },
  async revokeApplicationPassword({ caller, params, actor }, { applicationPasswords }) {
    await applicationPasswords.revoke(caller.signedIn.account, params.applicationPassword, actor);
  },
};

/** Whoever finds an open session has not the password, nor the device: throws `Refused`. */
export async function prove(
  { caller, asker }: Pick<ApiCall, 'caller' | 'asker'>,
  signIn: ApiParts['signIn'],
  password: string,
  secondFactor: NonNullable<Credentials['secondFactor']>,
): Promise<void> {
  const { address } = caller.signedIn;
  const { peer } = asker;
  const known = await signIn.signIn({ login: address, password, peer, protocol: 'http', secondFactor });
  if (isRefusal(known)) throw new Refused(known);
}
