/** Supervised mails of one tab of the desk. */
import { html } from 'lit';
import { DeskList, type DeskRow } from '../desk/desk-list.ts';
import type { Supervised, Supervision } from './supervision.ts';
import { supervisedState, supervisedTone } from './supervision-words.ts';

export class SupervisionList extends DeskList<Supervised> {
  protected override get desk(): Supervision {
    return this.store.supervision;
  }

  protected override get heading(): string {
    return this.words.supervision;
  }

  protected override rowOf(item: Supervised): DeskRow {
    const { sender, senderName, copiedAtMs, subject, rules } = item;
    return {
      who: senderName || sender,
      atMs: copiedAtMs,
      subject,
      preview: rules.filter((rule) => rule !== '').join(' · '),
      until: html`<span class=${supervisedTone(item)}>${supervisedState(item, this.words)}</span>`,
    };
  }
}

customElements.define('supervision-list', SupervisionList);
