/** A text as a QR code, dark on light whatever the theme: that is what cameras read. */
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { PageElement } from './page-element.ts';
import { type Modules, modulesOf } from './qr/modules.ts';

/** ISO/IEC 18004 §6.3.8. */
const quietModules = 4;

export class QrCode extends PageElement {
  static override properties = { text: {}, label: {} };
  static override styles = [
    PageElement.styles,
    css`
      svg {
        display: block;
        margin: 0 auto;
        width: min(14rem, 100%);
        background: #fff;
        border-radius: var(--radius);
      }
    `,
  ];
  declare text: string;
  /** What is said of it to whoever does not see it. */
  declare label: string;

  constructor() {
    super();
    this.text = '';
    this.label = '';
  }

  override render(): TemplateResult | typeof nothing {
    const modules = modulesOf(this.text);
    if (modules === null) return nothing;
    const size = modules.length + 2 * quietModules;
    return html`<svg role="img" aria-label=${this.label} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
      ${svg`<path fill="#000" d=${pathOf(modules)} />`}
    </svg>`;
  }
}

function pathOf(modules: Modules): string {
  return modules
    .flatMap((row, y) =>
      row.map((dark, x) => (dark ? `M${x + quietModules} ${y + quietModules}h1v1h-1z` : '')),
    )
    .join('');
}

customElements.define('qr-code', QrCode);
