/** What the parts of the desk look like that several of them have. */
import { css } from 'lit';

export const deskLook = css`
  h2 {
    margin: 0 0 var(--gap-3);
    font-size: var(--size-large);
    font-weight: 650;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  h3 {
    margin: 0 0 var(--gap-2);
    font-size: var(--size-text);
    font-weight: 650;
  }
  mark {
    padding: 0 0.125rem;
    border-radius: 0.1875rem;
    background: light-dark(#ffe28a, #6b5312);
    color: inherit;
  }
  dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: var(--gap-1) var(--gap-4);
    margin: 0 0 var(--gap-4);
  }
  dt {
    color: var(--ink-soft);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  em {
    color: var(--ink-soft);
    font-style: normal;
    white-space: nowrap;
  }
  .note {
    display: flex;
    gap: var(--gap-2);
    margin: 0 0 var(--gap-4);
    color: var(--ink-soft);
  }
  .note svg {
    flex: none;
  }
  .outcome {
    margin-bottom: var(--gap-4);
    padding: var(--gap-3) var(--gap-4);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow-wrap: anywhere;
  }
  .outcome p {
    margin: 0;
  }
  .outcome p:first-child {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    font-weight: 600;
  }
  blockquote {
    margin: var(--gap-1) 0 0;
    padding-left: var(--gap-3);
    border-left: 3px solid var(--line-strong);
    white-space: pre-wrap;
  }
  .good {
    color: var(--good);
  }
  .bad {
    color: var(--danger);
  }
  .open {
    color: var(--ink-soft);
  }
`;
