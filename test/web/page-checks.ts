/** What a page looks like to a picky reader, asked inside the browser. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** Elements that reach out of the window, and labels that are cut off; each by name and text. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const called = (node: Element): string =>
      `${node.localName}.${node.className} "${node.textContent?.trim().slice(0, 40)}"`;
    const visit = (root: ParentNode): void => {
      for (const node of root.querySelectorAll<HTMLElement>('*')) {
        if (node.shadowRoot) visit(node.shadowRoot);
        const box = node.getBoundingClientRect();
        if (!node.checkVisibility({ visibilityProperty: true }) || box.width === 0) continue;
        if (node.closest('.only-spoken') || node instanceof SVGElement) continue;
        if (box.right > innerWidth + 1 || box.left < -1) found.push(`outside: ${called(node)}`);
        const isLabel = ['button', 'h2', 'label', 'dt', 'select', 'small', 'kbd'].includes(node.localName);
        const isHidden = getComputedStyle(node).overflowX !== 'visible';
        if (
          (isLabel || isHidden) &&
          !node.matches('.cut, .scroller, nav, pre, input') &&
          node.scrollWidth > node.clientWidth + 1
        )
          if (getComputedStyle(node).display !== 'inline') found.push(`cut off: ${called(node)}`);
      }
    };
    visit(document);
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return found;
  });
}

/** The page's own words: texts and labels outside of what mails bring along. */
export function ownWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const words: string[] = [];
    const take = (text: string | null | undefined): void => {
      if (text?.trim()) words.push(text.trim());
    };
    const visit = (node: Node): void => {
      if (node instanceof Element) {
        if (
          node.matches(
            '.row .who, .row .subject, .row .preview, .row .pick, subject-heading, mail-body, attachment-list, .people, .folded, dd, style, option, .chip, draft-file-list, h2.cut, [translate=no]',
          )
        )
          return;
        for (const name of ['aria-label', 'title', 'placeholder'] as const) take(node.getAttribute(name));
        if (node.shadowRoot) visit(node.shadowRoot);
      }
      if (node.nodeType === Node.TEXT_NODE) take(node.textContent);
      node.childNodes.forEach(visit);
    };
    visit(document.body);
    return words;
  });
}

/** Latin words on a Chinese page, Chinese characters on an English one; names of things stay what they are. */
export function foreignWords(words: readonly string[], language: string): string[] {
  const own = words.filter(
    (text) => !/@|^https:\/\/$|^Muniment$|^\d|^English$|^Enter$|^Ctrl$|^Esc$|^Delete$|^[a-z]$/.test(text),
  );
  return own.filter((text) => (language === 'en' ? /[\u3400-\u9fff]/ : /[A-Za-z]{2}/).test(text));
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary: string }[];
}

/** Serious and critical faults of accessibility; colours and contrast among them. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(await axeSource);
  const violations = (await page.evaluate(
    'axe.run(document, {iframes: false, resultTypes: ["violations"]}).then(({violations}) => violations)',
  )) as AxeFault[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary}`),
    );
}
