/** Rules from being published to what they do to a mail: over the real intake, log, keys and volumes. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ask, type Subject } from '../../../policies/access.ts';
import { Holding } from '../../../services/approvals/holding.ts';
import { Reviewers } from '../../../services/approvals/reviewers.ts';
import { Administration } from '../../../services/directory/administration.ts';
import { createDirectory } from '../../../services/directory/directory.ts';
import { Rosters } from '../../../services/directory/roster.ts';
import type { Dispatcher } from '../../../services/dispatch.ts';
import { checkDraft } from '../../../services/domain/check-draft.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import { isRefusal, type Refusal, Refused } from '../../../services/domain/refusals.ts';
import { rule } from '../../../services/domain/rule.ts';
import type { AcceptedMail, IncomingMail, Intake, IntakePermit } from '../../../services/intake.ts';
import { ActiveRules } from '../../../services/rules/active-rules.ts';
import { MailRules } from '../../../services/rules/mail-rules.ts';
import { RuleAdministration } from '../../../services/rules/rule-administration.ts';
import { RuleNotices } from '../../../services/rules/rule-notices.ts';
import { maxSupervisors, Supervisors } from '../../../services/supervision/supervisors.ts';
import { Tags } from '../../../services/tags.ts';
import { InProcessTextReader } from '../../../services/threads/text-in-process.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { IntakeHouse } from '../../support/intake-house.ts';

const organisation = uuidOf(77);
const contracts = { test: 'text', in: ['subject', 'body', 'attachments'], words: ['合同'] };

let house: IntakeHouse;
let dispatcher: Dispatcher;
let administration: Administration;
let active: ActiveRules;
let rules: RuleAdministration;
let intake: Intake;
let wang: string;
let li: string;
const troubles: string[] = [];

before(async () => {
  house = await IntakeHouse.open();
  dispatcher = house.parts.dispatcher as Dispatcher;
  const tags = await Tags.load(house.stores.keys);
  administration = new Administration(dispatcher, tags, organisation);
  const onTrouble = (error: unknown) => troubles.push((error as Error).message);
  active = new ActiveRules(dispatcher, onTrouble);
  const rosters = new Rosters(dispatcher, tags, organisation);
  const directory = createDirectory(dispatcher, tags, organisation);
  const reviewers = new Reviewers({ dispatcher, directory, organisation });
  const supervisors = new Supervisors({ dispatcher, directory, organisation });
  const notices = new RuleNotices({ dispatcher, directory, organisation });
  rules = new RuleAdministration(dispatcher, active, rosters, {
    reviewers,
    supervisors,
    notified: notices,
  });
  const texts = new InProcessTextReader();
  intake = await house.intakeWith(
    {
      rules: new MailRules({ active, rosters, texts, dispatcher, onTrouble }),
      holder: new Holding(dispatcher, organisation, reviewers),
      supervision: supervisors,
      notices,
    },
    { headerSenderMustMatch: false },
  );
  await administration.addDomain('acme.example', 'operator');
  const plain = { password: null, realName: '', quotaOctets: 0, roles: [] };
  wang = await administration.addAccount({ ...plain, address: 'wang@acme.example' }, 'operator');
  li = await administration.addAccount({ ...plain, address: 'li@acme.example' }, 'operator');
});
after(() => house.close());

function ruleText(changed: Record<string, unknown>): string {
  return JSON.stringify({
    name: '合同',
    reason: 'nobody sends contracts out',
    owner: 'li@acme.example',
    scope: { direction: 'sent', traffic: 'external' },
    actions: [{ do: 'refuse', text: '合同不可外发' }],
    when: contracts,
    ...changed,
  });
}

/** Published for as long as `during` runs. */
async function withRule(
  changed: Record<string, unknown>,
  during: (id: string) => Promise<void>,
): Promise<void> {
  const published = await rules.publish(ruleText(changed), null, null, 'operator');
  await during(published.rule).finally(() => rules.withdraw(published.rule, 'the test is over', 'operator'));
}

async function refused(action: Promise<unknown>, code: string, detail?: string): Promise<void> {
  await assert.rejects(action, (error) => {
    assert.ok(error instanceof Refused, String(error));
    assert.deepEqual([error.refusal.refused, error.refusal.detail], [code, detail]);
    return true;
  });
}

async function submit(mail: string, changed: Partial<IncomingMail> = {}, by: string | null = wang) {
  const subject: Subject =
    by === null ? { kind: 'anybody' } : { kind: 'account', account: by, roles: ['staff'] };
  const permit = ask(subject, by === null ? 'handInMail' : 'sendMail', { owner: by }) as IntakePermit;
  const arrival = intake.begin(permit);
  await arrival.write(Buffer.from(mail));
  return arrival.finish({
    source: by === null ? 'smtp' : 'submission',
    returnPath: by === null ? 'buyer@outside.example' : 'wang@acme.example',
    recipients: [{ account: null, address: 'buyer@outside.example' }],
    submitterAddress: by === null ? null : 'wang@acme.example',
    peer: { address: '192.0.2.1', helo: 'pc', with: 'ESMTPSA', tls: null },
    mailbox: null,
    flags: 0,
    internalDateMs: null,
    normalised: false,
    ...changed,
  });
}

function codeOf(outcome: AcceptedMail | Refusal): string {
  return isRefusal(outcome) ? outcome.refused : 'accepted';
}

/** The last `MessageRefused` of the log. */
async function lastRefused(): Promise<LoggedEvent> {
  const events = await house.stores.events.readAll(-1, 10_000);
  const found = events.findLast(({ type }) => type === 'MessageRefused')!;
  await house.stores.events.prepare([found]);
  return found;
}

const plainContract = 'Subject: =?utf-8?B?5ZCI5ZCM?=\r\n\r\nhello\r\n';
const harmless = 'Subject: hello\r\n\r\nhello\r\n';

describe('until it is known which rules there are', () => {
  test('mail is told to come back', async () => {
    assert.deepEqual(await submit(harmless), { refused: 'ruleUndecided' });
    await active.load([]);
    assert.equal(codeOf(await submit(harmless)), 'accepted');
  });
});

describe('publishing', () => {
  test('a text that is no rule, a sample that fails, a name that is nobody', async () => {
    const publish = (changed: Record<string, unknown>) =>
      rules.publish(ruleText(changed), null, null, 'operator');
    await refused(
      publish({ when: 7, owner: 'li' }),
      'ruleMalformed',
      'when: must be a condition: an object with test, all, any or not; owner: li is not an address',
    );
    const sample = { mail: { sender: 'a@acme.example', recipients: ['b@c.example'] }, expect: 'hit' };
    await refused(publish({ samples: [sample] }), 'ruleSampleFailed', 'samples › 1: is passed, not hit');
    const hold = {
      do: 'holdForApproval',
      reviewer: 'li@acme.example',
      deadlineHours: 8,
      atDeadline: 'return',
    };
    await refused(
      publish({ actions: [{ ...hold, reviewer: 'nobody@acme.example', deputy: 'left@acme.example' }] }),
      'ruleNameUnknown',
      'nobody@acme.example; left@acme.example',
    );
    await refused(
      publish({
        scope: {
          people: ['nobody@acme.example'],
          groups: ['wang@acme.example'],
          departments: ['销售'],
          domains: ['other.example'],
        },
      }),
      'ruleNameUnknown',
      'other.example; 销售; nobody@acme.example; wang@acme.example',
    );
    await refused(publish({ owner: 'x@outside.example' }), 'ruleNameUnknown', 'x@outside.example');
    await refused(publish({ end: '2020-01-01T00:00:00Z' }), 'ruleEnded');
    await refused(rules.publish(ruleText({}), uuidOf(5), null, 'operator'), 'ruleNotFound', uuidOf(5));
    assert.equal(codeOf(await submit(plainContract)), 'accepted');
  });

  test('a rule that leads to more supervisors than a mail has room for is refused in words', async () => {
    const members: string[] = [];
    for (let i = 0; i <= maxSupervisors; i++) {
      const address = `watch${i}@acme.example`;
      await administration.addAccount(
        { password: null, realName: '', quotaOctets: 0, roles: [], address },
        'operator',
      );
      members.push(address);
    }
    await administration.addGroup('many@acme.example', members, 'operator');
    const actions = [{ do: 'copyToSupervisors', to: ['many@acme.example', 'watch0@acme.example'] }];
    await refused(
      rules.publish(ruleText({ actions }), null, null, 'operator'),
      'ruleMalformed',
      'actions › 1 › to: leads to 201 people: a mail has at most 200',
    );
    await withRule({ actions: [{ do: 'copyToSupervisors', to: ['watch0@acme.example'] }] }, async () => {});
  });

  test('the same text again is no new version; another one follows the first', async () => {
    await withRule({}, async (id) => {
      assert.deepEqual(await rules.publish(ruleText({}), id, null, 'operator'), {
        rule: id,
        version: 1,
        isNew: false,
      });
      const second = await rules.publish(ruleText({ reason: 'another' }), id, null, 'operator');
      assert.deepEqual(second, { rule: id, version: 2, isNew: true });
      const [first, ...more] = await house.stores.events.readStream(`rule-${id}`, 0, 10);
      await house.stores.events.prepare([first!]);
      assert.deepEqual(checkDraft('rule', first!), []);
      assert.equal(JSON.parse(first!.personal!['text'] as string).name, '合同');
      assert.equal(more.length, 1);
    });
  });
});

describe('a mail that a rule refuses', () => {
  test('is not kept; its sender reads the text; who was refused what and why is in the log', async () => {
    await withRule({}, async (id) => {
      const frames = readdirSync(house.stores.blobs.incoming).length;
      assert.deepEqual(await submit(plainContract), { refused: 'refusedByRule', notice: '合同不可外发' });
      const event = await lastRefused();
      assert.deepEqual(checkDraft('message', event), []);
      const { rules: said, ruleVersions, submitter, recipients } = event.data;
      assert.deepEqual([said, ruleVersions, submitter, recipients], [[id], [1], wang, 1]);
      const { judgements, subject, recipients: addresses } = event.personal as Record<string, never>;
      assert.deepEqual([subject, addresses], ['合同', ['buyer@outside.example']]);
      assert.deepEqual(judgements, [
        {
          name: '合同',
          outcome: 'hit',
          disposition: 'refuse',
          actions: ['refuse'],
          recipients: [0],
          missing: [],
          reasons: [
            {
              at: 'when',
              test: 'text',
              count: 1,
              places: [{ in: 'subject', part: '', start: 0, end: 2, found: '合同' }],
            },
          ],
        },
      ]);
      assert.equal(readdirSync(house.stores.blobs.incoming).length, frames);
    });
    assert.equal(codeOf(await submit(plainContract)), 'accepted', 'withdrawn');
  });

  test('is found by what its body and its attachments say', async () => {
    await withRule({}, async () => {
      const gb = Buffer.from('bacfcdac', 'hex').toString('base64');
      assert.equal(
        codeOf(
          await submit(
            `Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n${gb}\r\n`,
          ),
        ),
        'refusedByRule',
      );
      const attached = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/html; name=a.html\r\n\r\n<p>&#21512;&#21516;</p>\r\n--b--\r\n`;
      assert.equal(codeOf(await submit(attached)), 'refusedByRule');
      assert.equal(codeOf(await submit(harmless)), 'accepted');
    });
  });

  test('is found by the name of what a forwarded mail holds', async () => {
    const inside =
      'Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nx\r\n--i\r\nContent-Type: text/plain; name=setup.exe\r\n\r\nx\r\n--i--\r\n';
    const forwarded = `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nx\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inside}\r\n--o--\r\n`;
    await withRule({ when: { test: 'attachmentName', names: ['*.exe'] } }, async () => {
      assert.equal(codeOf(await submit(forwarded)), 'refusedByRule');
      assert.equal(codeOf(await submit(forwarded.replace('.exe', '.txt'))), 'accepted');
      assert.equal(codeOf(await submit(harmless)), 'accepted');
    });
  });

  test('is none of somebody outside the scope, and nothing that is filed or imported', async () => {
    await withRule({ scope: { people: ['wang@acme.example'], direction: 'sent' } }, async () => {
      assert.equal(codeOf(await submit(plainContract, {}, li)), 'accepted');
      assert.equal(
        codeOf(
          await submit(
            plainContract,
            { recipients: [{ account: wang, address: 'wang@acme.example' }] },
            null,
          ),
        ),
        'accepted',
      );
      assert.equal(
        codeOf(
          await submit(plainContract, { source: 'append', recipients: [{ account: wang, address: '' }] }),
        ),
        'accepted',
      );
      assert.equal(codeOf(await submit(plainContract)), 'refusedByRule');
    });
  });
});

describe('a mail that a rule lets go on', () => {
  test('keeps what the rule said of it', async () => {
    await withRule({ actions: [{ do: 'deliver' }] }, async (id) => {
      const outcome = (await submit(plainContract)) as AcceptedMail;
      const [accepted] = await house.eventsOf(outcome.message);
      assert.deepEqual(
        [accepted!.data['verdict'], accepted!.data['rules'], accepted!.data['ruleVersions']],
        ['deliver', [id], [1]],
      );
      const [judgement] = accepted!.personal!['judgements'] as Record<string, unknown>[];
      assert.deepEqual(
        [judgement!['name'], judgement!['outcome'], judgement!['actions']],
        ['合同', 'hit', ['deliver']],
      );
    });
  });
});

describe('what cannot be decided', () => {
  const locked =
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4 locked\r\n--b--\r\n';

  test('is held for the administrators, and returns to its sender where they say nothing', async () => {
    await withRule({}, async (id) => {
      const outcome = (await submit(locked)) as AcceptedMail;
      const events = await house.eventsOf(outcome.message);
      assert.deepEqual(
        events.map(({ type }) => type),
        ['MessageAccepted', 'RecipientsResolved', 'RecipientsHeld'],
      );
      const [{ data, personal }, resolved, held] = events as [LoggedEvent, LoggedEvent, LoggedEvent];
      assert.deepEqual([data['verdict'], data['rules']], ['hold', [id]]);
      assert.deepEqual((personal!['judgements'] as { missing: string[] }[])[0]!.missing, ['attachments 2']);
      assert.deepEqual(resolved.data['held'], [0, 0]);
      const { reviewer, reviewerRole, onDeadline, dueAt, octets } = held.data;
      assert.deepEqual([reviewer, reviewerRole, onDeadline], [null, 'administrator', 'return']);
      assert.ok((dueAt as number) > Date.now());
      assert.equal(octets, data['address']);
    });
  });

  test('is held on the terms of the rule where it has some', async () => {
    const hold = {
      do: 'holdForApproval',
      reviewer: 'li@acme.example',
      deadlineHours: 8,
      atDeadline: 'deliver',
    };
    await withRule({ actions: [hold] }, async () => {
      const outcome = (await submit(locked)) as AcceptedMail;
      const { data } = (await house.eventsOf(outcome.message)).at(-1)!;
      assert.deepEqual([data['reviewer'], data['onDeadline'], data['submitter']], [li, 'deliver', wang]);
    });
  });

  test('goes on where the rule says so, and is in the log', async () => {
    await withRule({ undecidable: 'deliver' }, async () => {
      const outcome = (await submit(locked)) as AcceptedMail;
      const [accepted] = await house.eventsOf(outcome.message);
      assert.equal((accepted!.personal!['judgements'] as { outcome: string }[])[0]!.outcome, 'undecidable');
    });
  });
});

describe('the rules in force', () => {
  test('follow their times', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    await withRule({ start: inAnHour }, async () =>
      assert.equal(codeOf(await submit(plainContract)), 'accepted'),
    );
    await withRule({ start: '2020-01-01T00:00:00Z', end: inAnHour }, async () => {
      assert.equal(codeOf(await submit(plainContract)), 'refusedByRule');
      assert.equal(active.at(Date.now())!.size, 1);
      assert.equal(active.at(Date.parse(inAnHour) - 1)!.size, 1);
      assert.equal(active.at(Date.parse(inAnHour))!.size, 0);
      assert.equal(active.at(Date.parse('2019-12-31T00:00:00Z'))!.size, 0);
      assert.equal(active.at(Date.now())!.size, 1);
    });
  });

  test('follow who belongs to a group', async () => {
    await administration.addGroup('sales@acme.example', ['li@acme.example'], 'operator');
    await withRule({ scope: { groups: ['sales@acme.example'] } }, async () => {
      assert.equal(codeOf(await submit(plainContract)), 'accepted');
      await administration.changeMembers(
        'addMembers',
        'sales@acme.example',
        ['wang@acme.example'],
        'operator',
      );
      assert.equal(codeOf(await submit(plainContract)), 'refusedByRule');
      await administration.removeGroup('sales@acme.example', 'operator');
      const undecided = (await submit(plainContract)) as AcceptedMail;
      const [accepted] = await house.eventsOf(undecided.message);
      assert.equal(accepted!.data['verdict'], 'hold', 'nobody knows any more whom it is about');
    });
  });

  test('follow what another process publishes', async () => {
    const id = uuidOf(500);
    const version = { text: ruleText({}), digest: 'ab'.repeat(32), startMs: null, endMs: null, samples: 0 };
    const context = { actor: 'operator', cause: null, now: Date.now() } as const;
    await dispatcher.dispatch(
      rule,
      id,
      { kind: 'publish', version, restores: null, nowMs: Date.now() },
      context,
    );
    assert.equal(codeOf(await submit(plainContract)), 'refusedByRule');
    await rules.withdraw(id, 'over', 'operator');
  });

  test('stop mail where one of them cannot be read, until it is withdrawn', async () => {
    const id = uuidOf(501);
    const version = {
      text: '{"name":"of a later version"}',
      digest: 'ab'.repeat(32),
      startMs: null,
      endMs: null,
      samples: 0,
    };
    const context = { actor: 'operator', cause: null, now: Date.now() } as const;
    troubles.length = 0;
    await dispatcher.dispatch(
      rule,
      id,
      { kind: 'publish', version, restores: null, nowMs: Date.now() },
      context,
    );
    assert.equal(codeOf(await submit(harmless)), 'ruleUndecided');
    assert.match(troubles[0]!, /^the rule \S+ cannot be read/);
    await rules.withdraw(id, 'over', 'operator');
    assert.equal(codeOf(await submit(harmless)), 'accepted');
  });
});
