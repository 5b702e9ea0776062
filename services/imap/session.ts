import { type Act, ask, type Permit } from '../../policies/access.ts';
import { meantPath } from '../domain/known-names.ts';
import type { MailstoreCommand } from '../domain/mailstore-commands.ts';
import { findMailbox } from '../domain/mailstore-naming.ts';
import type { Mailbox, MailstoreState } from '../domain/mailstore-state.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import type { MailstoreOutcome } from '../mailstores/mailstores.ts';
import type { Soon } from '../memory/soon.ts';
import type { SessionRecorder } from '../record.ts';
import { type SignedIn, subjectOf } from '../sign-in/sign-in.ts';
import type { Connection } from './connection.ts';
import type { ImapServices } from './imap-services.ts';
import { mailboxPath } from './protocol/mailbox-name.ts';
import type { OctetString } from './protocol/octet-string.ts';
import { untaggedData } from './protocol/reply.ts';
import type { Recents } from './recents.ts';
import type { Reply } from './replies.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';

/** What the client has enabled (RFC 5161). */
export interface SessionMode {
  /** UTF8=ACCEPT or IMAP4rev2. */
  utf8: boolean;
  rev2: boolean;
  /** Untagged FETCH carries MODSEQ (RFC 7162 §3.1). */
  condstore: boolean;
  /** VANISHED instead of EXPUNGE (RFC 7162 §3.2). */
  qresync: boolean;
}

/** Who is signed in, and the record of what they do. */
export interface ImapUser extends SignedIn {
  readonly recorder: SessionRecorder;
}

export type SessionState = 'notAuthenticated' | 'authenticated' | 'selected' | 'logout';

/** One client's session: what every command works on. */
export class Session {
  readonly connection: Connection;
  readonly #listener: ImapServices;
  /** Of the house that its login belongs to; before the login, of the listener's own. */
  services: ImapServices;
  readonly recents: Recents;
  readonly mode: SessionMode = { utf8: false, rev2: false, condstore: false, qresync: false };
  /** What the client says it is (ID), for the record. */
  program = '';
  user: ImapUser | null = null;
  failedLogins = 0;
  loggedOut = false;
  /** Called when something happened to the selected mailbox, while the client idles. */
  notify: (() => void) | null = null;
  /** Called by LOGIN and AUTHENTICATE with the user in place; a reply where the session may not be. */
  readonly onSignedIn: (session: Session) => Reply | null;
  #selected: SelectedMailbox | null = null;
  #unwatch: (() => void) | null = null;

  constructor(
    connection: Connection,
    services: ImapServices,
    recents: Recents,
    onSignedIn: (session: Session) => Reply | null,
  ) {
    this.connection = connection;
    this.#listener = services;
    this.services = services;
    this.recents = recents;
    this.onSignedIn = onSignedIn;
  }

  /** Every login is tried at its own house, whichever the one before it was tried at. */
  enterHouseOf(login: string): void {
    this.services = this.#listener.houseOf?.(login) ?? this.#listener;
  }

  get state(): SessionState {
    if (this.loggedOut) return 'logout';
    if (this.user === null) return 'notAuthenticated';
    return this.#selected === null ? 'authenticated' : 'selected';
  }

  get selected(): SelectedMailbox | null {
    return this.#selected;
  }

  /** Untagged data: `* ` and the line end are added. */
  tell(data: OctetString): void {
    this.connection.out.text(untaggedData(data));
  }

  /** The signed-in user; commands that need one run in no other state. */
  get owner(): ImapUser {
    if (this.user === null) throw new Error('no user in this state');
    return this.user;
  }

  /** The selected mailbox; commands that need one run in no other state. */
  get view(): SelectedMailbox {
    if (this.#selected === null) throw new Error('no mailbox in this state');
    return this.#selected;
  }

  /** Asks whether the user may do this with their own mailstore. */
  ask<A extends Act>(act: A): Permit<A> | Refusal {
    return ask(subjectOf(this.owner), act, { owner: this.owner.account });
  }

  /** The account's mailstore as of the last acknowledged event. */
  async mailstore(): Promise<MailstoreState | Refusal> {
    const permit = this.ask('readMail');
    return isRefusal(permit) ? permit : this.services.mailstores.open(permit);
  }

  /** The path that a mailbox argument means. */
  path(wire: OctetString): string | Refusal {
    return mailboxPath(wire, this.mode) ?? refuse('mailboxNameInvalid');
  }

  /** The mailbox that an argument names. */
  async mailbox(wire: OctetString): Promise<Mailbox | Refusal> {
    const path = this.path(wire);
    if (typeof path !== 'string') return path;
    const state = await this.mailstore();
    if (isRefusal(state)) return state;
    return findMailbox(state, meantPath(state, path)) ?? refuse('mailboxNotFound');
  }

  /** Runs a command on the user's mailstore; its events are durable when it resolves. */
  async execute(command: MailstoreCommand): Promise<MailstoreOutcome | Refusal> {
    const permit = this.ask('changeMail');
    return isRefusal(permit) ? permit : this.services.mailstores.execute(permit, command);
  }

  /**
   * May what the record has just been told of be shown? To be asked after it was told: others' mail must be on disk
   * there first. Waits for the record as long as that makes sense.
   */
  mayReveal(): Soon<boolean> {
    const { recorder } = this.owner;
    return recorder.mayReveal() || recorder.untilMayReveal();
  }

  select(selected: SelectedMailbox, unwatch: () => void): void {
    this.deselect();
    this.#selected = selected;
    this.#unwatch = unwatch;
  }

  deselect(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#selected = null;
  }
}
