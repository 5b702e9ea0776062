/** Whether a mail comes from where it says, in one line, with what was found behind it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import type { Email, Origin } from './email.ts';
import { StoreElement } from './store-element.ts';

export class OriginLine extends StoreElement {
  static override properties = { ...StoreElement.properties, mail: { attribute: false } };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        font-size: var(--size-small);
      }
      summary {
        display: flex;
        align-items: start;
        gap: var(--gap-1);
        min-height: 1.75rem;
        color: var(--ink-soft);
        cursor: pointer;
        list-style: none;
        overflow-wrap: anywhere;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary svg {
        flex: none;
        width: 1rem;
        height: 1.25rem;
      }
      .warns {
        color: var(--danger);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--gap-1) var(--gap-4);
        margin: 0 0 var(--gap-3);
        padding: var(--gap-3);
        border-radius: var(--radius);
        background: var(--page);
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare mail: Email | null;

  constructor() {
    super();
    this.mail = null;
  }

  override render(): TemplateResult | typeof nothing {
    const origin = this.mail?.authentication;
    if (!origin) return nothing;
    const { words } = this;
    const domain = origin.dmarc.domain || words.noSender;
    const said = {
      proved: words.originProved(domain),
      disproved: words.originDisproved(domain),
      unproved: words.originUnproved(domain),
      open: words.originOpen(domain),
    }[origin.verdict];
    return html`<details>
      <summary class=${origin.verdict === 'disproved' ? 'warns' : ''} data-what="origin">
        ${icon(origin.verdict === 'proved' ? 'check' : 'junk')}<span>${said}</span>
      </summary>
      <dl>${detailsOf(origin).map(([method, found]) => html`<dt>${method}</dt><dd>${found}</dd>`)}</dl>
    </details>`;
  }
}

/** Names and results of RFC 8601, which are the same in every language. */
function detailsOf({ spf, dkim, dmarc, arc }: Origin): [string, string][] {
  const signatures = dkim.signatures.map(({ result, domain, selector, reason }): [string, string] => [
    'DKIM',
    [result, [domain, selector].filter((name) => name !== '').join(' / '), reason]
      .filter((text) => text !== '')
      .join(' · '),
  ]);
  const withDomain = ({ result, domain }: { result: string; domain: string }): string =>
    domain === '' ? result : `${result} · ${domain}`;
  return [
    ['SPF', withDomain(spf)],
    ...(signatures.length > 0 ? signatures : [['DKIM', dkim.result] as [string, string]]),
    ['DMARC', [withDomain(dmarc), ...(dmarc.policy === null ? [] : [`p=${dmarc.policy}`])].join(' · ')],
    ['ARC', withDomain(arc)],
  ];
}

customElements.define('origin-line', OriginLine);
