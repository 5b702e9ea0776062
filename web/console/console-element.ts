/** What every element of the console is: with the console's words, and a way to say what went wrong or well. */
import { PageElement } from '../elements/page-element.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { consoleWords } from '../i18n/console-words.ts';
import { consoleLook } from './console-look.ts';

/** Said at the foot of the console for a moment. */
export class Said extends CustomEvent<string> {
  constructor(text: string) {
    super('said', { detail: text, bubbles: true, composed: true });
  }
}

/** One's sessions have ended, and what is said of it where one signs in again. */
export class SignedOut extends CustomEvent<string> {
  constructor(text: string) {
    super('signed-out', { detail: text, bubbles: true, composed: true });
  }
}

export abstract class ConsoleElement extends PageElement {
  static override styles = [PageElement.styles, consoleLook];

  get say(): ConsoleMessages {
    return consoleWords();
  }

  tell(text: string): void {
    this.dispatchEvent(new Said(text));
  }
}
