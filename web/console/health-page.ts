/** How the server is doing: each part in words, mail per day and the age of the queue as charts. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { momentText, sizeText } from '../i18n/dates.ts';
import { language } from '../i18n/language.ts';
import './bar-chart.ts';
import { LoadingElement } from './loading-element.ts';

type HealthReport = Answered<'GET /api/health'>;
type Figures = Answered<'GET /api/statistics/mail'>;

const days = 30;
const dayMs = 86_400_000;

export class HealthPage extends LoadingElement {
  static override styles = [
    ...LoadingElement.styles,
    css`
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
        gap: var(--gap-4);
        margin: var(--gap-4) 0;
      }
      .part p {
        margin: 0;
      }
      .part .badge {
        border-radius: var(--radius);
        white-space: normal;
      }
      .charts {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
        align-items: start;
        gap: var(--gap-4);
      }
      @media (max-width: 64rem) {
        .charts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  #report: HealthReport | null = null;
  #figures: Figures | null = null;

  protected override async fetch(): Promise<void> {
    const query = { days, offsetMinutes: -new Date().getTimezoneOffset() };
    [this.#report, this.#figures] = await Promise.all([
      ask('GET /api/health', {}),
      ask('GET /api/statistics/mail', { query }),
    ]);
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const report = this.#report!;
    const whole = { ok: say.healthOk, degraded: say.healthDegraded, red: say.healthRed }[report.state];
    return html`
      <h1>${say.health}</h1>
      <p class="about">${whole} · ${say.checkedAt(momentText(report.checkedAtMs))}</p>
      <div class="parts">${this.#parts(report)}</div>
      <div class="charts">
        <section class="panel padded stack">
          <h2>${say.mailPerDay}</h2>
          ${this.#mailPerDay()}
        </section>
        <section class="panel padded stack">
          <h2>${say.queueAge}</h2>
          ${this.#queueAge()}
        </section>
      </div>
      <div class="tools"><button @click=${() => this.load()}>${say.lookAgain}</button></div>
    `;
  }

  #parts({ projections, recorder, reactions, disk, ledger, mail }: HealthReport): TemplateResult[] {
    const { say } = this;
    const lag = Math.max(0, ...projections.each.map((each) => each.lagPositions ?? 0));
    const failing = reactions.each.filter(({ state }) => state === 'failing').length;
    const work = failing > 0 ? say.reactionsFailing(failing) : say.reactionsRunning(reactions.each.length);
    const messages = new Intl.NumberFormat(language()).format(mail.messages ?? 0);
    const parts: readonly [string, HealthReport['state'], string][] = [
      [say.partMailTitle, mail.state, say.mailTotals(messages, mail.stuck ?? 0)],
      [say.partProjectionsTitle, projections.state, say.lag(lag)],
      [say.partRecorderTitle, recorder.state, say.waitingFacts(recorder.waitingFacts)],
      [say.partReactionsTitle, reactions.state, work],
      [say.partDiskTitle, disk.state, say.freeDisk(sizeText(disk.freeOctets ?? 0))],
      [say.partLedgerTitle, ledger.state, say.unsealed(ledger.unsealedLeaves)],
    ];
    return parts.map(([title, state, text]) => {
      const look = { ok: 'good', degraded: 'waiting', red: 'bad' }[state];
      const said = { ok: say.healthOk, degraded: say.healthDegraded, red: say.healthRed }[state];
      return html`<section class="panel padded part stack">
        <h2>${title}</h2>
        <p>${text}</p>
        ${state === 'ok' ? nothing : html`<p><span class="badge ${look}">${said}</span></p>`}
      </section>`;
    });
  }

  #mailPerDay(): TemplateResult {
    const { say } = this;
    const counted = new Map(this.#figures!.days.map((row) => [row.day, row]));
    if (counted.size === 0)
      return html`<empty-state picture="envelope" .heading=${say.noMailYet} .text=${say.noMailYetNext}></empty-state>`;
    const short = new Intl.DateTimeFormat(language(), { month: 'numeric', day: 'numeric' });
    const columns = Array.from({ length: days }, (_, i) => {
      const at = new Date(Date.now() - (days - 1 - i) * dayMs);
      const { received = 0, sent = 0 } = counted.get(dayText(at)) ?? {};
      return { label: short.format(at), first: received, second: sent };
    });
    return html`<bar-chart
      .heading=${say.mailPerDay}
      .columns=${columns}
      .firstName=${say.received}
      .secondName=${say.sentMail}
    ></bar-chart>`;
  }

  #queueAge(): TemplateResult {
    const { say } = this;
    const { queue } = this.#figures!;
    if (queue.every(({ count }) => count === 0))
      return html`<empty-state picture="sent" .heading=${say.emptyQueue} .text=${say.emptyQueueNext}></empty-state>`;
    const columns = queue.map(({ upToMs, count }) => ({ label: this.#age(upToMs), first: count, second: 0 }));
    return html`<bar-chart .width=${400} .heading=${say.queueAge} .columns=${columns} .firstName=${say.queue}></bar-chart>`;
  }

  #age(upToMs: number | null): string {
    const { say } = this;
    if (upToMs === null) return say.longer;
    const minutes = upToMs / 60_000;
    return minutes < 60 ? say.upToMinutes(minutes) : say.upToHours(minutes / 60);
  }
}

/** As the server writes it, in the reader's zone. */
function dayText(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

customElements.define('health-page', HealthPage);
