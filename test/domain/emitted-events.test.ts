/** What the other categories emit, held against the catalogue; accounts, domains and sessions do it in their own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventTypeOf } from '../../services/domain/catalogue.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import type { DraftEvent, JsonObject } from '../../services/domain/event.ts';
import { type LedgerCommand, ledger } from '../../services/domain/ledger.ts';
import { mailstoreEvents } from '../../services/domain/mailstore.ts';
import type { MailstoreCommand } from '../../services/domain/mailstore-commands.ts';
import { renewUidValidities } from '../../services/domain/mailstore-naming.ts';
import { acceptMessage, noJudgements, signMail } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { MailstoreBench } from '../support/mailstore-bench.ts';

function assertDeclared(category: string, events: readonly DraftEvent[]): void {
  for (const event of events) assert.deepEqual(checkDraft(category, event), []);
}

describe('emitted events are what the catalogue declares', () => {
  test('of a mailstore: every type', () => {
    const bench = new MailstoreBench();
    const inbox = bench.mailbox('INBOX').id;
    bench.file(5, { flags: 8 });
    const commands: MailstoreCommand[] = [
      { kind: 'createMailbox', path: '合同/2026', role: 'none' },
      { kind: 'renameMailbox', path: '合同/2026', newPath: '2026' },
      { kind: 'subscribe', path: '2026', subscribed: false },
      { kind: 'nameKeywords', names: ['$Important'] },
      { kind: 'copy', from: inbox, uids: [1, 2], to: bench.mailbox('Archive').id },
      { kind: 'move', from: inbox, uids: [1, 2], to: bench.mailbox('Trash').id },
      { kind: 'changeFlags', mailbox: inbox, uids: [3, 5], mode: 'add', names: ['\\Seen'] },
      { kind: 'expungeDeleted', mailbox: inbox, uids: null },
      { kind: 'deleteMailbox', path: '2026' },
    ];
    for (const command of commands) assert.ok(!isRefusal(bench.run(command)), command.kind);
    const renewed = renewUidValidities(bench.state, 1_700_000_000_000);
    const events = [...bench.log, ...renewed];
    assertDeclared('mailstore', events);
    const seen = new Set(events.map(({ type }) => type));
    assert.deepEqual(
      Object.keys(mailstoreEvents).filter((type) => !seen.has(type)),
      [],
    );
  });

  test('of the ledger', () => {
    const head = {
      epoch: 1,
      size: 5,
      root: 'ab'.repeat(32),
      sealedAt: 1,
      signature: Buffer.alloc(64, 7).toString('base64'),
    };
    const commands: LedgerCommand[] = [
      { kind: 'openLog', logId: uuidOf(1), publicKey: Buffer.alloc(32, 7).toString('base64') },
      { kind: 'sealHead', ...head },
      { kind: 'restoreLog', old: head, by: 'wang', reason: 'disk lost' },
      { kind: 'noteClockStep', expectedMs: 1, observedMs: 90_000 },
    ];
    for (const command of commands) {
      const decision = ledger.decide(ledger.initial(), command);
      assert.ok(!isRefusal(decision) && decision.events.length === 1, command.kind);
      assertDeclared('ledger', decision.events);
    }
  });

  test('of a message', () => {
    const sealed = Object.keys(eventTypeOf('message', 'MessageAccepted')!.personal!).filter(
      (name) => !['trace', 'judgements'].includes(name),
    );
    const events = acceptMessage({
      source: 'smtp',
      frame: uuidOf(1),
      address: 'ab'.repeat(32),
      blobOctets: 10,
      traceText: 'Return-Path: <>\r\n',
      thread: uuidOf(2),
      submitter: null,
      normalised: false,
      recipients: [
        { account: uuidOf(3), address: 'wang@acme.example' },
        { account: null, address: 'x@outside.example' },
      ],
      mailbox: null,
      flags: 0,
      internalDateMs: 1,
      verdict: noJudgements,
      submitted: {
        account: uuidOf(3),
        email: uuidOf(4),
        identity: uuidOf(5),
        thread: uuidOf(2),
        resubmits: null,
        ordinals: [-1, 1],
        sender: 'wang@acme.example',
        recipients: ['wang@acme.example', 'x@outside.example'],
      },
      personal: Object.fromEntries(sealed.map((name) => [name, name])) as JsonObject,
    });
    assert.equal(events.length, 3);
    const signed = signMail({
      ...{ keys: uuidOf(6), octets: 1200, domain: 'acme.example', selectors: ['m-rsa'] },
      ...{ fields: 'DKIM-Signature: v=1\r\n', sha256: 'ab' },
    });
    assertDeclared('message', [...events, signed]);
  });
});
