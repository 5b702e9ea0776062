/** A desk: the list of one of its tabs beside what is open of it, or one after the other where it is narrow. */
import { html, nothing, type TemplateResult } from 'lit';
import '../../elements/empty-state.ts';
import { icon } from '../../elements/icon.ts';
import type { DeskMove } from '../keys.ts';
import { StoreElement } from '../store-element.ts';
import { deskColumns } from './desk-columns.ts';
import { type DeskPlace, type DeskState, maxListed } from './desk-state.ts';

/** What acts on the open mail or the selected ones: the bar itself, or a view with one. */
export interface ActBar<Act> extends HTMLElement {
  begin(act: Act): void;
}

export abstract class DeskElement<Item, Act extends string> extends StoreElement {
  static override styles = [StoreElement.styles, deskColumns];

  protected abstract get desk(): DeskState<Item, { readonly kind: string }, DeskPlace>;
  protected abstract get heading(): string;
  /** Whether several of this list are acted on at once. */
  protected abstract get isPicked(): boolean;
  /** Where one goes from a desk or a mail that has nothing to show. */
  protected abstract get homeLink(): TemplateResult;
  protected abstract tabs(): TemplateResult;
  protected abstract rows(): TemplateResult;
  protected abstract busyWords(): string;
  /** What is said where the list is empty: that it is so, what comes here, and a next step. */
  protected abstract emptyList(): TemplateResult;
  protected abstract gone(): readonly [heading: string, text: string];
  protected abstract unopened(): readonly [heading: string, text: string];
  protected abstract many(): TemplateResult;
  protected abstract whole(): TemplateResult | typeof nothing;

  perform(act: DeskMove | Act): void {
    const { desk } = this;
    switch (act) {
      case 'next':
      case 'previous': {
        const id = desk.neighbour(act === 'next' ? 1 : -1);
        return id === null ? undefined : desk.goTo(id);
      }
      case 'open': {
        const id = desk.place?.open ?? desk.neighbour(1);
        return id === null ? undefined : desk.goTo(id);
      }
      case 'back':
        return desk.goTo(null);
      case 'select':
        if (this.isPicked && desk.place?.open) desk.toggle(desk.place.open);
        return;
      default:
        this.renderRoot.querySelector<ActBar<Act>>('.side > .acts')?.begin(act as Act);
    }
  }

  override render(): TemplateResult {
    const { desk } = this;
    const isReading = desk.place?.open !== null;
    const shown = desk.selection.size > 0 ? 'choosing' : isReading ? 'reading' : '';
    return html`<div class="columns ${shown}">
      <section class="list" aria-label=${this.heading}>
        ${this.tabs()}${this.#selecting()}${this.#list()}
      </section>
      <section class="side" aria-live="off">${this.#side()}</section>
    </div>`;
  }

  /** Several at once are chosen with the boxes, or all with one button. */
  #selecting(): TemplateResult | typeof nothing {
    const { words, desk } = this;
    const items = desk.items ?? [];
    if (!this.isPicked || items.length < 2) return nothing;
    const isAny = desk.selection.size > 0;
    return html`<div class="selecting">
      <button
        class="plain"
        data-what="select-all"
        @click=${() => desk.select(isAny ? [] : items.map((item) => desk.idOf(item)))}
      >
        ${isAny ? words.clearSelection : words.selectAll}
      </button>
      <span role="status">${isAny ? words.selected(desk.selection.size) : ''}</span>
    </div>`;
  }

  #list(): TemplateResult {
    const { words, desk } = this;
    const { items, fault } = desk;
    if (items === null && fault === null)
      return html`<empty-state picture="hold" isBusy .heading=${this.busyWords()}></empty-state>`;
    if (items === null)
      return html`<empty-state picture="junk" .heading=${fault}>
        <button class="primary" @click=${() => desk.refresh()}>${words.tryAgain}</button>
      </empty-state>`;
    if (items.length === 0) return this.emptyList();
    return html`${this.rows()}
      ${items.length < maxListed ? nothing : html`<p class="more">${words.listCut(maxListed)}</p>`}`;
  }

  #side(): TemplateResult | typeof nothing {
    const { words, desk } = this;
    const { chosen, opened, items } = desk;
    if (chosen.length > 0) return this.many();
    switch (opened?.kind) {
      case 'loading':
        return html`<empty-state picture="openEnvelope" isBusy .heading=${words.loadingMail}></empty-state>`;
      case 'gone': {
        const [heading, text] = this.gone();
        return html`<empty-state picture="trash" .heading=${heading} .text=${text}>${this.homeLink}</empty-state>`;
      }
      case undefined: {
        if (items === null || items.length === 0) return nothing;
        const [heading, text] = this.unopened();
        return html`<empty-state picture="openEnvelope" .heading=${heading} .text=${text}></empty-state>`;
      }
      default:
        return html`${this.#back()}${this.whole()}`;
    }
  }

  /** On a narrow screen one sees the list or what is open. */
  #back(): TemplateResult {
    return html`<button class="plain back" data-what="back" @click=${() => this.desk.goTo(null)}>
      ${icon('back')}${this.words.backToList}
    </button>`;
  }
}
