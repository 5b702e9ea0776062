/** Columns over days or classes, two series above one another; the same figures as a table for whoever asks. */
import { css, html, svg, type TemplateResult } from 'lit';
import { ConsoleElement } from './console-element.ts';

export interface Column {
  readonly label: string;
  readonly first: number;
  readonly second: number;
}

const height = 200;
const foot = 24;
const left = 36;

export class BarChart extends ConsoleElement {
  static override properties = {
    heading: {},
    columns: { attribute: false },
    firstName: {},
    secondName: {},
    width: { type: Number },
  };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      .first {
        fill: var(--accent);
      }
      .second {
        fill: var(--star);
      }
      text {
        fill: var(--ink-soft);
        font-size: 11px;
      }
      line {
        stroke: var(--line);
      }
      .legend {
        display: flex;
        gap: var(--gap-4);
        margin: 0 0 var(--gap-2);
        font-size: var(--size-small);
      }
      .legend span::before {
        content: '';
        display: inline-block;
        width: 0.75rem;
        height: 0.75rem;
        margin-inline-end: var(--gap-1);
        border-radius: 2px;
        vertical-align: -0.05rem;
        background: var(--accent);
      }
      .legend span + span::before {
        background: var(--star);
      }
      summary {
        margin-top: var(--gap-3);
        color: var(--ink-soft);
        font-size: var(--size-small);
        cursor: pointer;
      }
    `,
  ];
  declare heading: string;
  declare columns: readonly Column[];
  declare firstName: string;
  /** Empty where there is one series only. */
  declare secondName: string;
  /** Of the drawing, in its own units: fewer make its letters larger. */
  declare width: number;

  constructor() {
    super();
    this.heading = '';
    this.columns = [];
    this.firstName = '';
    this.secondName = '';
    this.width = 720;
  }

  override render(): TemplateResult {
    const { columns, heading, firstName, secondName, say } = this;
    const most = niceTop(Math.max(1, ...columns.map(({ first, second }) => first + second)));
    return html`
      <p class="legend" ?hidden=${secondName === ''}><span>${firstName}</span><span>${secondName}</span></p>
      <svg viewBox="0 0 ${this.width} ${height}" role="img" aria-label=${heading}>
        ${[0, most / 2, most].map((value) => this.#line(value, most))}
        ${columns.map((column, i) => this.#column(column, i, most))}
      </svg>
      <details>
        <summary>${say.asTable}</summary>
        <table>
          <tbody>
            ${columns.map(
              ({ label, first, second }) => html`<tr>
                <td>${label}</td>
                <td>${firstName} ${first}</td>
                ${secondName === '' ? '' : html`<td>${secondName} ${second}</td>`}
              </tr>`,
            )}
          </tbody>
        </table>
      </details>
    `;
  }

  #line(value: number, most: number) {
    const y = this.#y(value, most);
    return svg`<line x1=${left} x2=${this.width} y1=${y} y2=${y} />
      <text x=${left - 6} y=${y + 4} text-anchor="end">${value % 1 === 0 ? value : ''}</text>`;
  }

  #y(value: number, most: number): number {
    return 8 + (height - foot - 8) * (1 - value / most);
  }

  #column({ label, first, second }: Column, i: number, most: number) {
    const step = (this.width - left) / this.columns.length;
    const bar = Math.min(48, step * 0.7);
    const x = left + i * step + (step - bar) / 2;
    const [base, firstTop, top] = [0, first, first + second].map((value) => this.#y(value, most)) as [
      number,
      number,
      number,
    ];
    const every = Math.ceil(this.columns.length / 8);
    return svg`<g>
      <title>${label}: ${first + second}</title>
      <rect class="first" x=${x} y=${firstTop} width=${bar} height=${base - firstTop} />
      <rect class="second" x=${x} y=${top} width=${bar} height=${firstTop - top} />
      ${i % every === 0 ? svg`<text x=${x + bar / 2} y=${height - 6} text-anchor="middle">${label}</text>` : ''}
    </g>`;
  }
}

/** 1, 2 or 5 times a power of ten, the next above. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value)!;
}

customElements.define('bar-chart', BarChart);
