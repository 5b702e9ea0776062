/** The look of one mail. */
import { css } from 'lit';

export const viewLook = css`
  :host {
    display: block;
  }
  section {
    padding-bottom: var(--gap-4);
  }
  :host(:not(:first-of-type)) section {
    padding-top: var(--gap-4);
    border-top: 1px solid var(--line);
  }
  header {
    display: flex;
    gap: var(--gap-3);
    align-items: start;
  }
  .people {
    flex: 1;
    min-width: 0;
    line-height: 1.4;
  }
  .from {
    margin-right: var(--gap-1);
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  .address {
    color: var(--ink-soft);
    font-size: var(--size-small);
    overflow-wrap: anywhere;
  }
  .to {
    display: block;
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
  .when {
    display: flex;
    align-items: center;
    gap: var(--gap-1);
    flex: none;
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
  .details-button {
    min-height: 1.75rem;
    padding: 0;
    color: var(--accent);
    font-size: var(--size-small);
  }
  .choice {
    display: flex;
    align-items: center;
    justify-content: flex-start;
    width: 100%;
    min-height: 2.25rem;
    padding: 0 var(--gap-3);
    border-radius: var(--radius);
    color: var(--ink);
    text-decoration: none;
  }
  .choice:hover {
    background: var(--hover);
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--gap-1) var(--gap-4);
    margin: 0 0 var(--gap-3);
    padding: var(--gap-3);
    border-radius: var(--radius);
    background: var(--page);
    font-size: var(--size-small);
  }
  dt {
    color: var(--ink-soft);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  pre {
    max-height: 60vh;
    margin: var(--gap-3) 0 0;
    padding: var(--gap-3);
    overflow: auto;
    border-radius: var(--radius);
    background: var(--page);
    font: var(--size-small) / 1.5 var(--font-mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .folded {
    display: grid;
    grid-template-columns: 9rem minmax(0, 1fr) auto;
    justify-content: stretch;
    width: 100%;
    min-height: 2.75rem;
    margin-bottom: var(--gap-2);
    text-align: start;
  }
  .folded span,
  .folded time {
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
`;
