/** Signing in and out (`/api/session`). The cookie is the browser's alone; the page only keeps that there is one. */

/** No other site can make a browser send it, so what it comes with is of our own page. */
export const ownPageHeaders = { 'x-muniment-page': '1' } as const;

export interface Person {
  readonly account: string;
  readonly address: string;
  readonly realName: string | null;
  readonly roles: readonly string[];
}

export type SignInOutcome =
  | 'signedIn'
  | 'codeNeeded'
  | 'codeWrong'
  | 'wrong'
  | 'tooOften'
  | 'frozen'
  | 'unreachable'
  | 'failed';

const keptAs = 'muniment.signed-in';

const outcomeOf: Readonly<Record<string, SignInOutcome>> = {
  credentialsWrong: 'wrong',
  secondFactorNeeded: 'codeNeeded',
  secondFactorWrong: 'codeWrong',
  accountFrozen: 'frozen',
  tooManyAttempts: 'tooOften',
  tooManyRequests: 'tooOften',
};

/** `code`: of the second factor, or a recovery code; empty where none was asked for. */
export async function signIn(login: string, password: string, code: string): Promise<SignInOutcome> {
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { ...ownPageHeaders, 'content-type': 'application/json' },
      body: JSON.stringify({ login, password, ...(code !== '' && { code }) }),
    });
    if (!response.ok) {
      const problem = (await response.json().catch(() => ({}))) as { code?: string };
      return outcomeOf[problem.code ?? ''] ?? 'failed';
    }
    localStorage.setItem(keptAs, '1');
    return 'signedIn';
  } catch {
    return 'unreachable';
  }
}

/** Null where nobody is. Not asked of the server where nobody has signed in from this browser. */
export async function signedInPerson(): Promise<Person | null> {
  if (localStorage.getItem(keptAs) === null) return null;
  const response = await fetch('/api/session', { headers: ownPageHeaders });
  if (response.ok) return (await response.json()) as Person;
  forgetSession();
  return null;
}

export function forgetSession(): void {
  localStorage.removeItem(keptAs);
}

export async function signOut(): Promise<void> {
  forgetSession();
  await fetch('/api/session', { method: 'DELETE', headers: ownPageHeaders });
}
