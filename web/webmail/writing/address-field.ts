/** A field of recipients: a chip for each, completion while one types, whole lists pasted at once. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import { type Address, calledName } from '../email.ts';
import { addressLook } from './address-look.ts';
import { addressText, endsAddress, isPlausible, readAddresses, withoutRepeats } from './address-text.ts';
import type { KnownPeople } from './known-people.ts';

/** Offered at once. */
const maxOffers = 6;
const pauseMs = 200;

export class AddressField extends PageElement {
  static override properties = {
    label: {},
    people: { attribute: false },
    refused: { attribute: false },
    fault: {},
    known: { attribute: false },
    typed: { state: true },
    marked: { state: true },
  };
  static override styles = [PageElement.styles, addressLook];
  declare label: string;
  declare people: readonly Address[];
  /** Addresses that the server does not take. */
  declare refused: readonly string[];
  /** What is wrong with the whole; empty: nothing. */
  declare fault: string;
  declare known: KnownPeople;
  declare typed: string;
  /** Which of the offers Enter takes. */
  declare marked: number;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.label = '';
    this.people = [];
    this.refused = [];
    this.fault = '';
    this.typed = '';
    this.marked = 0;
  }

  override focus(): void {
    this.#input?.focus();
  }

  /** Makes chips of what is typed. */
  commit(): void {
    if (this.typed.trim() !== '') this.#add(readAddresses(this.typed));
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input');
  }

  get #offers(): readonly Address[] {
    const taken = new Set(this.people.map(({ email }) => email.toLowerCase()));
    return this.known
      .matching(this.typed, maxOffers + taken.size)
      .filter(({ email }) => !taken.has(email.toLowerCase()))
      .slice(0, maxOffers);
  }

  #tell(people: readonly Address[]): void {
    this.dispatchEvent(new CustomEvent('people', { detail: people }));
  }

  #add(people: readonly Address[]): void {
    this.typed = '';
    this.marked = 0;
    if (this.#input) this.#input.value = '';
    this.#tell(withoutRepeats([...this.people, ...people]));
  }

  #remove(index: number): void {
    this.#tell(this.people.filter((_, i) => i !== index));
    this.focus();
  }

  /** A chip becomes text again, to be mended. */
  #mend(index: number): void {
    const person = this.people[index];
    const input = this.#input;
    if (!person || !input) return;
    this.commit();
    this.#tell(this.people.filter((each) => each !== person));
    this.typed = addressText(person);
    input.value = this.typed;
    input.focus();
  }

  #onInput(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    if ((event as InputEvent).isComposing) return;
    this.typed = value;
    this.marked = 0;
    if (endsAddress(value)) this.commit();
    else this.#lookUpSoon();
  }

  /** When the typing pauses. */
  #lookUpSoon(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(async () => {
      if (await this.known.lookUp(this.typed)) this.requestUpdate();
    }, pauseMs);
  }

  #onPaste(event: ClipboardEvent): void {
    const people = readAddresses(event.clipboardData?.getData('text/plain') ?? '');
    if (people.length === 0 || (people.length === 1 && !isPlausible(people[0]!))) return;
    event.preventDefault();
    this.#add(people);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const offers = this.#offers;
    const handled = this.#keyHandled(event.key, offers);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #keyHandled(key: string, offers: readonly Address[]): boolean {
    const step = ({ ArrowDown: 1, ArrowUp: -1 } as Readonly<Record<string, number>>)[key];
    if (step !== undefined && offers.length > 0) {
      this.marked = (this.marked + step + offers.length) % offers.length;
      return true;
    }
    if (key === 'Enter' || (key === 'Tab' && this.typed.trim() !== '')) {
      const offer = offers[this.marked];
      if (offer) this.#add([offer]);
      else this.commit();
      // Tab goes on to the next field once its address stands.
      return key === 'Enter';
    }
    if (key === 'Escape' && this.typed !== '') {
      this.typed = '';
      if (this.#input) this.#input.value = '';
      return true;
    }
    if (key === 'Backspace' && this.typed === '' && this.people.length > 0) {
      this.#tell(this.people.slice(0, -1));
      return true;
    }
    return false;
  }

  override render(): TemplateResult {
    const offers = this.#offers;
    const isOpen = offers.length > 0;
    return html`
      <div class="line" @click=${() => this.focus()}>
        <label for="typed">${this.label}</label>
        <div class="chips">
          ${this.people.map((person, i) => this.#chip(person, i))}
          <input
            id="typed"
            autocomplete="off"
            spellcheck="false"
            role="combobox"
            aria-expanded=${isOpen}
            aria-controls="offers"
            aria-autocomplete="list"
            aria-activedescendant=${isOpen ? `offer-${this.marked}` : nothing}
            aria-invalid=${this.fault !== ''}
            aria-describedby=${this.fault === '' ? nothing : 'fault'}
            @input=${this.#onInput}
            @compositionend=${this.#onInput}
            @keydown=${this.#onKey}
            @paste=${this.#onPaste}
            @blur=${this.commit}
          />
        </div>
        <slot></slot>
      </div>
      <ul id="offers" role="listbox" aria-label=${this.label} ?hidden=${!isOpen}>
        ${offers.map((person, i) => this.#offer(person, i))}
      </ul>
      <p id="fault" class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
    `;
  }

  #chip(person: Address, index: number): TemplateResult {
    const { words } = this;
    const isRefused = this.refused.some((each) => each.toLowerCase() === person.email.toLowerCase());
    const isWrong = isRefused || !isPlausible(person);
    const name = calledName(person);
    return html`<span class="chip ${isWrong ? 'wrong' : ''}" title=${isWrong ? words.wrongAddress(person.email) : addressText(person)}>
      <button class="name cut" aria-label=${isWrong ? words.wrongAddress(person.email) : words.mendAddress(name)} @click=${() => this.#mend(index)}>${name}</button>
      <button class="remove" aria-label=${words.removeAddress(name)} @click=${() => this.#remove(index)}>${icon('close')}</button>
    </span>`;
  }

  /** Chosen before the field loses its focus to the click. */
  #offer(person: Address, index: number): TemplateResult {
    return html`<li
      id="offer-${index}"
      role="option"
      aria-selected=${index === this.marked}
      @mousedown=${(event: Event) => {
        event.preventDefault();
        this.#add([person]);
      }}
    >
      <span class="cut">${calledName(person)}</span>
      ${person.name ? html`<small class="cut">${person.email}</small>` : nothing}
    </li>`;
  }
}

customElements.define('address-field', AddressField);
