/** The SMTP doors on free ports, with doubles of everything behind them that honour the interfaces. */
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Directory, Resolution } from '../../services/directory/directory.ts';
import { parseAddress } from '../../services/domain/address.ts';
import { type Refusal, refuse } from '../../services/domain/refusals.ts';
import type { Uuid } from '../../services/domain/values.ts';
import type { AcceptedMail, Arrival, IncomingMail, Intake, IntakePermit } from '../../services/intake.ts';
import type { Recorder, RefusedMail, SessionEnd, SessionStart } from '../../services/record.ts';
import type { Credentials, Revocation, SignedIn, SignIn } from '../../services/sign-in/sign-in.ts';
import {
  defaultSmtpSettings,
  type ListenerKind,
  type SmtpSettings,
} from '../../services/smtp/smtp-settings.ts';
import { type RunningSmtp, startSmtp } from '../../services/smtp/start-smtp.ts';
import { uuidOf } from '../support/given-when-then.ts';

export const testCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcTuZpqgg8Xzg85On
A/g6jzUiOGibWEQQIksHRhdy9c+hRANCAATef9zSz8WiYrrCf34KNuUTBCfPgYKm
Qz2ITU9tetrdC5c70fIvpSsNQTykW2PBD30rCr4Yhks/GYRjtszbCgSr
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUPc0kfUvk0b47lAowdlljf3ByfZ4wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPbXguYWNtZS5leGFtcGxlMCAXDTI2MTEyMTEyMjIzMFoYDzIx
MjYxMDI4MTIyMjMwWjAaMRgwFgYDVQQDDA9teC5hY21lLmV4YW1wbGUwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAATef9zSz8WiYrrCf34KNuUTBCfPgYKmQz2ITU9t
etrdC5c70fIvpSsNQTykW2PBD30rCr4Yhks/GYRjtszbCgSro1MwUTAdBgNVHQ4E
FgQUE2YwlS8izRHKKwdGcnkKudkUwoswHwYDVR0jBBgwFoAUE2YwlS8izRHKKwdG
cnkKudkUwoswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA6SZH
MgHRO/tVXLXMwtXNdTpDOWRb4l9WnQki+R4GxAoCIGLj8lhKw8Ec4T3ezh717Tlq
O63QZlEO/VpUKgFOnUbD
-----END CERTIFICATE-----
`,
};

export const wang: Uuid = uuidOf(1);
export const li: Uuid = uuidOf(2);
export const zhao: Uuid = uuidOf(3);
const acme: Uuid = uuidOf(100);

/** acme.example: wang, li, a frozen one, a group, an alias, and a crowd of any size; catchall.example takes everything. */
export class TestDirectory implements Directory {
  crowd = 0;
  failing = false;

  async resolve(address: string): Promise<Resolution> {
    if (this.failing) throw new Error('a secret of the log');
    if (address.toLowerCase() === 'postmaster') return this.#local('postmaster', wang);
    const parsed = parseAddress(address);
    if (!parsed) return { kind: 'invalid' };
    if (parsed.domain === 'catchall.example') return this.#local('catch-all', li);
    if (parsed.domain !== 'acme.example') return { kind: 'remote', domain: parsed.domain };
    switch (parsed.localPart.toLowerCase()) {
      case 'wang':
      case 'w.alias':
      case '王':
        return this.#local('direct', wang);
      case 'li':
        return this.#local('direct', li);
      case 'postmaster':
        return this.#local('postmaster', wang);
      case 'all':
        return this.#local('group', wang, li, zhao);
      case 'crowd':
        return this.#local('group', ...Array.from({ length: this.crowd }, (_, i) => uuidOf(1000 + i)));
      case 'frozen':
        return { kind: 'frozen', domain: acme, accounts: [zhao] };
      default:
        return { kind: 'unknown', domain: acme };
    }
  }

  async isLocalDomain(domain: string): Promise<boolean> {
    return domain === 'acme.example' || domain === 'catchall.example';
  }

  async accountOfLogin(): Promise<Uuid | null> {
    throw new Error('SMTP signs in by the sign-in');
  }

  async maySendAs(account: Uuid, address: string): Promise<boolean> {
    return (
      account === wang &&
      ['wang@acme.example', 'w.alias@acme.example', 'sales@acme.example'].includes(address)
    );
  }

  #local(reason: 'direct' | 'group' | 'catch-all' | 'postmaster', ...accounts: Uuid[]): Resolution {
    const recipients = accounts.map((account) => ({ account, reason }));
    return { kind: 'local', domain: acme, recipients, frozenMembers: [] };
  }
}

export class TestSignIn implements SignIn {
  readonly listeners = new Map<Uuid, Set<(why: Revocation) => void>>();
  attempts: Credentials[] = [];
  limits = { maxMessageOctets: 0, maxRecipients: 0, maxSessions: 0 };

  async signIn(credentials: Credentials): Promise<SignedIn | Refusal> {
    this.attempts.push(credentials);
    const { login, password } = credentials;
    if (login === 'broken@acme.example') throw new Error('a secret of the log');
    if (login === 'many@acme.example') return refuse('tooManyAttempts');
    if (login !== 'wang@acme.example' && login !== 'frozen@acme.example') return refuse('credentialsWrong');
    if (password !== 'demo-Wang-1') return refuse('credentialsWrong');
    if (login === 'frozen@acme.example') return refuse('accountFrozen');
    return {
      account: wang,
      domain: acme,
      address: 'wang@acme.example',
      realName: 'Wang',
      roles: ['staff'],
      quotaOctets: 0,
      ...this.limits,
    };
  }

  onRevoked(account: Uuid, listener: (why: Revocation) => void): () => void {
    const listeners = this.listeners.get(account) ?? new Set();
    this.listeners.set(account, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  revoke(account: Uuid): void {
    for (const listener of this.listeners.get(account) ?? []) listener('frozen');
  }
}

export interface TestSession {
  readonly start: SessionStart;
  readonly acts: string[];
  end: SessionEnd | null;
}

export class TestRecorder {
  readonly sessions: TestSession[] = [];
  readonly mail: RefusedMail[] = [];
  readonly peers: string[] = [];

  openSession(start: SessionStart): ReturnType<Recorder['openSession']> {
    const session: TestSession = { start, acts: [], end: null };
    this.sessions.push(session);
    const unused = () => {
      throw new Error('SMTP shows nobody anything');
    };
    return {
      session: uuidOf(500),
      opened: unused,
      read: unused,
      searched: unused,
      shown: unused,
      identified: unused,
      mayReveal: unused,
      untilMayReveal: unused,
      durable: unused,
      acted: (act) => session.acts.push(act),
      close: async (reason) => {
        session.end = reason;
      },
    };
  }

  mailRefused(refused: RefusedMail): void {
    this.mail.push(refused);
  }

  peerRefused(protocol: string, peer: string, reason: string): void {
    this.peers.push(`${protocol} ${peer} ${reason}`);
  }
}

export interface KeptMail extends IncomingMail {
  readonly octets: Buffer;
  readonly permit: IntakePermit;
}

/** Keeps what comes; can be slow, refuse and fail. */
export class TestIntake implements Intake {
  readonly kept: KeptMail[] = [];
  aborted = 0;
  begun = 0;
  answer: ((mail: IncomingMail) => Refusal | null) | null = null;
  /** Awaited before `finish` resolves. */
  gate: Promise<void> = Promise.resolve();
  /** Awaited by each write; the octets taken so far. */
  writeGate: (() => Promise<void>) | null = null;
  failing: 'begin' | 'finish' | null = null;
  /** Keep hashes only. */
  hashOnly = false;
  inHand = 0;

  begin(permit: IntakePermit): Arrival {
    if (this.failing === 'begin') throw new Error('a secret of the disk');
    this.begun++;
    const parts: Uint8Array[] = [];
    const hash = createHash('sha256');
    return {
      write: (octets) => {
        this.inHand += octets.length;
        if (this.hashOnly) hash.update(octets);
        else parts.push(Buffer.from(octets));
        return this.writeGate?.();
      },
      finish: async (mail): Promise<AcceptedMail | Refusal> => {
        await this.gate;
        if (this.failing === 'finish') throw new Error('a secret of the disk');
        const refusal = this.answer?.(mail);
        if (refusal) return refusal;
        const octets = this.hashOnly ? hash.digest() : Buffer.concat(parts);
        this.kept.push({ ...mail, octets, permit });
        return { message: uuidOf(7000 + this.kept.length), leaf: this.kept.length, octets: octets.length };
      },
      abort: () => {
        this.aborted++;
      },
    };
  }
}

export interface SmtpHouse {
  readonly smtp: RunningSmtp;
  readonly directory: TestDirectory;
  readonly signIn: TestSignIn;
  readonly recorder: TestRecorder;
  readonly intake: TestIntake;
  readonly failures: unknown[];
  /** What the doubles of disk and quota say. */
  readonly world: { diskLow: boolean; octetsLeft: number; readonly octetsLeftOf: Map<Uuid, number> };
  port(kind: ListenerKind): number;
}

/** Starts all three doors; they are closed when the test is over. A real intake may stand in for the double. */
export async function openHouse(
  t: TestContext,
  settings: Partial<SmtpSettings> = {},
  realIntake?: Intake,
): Promise<SmtpHouse> {
  const world = {
    diskLow: false,
    octetsLeft: Number.POSITIVE_INFINITY,
    octetsLeftOf: new Map<Uuid, number>(),
  };
  const failures: unknown[] = [];
  const directory = new TestDirectory();
  const signIn = new TestSignIn();
  const recorder = new TestRecorder();
  const intake = new TestIntake();
  const smtp = await startSmtp(
    {
      directory,
      signIn,
      recorder: recorder as unknown as Recorder,
      intake: realIntake ?? intake,
      mailboxRoom: { octetsLeft: async (id) => world.octetsLeftOf.get(id) ?? world.octetsLeft },
      freeSpace: { isLow: () => world.diskLow },
      tls: testCertificate,
      report: (failure) => failures.push(failure),
    },
    {
      ...defaultSmtpSettings,
      hostname: 'mx.acme.example',
      listen: '127.0.0.1',
      listeners: (['mx', 'submission', 'submissions'] as const).map((kind) => ({ kind, port: 0 })),
      drainTimeoutMs: 200,
      ...settings,
    },
  );
  t.after(() => smtp.close());
  return { smtp, directory, signIn, recorder, intake, failures, world, port: (kind) => smtp.ports[kind]! };
}
