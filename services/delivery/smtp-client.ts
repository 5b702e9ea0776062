/**
 * One connection to a next hop. The protocol is `nodemailer`'s and its name stands here alone; what is added is the
 * exact account of how far a transaction came, because only that tells a lost mail from a doubled one.
 */
import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { DeliveryTls } from '../domain/delivery.ts';
import { type PeerReply, peerReply } from './peer-reply.ts';
import type { NextHop } from './routes.ts';
import {
  ConnectFailure,
  connectFailure,
  failedOutcome,
  type RecipientOutcome,
  replyOf,
  type SmtpError,
} from './smtp-failures.ts';

export interface ConnectOptions {
  /** Name in EHLO. */
  readonly hostname: string;
  readonly tls: 'never' | 'offered' | 'demanded' | 'implicit';
  /** Whether a certificate that is not valid for the host's name ends the connection. */
  readonly mustBeValid: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Breaks off what is still being opened. */
  readonly stopping: AbortSignal;
}

export interface OutgoingEnvelope {
  /** Empty for the null sender. */
  readonly sender: string;
  /** Each once. */
  readonly recipients: readonly string[];
  readonly octets: number;
}

export interface Security {
  readonly tls: DeliveryTls;
  readonly certificateValid: boolean;
  readonly cipher: string;
}

/** What `nodemailer` keeps of an envelope, and does not hand out where the message is refused after RCPT. */
interface KeptEnvelope {
  readonly rejectedErrors?: readonly SmtpError[];
}

const maxReplyOctets = 64 * 1024;

export class SmtpClient {
  /** `name [address]`. */
  readonly host: string;
  readonly #connection: SMTPConnection;
  #isOpen = true;
  #abort: () => void = () => {};

  /** Rejects with `ConnectFailure`. */
  static async open(hop: NextHop, options: ConnectOptions): Promise<SmtpClient> {
    const connection = new SMTPConnection({
      host: hop.address,
      servername: hop.name === hop.address ? undefined : hop.name,
      port: hop.port,
      name: options.hostname,
      secure: options.tls === 'implicit',
      ignoreTLS: options.tls === 'never',
      requireTLS: options.tls === 'demanded',
      opportunisticTLS: options.tls === 'offered',
      tls: { rejectUnauthorized: options.mustBeValid },
      connectionTimeout: options.connectTimeoutMs,
      greetingTimeout: options.connectTimeoutMs,
      socketTimeout: options.idleTimeoutMs,
      maxResponseSize: maxReplyOctets,
      logger: false,
    });
    await new Promise<void>((resolve, reject) => {
      const fail = (error: SmtpError): void => reject(connectFailure(error, connection.upgrading === true));
      const breakOff = (): void => {
        connection.close();
        fail(new Error('the server is stopping'));
      };
      options.stopping.addEventListener('abort', breakOff, { once: true });
      connection.once('end', () => options.stopping.removeEventListener('abort', breakOff));
      connection.once('error', fail);
      connection.connect((error) => (error ? fail(error) : resolve()));
    });
    const client = new SmtpClient(hop, connection);
    if (options.login) await client.#signIn(options.login);
    return client;
  }

  private constructor({ name, address }: NextHop, connection: SMTPConnection) {
    this.host = name === address ? `[${address}]` : `${name} [${address}]`;
    this.#connection = connection;
    const ended = (): void => {
      this.#isOpen = false;
    };
    connection.removeAllListeners('error');
    connection.on('error', ended);
    connection.once('end', ended);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** RFC 6531. */
  get takesUtf8(): boolean {
    return this.#offers('SMTPUTF8');
  }

  /** By SIZE (RFC 1870); null where it names none. */
  get maxOctets(): number | null {
    const octets = (this.#connection as unknown as { _maxAllowedSize: number })._maxAllowedSize;
    return octets > 0 ? octets : null;
  }

  get security(): Security {
    const socket = this.#connection._socket;
    if (!(socket instanceof TLSSocket)) return { tls: 'none', certificateValid: false, cipher: '' };
    const tls = socket.getProtocol() === 'TLSv1.3' ? 'tls13' : 'tls12';
    return { tls, certificateValid: socket.authorized, cipher: socket.getCipher()?.standardName ?? '' };
  }

  /**
   * One transaction; never rejects. `octets` is read as the peer takes it and dot-stuffed on the way. Behind an
   * outcome other than `taken` the session is begun anew or ended.
   */
  async send(
    { sender, recipients, octets: size }: OutgoingEnvelope,
    octets: AsyncIterable<Uint8Array>,
    timeoutMs: number,
  ): Promise<ReadonlyMap<string, RecipientOutcome>> {
    const source = Readable.from(octets, { objectMode: false });
    let isWhole = false;
    source.once('end', () => {
      isWhole = true;
    });
    const envelope = { from: sender, to: [...recipients], size, use8BitMime: true };
    const { error, response } = await this.#transact(envelope, source, timeoutMs);
    // Where the sender is refused, what the peer says to the recipients behind it means nothing.
    const rejected = error?.command === 'MAIL FROM' ? new Map<string, PeerReply>() : this.#rejected();
    const outcomeOf = (recipient: string): RecipientOutcome => {
      const own = rejected.get(recipient);
      if (own) return { kind: 'refused', reply: own };
      if (error === null) return { kind: 'taken', reply: peerReply(response) };
      return failedOutcome(error, isWhole);
    };
    const outcomes = new Map(recipients.map((recipient) => [recipient, outcomeOf(recipient)]));
    // An answer to octets that are still on their way leaves the conversation out of step.
    if (error !== null) await this.#beginAnew(isWhole || !source.readableDidRead);
    return outcomes;
  }

  /** Ends the session in good form. */
  quit(): void {
    if (this.#isOpen) this.#connection.quit();
    this.#isOpen = false;
  }

  /** Ends it at once; a transaction that runs ends as lost. */
  close(): void {
    this.#isOpen = false;
    this.#connection.close();
    this.#abort();
  }

  #transact(
    envelope: SMTPConnection.Envelope,
    source: Readable,
    timeoutMs: number,
  ): Promise<{ error: SmtpError | null; response: string }> {
    return new Promise((resolve) => {
      const end = (error: SmtpError | null, response = ''): void => {
        clearTimeout(deadline);
        this.#abort = () => {};
        resolve({ error, response });
      };
      const deadline = setTimeout(() => this.close(), timeoutMs);
      this.#abort = () => end(new Error('the transaction was broken off'));
      this.#connection.send(envelope, source, (error, info) => end(error, info?.response));
    });
  }

  /** Recipients that the peer refused in the last transaction. */
  #rejected(): Map<string, PeerReply> {
    const { _envelope: envelope } = this.#connection as unknown as { _envelope: KeptEnvelope | false };
    const errors = (envelope ? envelope.rejectedErrors : undefined) ?? [];
    return new Map(errors.map((error) => [error.recipient ?? '', peerReply(error.response ?? '')]));
  }

  #offers(extension: string): boolean {
    const offered = (this.#connection as unknown as { _supportedExtensions: readonly string[] })
      ._supportedExtensions;
    return offered.includes(extension);
  }

  /** RSET, so that the next transaction finds a clean session. */
  async #beginAnew(isInStep: boolean): Promise<void> {
    if (!this.#isOpen) return;
    if (!isInStep) return this.close();
    await new Promise<void>((resolve) => {
      this.#connection.once('end', resolve);
      this.#connection.reset((error) => {
        this.#connection.removeListener('end', resolve);
        if (error) this.close();
        resolve();
      });
    });
  }

  async #signIn({ user, password }: { user: string; password: string }): Promise<void> {
    const error = await new Promise<SmtpError | null>((resolve) => {
      const fail = (problem: SmtpError): void => resolve(problem);
      this.#connection.once('error', fail);
      this.#connection.login({ user, pass: password }, (problem) => {
        this.#connection.removeListener('error', fail);
        resolve(problem);
      });
    });
    if (error === null) return;
    this.close();
    throw new ConnectFailure('refused', replyOf(error));
  }
}
