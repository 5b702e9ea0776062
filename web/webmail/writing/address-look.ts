/** The look of a field of recipients. */
import { css } from 'lit';

export const addressLook = css`
  :host {
    display: block;
    position: relative;
  }
  .line {
    display: flex;
    align-items: flex-start;
    gap: var(--gap-2);
    min-height: 2.5rem;
    padding: 0.3125rem var(--gap-4);
    border-bottom: 1px solid var(--line);
    cursor: text;
  }
  label {
    flex: none;
    min-width: 3.75rem;
    padding-top: 0.25rem;
    color: var(--ink-soft);
  }
  .chips {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: var(--gap-1);
    min-width: 0;
    max-height: 8.5rem;
    overflow-y: auto;
  }
  input {
    flex: 1 1 6rem;
    min-width: 4rem;
    height: 1.875rem;
    padding: 0;
    border: 0;
    outline: 0;
    background: transparent;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    height: 1.75rem;
    border-radius: 1rem;
    background: var(--selected);
  }
  .chip.wrong {
    background: var(--danger-surface);
    color: var(--danger);
    box-shadow: inset 0 0 0 1px var(--danger);
  }
  .chip button {
    min-height: 1.75rem;
    border: 0;
    background: transparent;
  }
  .chip .name {
    display: block;
    min-width: 0;
    padding: 0 0 0 var(--gap-3);
  }
  .chip .remove {
    width: 1.75rem;
    flex: none;
    padding: 0;
    border-radius: 50%;
  }
  .remove svg {
    width: 0.875rem;
    height: 0.875rem;
  }
  ul {
    position: absolute;
    z-index: 5;
    top: 100%;
    left: 4.5rem;
    right: var(--gap-4);
    max-width: 26rem;
    margin: 0;
    padding: var(--gap-1);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface-raised);
    box-shadow: var(--shadow);
    list-style: none;
  }
  li {
    display: grid;
    padding: var(--gap-1) var(--gap-3);
    border-radius: var(--radius);
    line-height: 1.35;
    cursor: pointer;
  }
  li[aria-selected='true'],
  li:hover {
    background: var(--selected);
  }
  small {
    color: var(--ink-soft);
  }
  .fault {
    margin: 0;
    padding: var(--gap-1) var(--gap-4);
    background: var(--danger-surface);
    color: var(--danger);
    font-size: var(--size-small);
  }
`;
