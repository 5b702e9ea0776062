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
