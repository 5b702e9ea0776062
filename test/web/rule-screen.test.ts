/** The rules of the console in a real browser before the real server: written in the form, tried, published, taken back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';
import { type Browser, startBrowser, type WatchedPage } from './chromium.ts';
import { type Firm, openFirm, signInConsole } from './console-firm.ts';

describe('the rules of the console', { skip: missing('chromium'), timeout: 180_000 }, () => {
  let firm: Firm;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-rules-'));
    firm = await openFirm();
    browser = await startBrowser(firm.server);
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    await signInConsole(page, 'admin');
  });

  after(async () => {
    await browser?.close();
    await firm?.server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const said = (text: string | RegExp) => page.locator('.said', { hasText: text }).waitFor();
  const field = (part: string, name: string): Locator =>
    page.locator(`rule-form ${part} rule-field[data-field=${name}]`);
  const publish = () => page.locator('rule-editor button[data-what=publish]').click();
  const begin = async (): Promise<void> => {
    await page.goto('/console/#/rules');
    await page.locator('rules-page button[data-what=add]').click();
    await page.locator('rule-form').waitFor();
  };
  /** The rule as the server has it. */
  const published = async (name: string) => {
    const { items } = await firm.admin.ask('listRules');
    const { rule } = items.find((each) => each.name === name)!;
    const { versions } = await firm.admin.ask('showRule', { params: { rule } });
    return { version: versions[0]!.version, rule: JSON.parse(versions[0]!.text) };
  };

  test('what is missing is said at the field, and so is what the server finds wrong', async () => {
    await begin();
    await publish();
    await field('', 'name').locator('.wrong', { hasText: 'This is needed' }).waitFor();
    assert.equal(await field('', 'name').locator('input').getAttribute('aria-invalid'), 'true');
    await page.waitForFunction(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active?.getAttribute('name') === 'name';
    });
    await field('', 'name').locator('input').fill('Names that are nobody');
    await field('', 'reason').locator('textarea').fill('To see what is said.');
    await field('[data-part=scope]', 'people').locator('textarea').fill('nobody@acme.example');
    await publish();
    await field('[data-part=scope]', 'people')
      .locator('.wrong', { hasText: 'nobody@acme.example' })
      .waitFor();
    watched.faults.splice(0);
  });

  test('APR-03: a preset becomes a rule that holds contracts, and is tried on a mail before', async () => {
    await begin();
    await page.locator('rule-editor select[name=preset]').selectOption('contracts');
    await field('', 'owner').locator('input').fill(addressOf('li'));
    await field('[data-part=when]', 'words').locator('textarea').fill('price list\nquotation');
    await field('', 'name').locator('input').fill('Price lists wait');
    await field('[data-part=actions]', 'reviewer').locator('select').selectOption('');
    await field('[data-part=actions]', 'reviewer').locator('input').fill(addressOf('li'));
    const mail = join(folder, 'offer.eml');
    await writeFile(
      mail,
      `From: ${addressOf('wang')}\r\nTo: b@outside.example\r\nSubject: Our price list of May\r\n\r\nx\r\n`,
    );
    await page.locator('rule-trial input[type=file]').setInputFiles(mail);
    const outcome = page.locator('rule-trial [data-outcome=hit]');
    await outcome.locator('mark', { hasText: 'price list' }).waitFor();
    assert.match((await outcome.textContent())!, /Our\s*price list\s*of May/);
    await publish();
    await said('version 1');
    const { rule } = await published('Price lists wait');
    assert.deepEqual(rule.when.words, ['price list', 'quotation']);
    assert.deepEqual(rule.scope, { direction: 'sent', traffic: 'external' });
    assert.equal(rule.actions[0].reviewer, addressOf('li'));
  });

  test('conditions are joined, turned around and excepted, and times set; the JSON goes along both ways', async () => {
    const when = page.locator('rule-form [data-part=when]');
    await when.locator('> div button[data-what=add-condition]').click();
    const second = when.locator('condition-editor condition-editor').nth(1);
    await second.locator('select[name=kind]').first().selectOption('size');
    await second.locator('rule-field[data-field=overOctets] input').fill('100');
    await second.locator('select[name=kind]').first().selectOption('not');
    await page.locator('button[data-what=add-exception]').click();
    const except = page.locator('rule-form [data-part=except]');
    await except.locator('select[name=kind]').selectOption('time');
    await except.locator('rule-field[data-field=from] input').fill('09:00');
    await except.locator('rule-field[data-field=until] input').fill('18:00');
    await except.locator('rule-field[data-field=zone] input').fill('Asia/Shanghai');
    await except.locator('input[value=mon]').check();
    await field('[data-part=validity]', 'end').locator('input').fill('2030-01-31T18:00');
    await field('[data-part=validity]', 'undecidable').locator('select').selectOption('deliver');
    await page.locator('button[data-what=add-action]').click();
    const added = page.locator('rule-form action-editor').nth(1);
    await added.locator('select[name=do]').selectOption('copyToSupervisors');
    await added.locator('rule-field[data-field=reviewWithinHours] input').fill('24');
    await page.locator('button[data-what=json]').click();
    const json = page.locator('textarea[name=json]');
    const shown = JSON.parse(await json.inputValue());
    assert.deepEqual(shown.when.all[1], { not: { test: 'size', overOctets: 100 } });
    await json.fill('{"name":');
    await json.blur();
    await page.getByText('This is no JSON object').waitFor();
    assert.equal(await page.locator('button[data-what=publish]').isDisabled(), true);
    await json.fill(JSON.stringify({ ...shown, reason: 'Prices are secret.' }));
    await json.blur();
    assert.equal(await field('', 'reason').locator('textarea').inputValue(), 'Prices are secret.');
    await publish();
    await said('version 2');
    const { rule } = await published('Price lists wait');
    assert.deepEqual(rule.except, [
      { test: 'time', from: '09:00', until: '18:00', zone: 'Asia/Shanghai', days: ['mon'] },
    ]);
    assert.deepEqual(rule.actions[1], { do: 'copyToSupervisors', reviewWithinHours: 24 });
    assert.deepEqual([rule.end, rule.undecidable], ['2030-01-31T10:00:00.000Z', 'deliver']);
  });

  test('its history is read in words, and the version before is back by one click', async () => {
    const diff = page.locator('rule-page pre');
    await diff.locator('.added', { hasText: 'Prices are secret.' }).waitFor();
    await diff.locator('.added', { hasText: 'More octets than: 100' }).waitFor();
    await page.locator('rule-page button[data-what=restore-before]').click();
    await said('version 3');
    const { rule } = await published('Price lists wait');
    assert.equal(rule.except, undefined);
    await page.locator('rule-page li', { hasText: 'text of version 1' }).waitFor();
  });

  test('MON-04: leaders see the mail of their people by a preset', async () => {
    await begin();
    await page.locator('rule-editor select[name=preset]').selectOption('supervision');
    await publish();
    await said('version 1');
    const { rule } = await published('Leaders see their people’s mail');
    assert.deepEqual(rule.actions, [{ do: 'copyToSupervisors', to: ['leader'], reviewWithinHours: 40 }]);
    await page.locator('rule-page button[data-what=withdraw]').click();
    await page.locator('rule-page form-dialog [name=reason]').fill('tried');
    await page.locator('rule-page form-dialog button.danger').click();
    await page.locator('rule-page .badge', { hasText: 'Withdrawn' }).waitFor();
  });

  test('a rule is tried on the last 30 days, and what the log cannot tell is said', async () => {
    await page.goto(`/console/#/rules/${firm.rule}`);
    await page.locator('rule-page h1', { hasText: '合同不外发' }).waitFor();
    await page.locator('dry-run button[data-what=dry-run]').click();
    await page.locator('[data-what=dry-run-result]', { hasText: 'applied to 1 of' }).waitFor();
    await page.locator('dry-run a', { hasText: '采购合同' }).waitFor();
  });

  test('on an accepted mail of somebody else only behind a reason', async () => {
    await page.locator('rule-trial input[name=subject]').fill('采购合同');
    await page.locator('rule-trial button[data-what=find]').click();
    await page.locator('rule-trial button[data-what=try]').first().click();
    await page.locator('rule-trial a', { hasText: 'Open it with a reason first' }).waitFor();
    watched.faults.splice(0);
    const auditor = await browser.page();
    await signInConsole(auditor.page, 'chen');
    await auditor.page.goto(`/console/#/rules/${firm.rule}`);
    await auditor.page.locator('rule-page pre').waitFor();
    assert.equal(await auditor.page.locator('rule-editor').count(), 0);
    assert.deepEqual(auditor.faults, []);
    await auditor.close();
  });

  test('it is written with the keys alone', async () => {
    await begin();
    await page.locator('rule-editor select[name=preset]').focus();
    await page.keyboard.press('m');
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return (active as HTMLElement | null)?.dataset['what'] ?? '';
      });
      if (name === 'publish') break;
    }
    await page.keyboard.press('Enter');
    await said('version 1');
    await published('Many recipients wait for approval');
  });

  test('nothing went wrong on the way', () => assert.deepEqual(watched.faults, []));
});
