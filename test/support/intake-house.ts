/** The intake over a real keeper thread, log, keys and volumes in a folder of its own; the scanner on this thread. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { combine } from '../../policies/rule-language/verdict.ts';
import { readBlob } from '../../services/blob-store/read-blob.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import type { Intake } from '../../services/intake.ts';
import {
  createIntake,
  defaultIntakeSettings,
  type IntakeParts,
  type IntakeSettings,
} from '../../services/keep-mail.ts';
import { RuleChanges } from '../../services/rules/mail-changes.ts';
import { InProcessScanner } from '../../services/threads/scanner-in-process.ts';
import { uuidOf } from './given-when-then.ts';
import { type KeptStores, openKeptStores } from './kept-stores.ts';

export class IntakeHouse {
  readonly stores: KeptStores;
  readonly parts: IntakeParts;
  readonly #folder: string;

  /** `uuidOf(1)` may send as wang@acme.example, nobody as anything else. */
  static async open(): Promise<IntakeHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'muniment-intake-'));
    const stores = await openKeptStores(folder);
    const addressKey = await stores.keys.ensure('secret-address');
    const house = new IntakeHouse(folder, stores, {
      scanner: new InProcessScanner({ addressKey, incoming: stores.blobs.incoming }),
      keys: stores.keys,
      blobs: stores.blobs,
      dispatcher: new Dispatcher(stores.events, { epoch: 1 }),
      filing: { sending: () => () => {} },
      directory: {
        maySendAs: async (account, address) => account === uuidOf(1) && address === 'wang@acme.example',
      },
      rules: { judge: async ({ recipients }) => combine([], recipients.length) },
      origins: { begin: () => null },
      holder: { holdOf: async () => null },
      supervision: { copiesOf: async () => [] },
      changes: new RuleChanges(stores.keys),
      notices: { noticesOf: async () => [] },
      freeSpace: { isLow: () => false },
      settings: { ...defaultIntakeSettings, hostname: 'mx.acme.example' },
    });
    await house.#openLog();
    return house;
  }

  private constructor(folder: string, stores: KeptStores, parts: IntakeParts) {
    this.#folder = folder;
    this.stores = stores;
    this.parts = parts;
  }

  intakeWith(changed: Partial<IntakeParts> = {}, settings: Partial<IntakeSettings> = {}): Promise<Intake> {
    return createIntake({ ...this.parts, ...changed, settings: { ...this.parts.settings, ...settings } });
  }

  /** Events of a message, with their personal parts. */
  async eventsOf(message: string): Promise<LoggedEvent[]> {
    const events = await this.stores.events.readStream(`message-${message}`, 0, 100);
    await this.stores.events.prepare(events);
    return events;
  }

  /** The blob of a message, as its own key opens it. */
  async blobOf(message: string): Promise<Buffer> {
    const [accepted] = await this.eventsOf(message);
    const frame = accepted!.data['frame'] as string;
    const key = await this.stores.keys.frameKey(frame, message);
    assert.ok(key, 'the message holds the frame');
    return Buffer.from(await readBlob(this.stores.blobs, frame, key));
  }

  async close(): Promise<void> {
    await this.stores.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** Volumes take the log's id from its first record. */
  async #openLog(): Promise<void> {
    const kinds = {
      format: 1,
      hashing: 'sha256',
      tree: 'rfc9162',
      signing: 'ed25519',
      sealing: 'aes-256-gcm',
    };
    const data = { logId: uuidOf(99), ...kinds, publicKey: 'A'.repeat(44) };
    const opened = { type: 'LogOpened', version: 1, data, personal: null };
    const context = { actor: 'system', cause: null, now: Date.now() } as const;
    await this.parts.dispatcher.appendResolved(`ledger-${uuidOf(99)}`, 'absent', [opened], context);
  }
}
