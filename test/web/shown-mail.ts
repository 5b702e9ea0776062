/** What the reading pane shows of one mail. */
import type { Page } from 'playwright-core';

export interface ShownMail {
  readonly subject: string;
  readonly from: string;
  readonly text: string;
  readonly attachments: readonly string[];
}

/** Opens it and waits until its text is there. */
export async function shownMail(page: Page, id: string): Promise<ShownMail> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/mail/inbox/${id}`);
  const view = page.locator(`mail-view[data-id="${id}"]`);
  await view.locator('mail-body').waitFor();
  await view.locator('mail-body[data-shown]').waitFor();
  const frame = view.locator('mail-body iframe');
  const text =
    (await frame.count()) > 0
      ? await view.frameLocator('mail-body iframe').locator('body').innerText()
      : await view.locator('mail-body').locator('.text, .none').innerText();
  return {
    subject: await page.locator('subject-heading h1').innerText(),
    from: await view.locator('.from').first().innerText(),
    text,
    attachments: await view.locator('attachment-list .name .cut').allInnerTexts(),
  };
}
