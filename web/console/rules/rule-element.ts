/** What the parts of the form of a rule are: they show a value that lies at a place of the rule, and tell of changes to it. */
import { css } from 'lit';
import type { RuleMessages } from '../../i18n/rules/rule-words.ts';
import { ruleWords } from '../../i18n/rules/shown-words.ts';
import { ConsoleElement } from '../console-element.ts';
import { type Path, pathText } from './rule-value.ts';

/** What is wrong, by place; empty where something is missing. */
export type RuleProblems = ReadonlyMap<string, string>;

/** The value has become this. */
export class RuleChanged extends CustomEvent<unknown> {
  constructor(value: unknown) {
    super('rule-changed', { detail: value });
  }
}

export abstract class RuleElement extends ConsoleElement {
  static override properties: Record<string, object> = {
    value: { attribute: false },
    path: { attribute: false },
    problems: { attribute: false },
  };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .part {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-3);
        padding: var(--gap-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      .top {
        display: flex;
        align-items: end;
        gap: var(--gap-2);
      }
      .top label {
        flex: 1 1 auto;
        min-width: 0;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
        align-items: start;
        gap: var(--gap-3);
      }
      .wrong {
        margin: 0;
        font-size: var(--size-small);
        font-weight: 400;
        color: var(--danger);
      }
    `,
  ];
  declare value: unknown;
  declare path: Path;
  declare problems: RuleProblems;

  constructor() {
    super();
    this.path = [];
    this.problems = new Map();
  }

  get rules(): RuleMessages {
    return ruleWords();
  }

  protected change(value: unknown): void {
    this.dispatchEvent(new RuleChanged(value));
  }

  /** What is wrong there or within; null where nothing is. */
  protected problemAt(path: Path): string | null {
    const at = pathText(path);
    const found = [...this.problems].find(([place]) => place === at || place.startsWith(`${at} › `));
    return found?.[1] ?? null;
  }
}
