/** The look of the desk as a whole: two columns, or one after the other where it is narrow. */
import { css } from 'lit';

export const deskColumns = css`
  :host {
    display: block;
    min-height: 0;
    height: 100%;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr);
    height: 100%;
  }
  .list {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    border-right: 1px solid var(--line);
  }
  .side {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .side > empty-state,
  .side > :is(held-view, approval-record, supervised-view),
  .list > :is(approval-list, supervision-list, empty-state) {
    flex: 1;
    min-height: 0;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--gap-1);
    padding: var(--gap-2) var(--gap-3) 0;
    border-bottom: 1px solid var(--line);
  }
  nav a {
    padding: var(--gap-2);
    border-bottom: 3px solid transparent;
    color: var(--ink-soft);
    text-decoration: none;
    white-space: nowrap;
  }
  nav a:hover {
    color: var(--ink);
  }
  nav a[aria-current] {
    border-bottom-color: var(--accent);
    color: var(--accent-strong);
    font-weight: 600;
  }
  nav .count {
    font-variant-numeric: tabular-nums;
    font-weight: 600;
  }
  nav .count.overdue {
    color: var(--danger);
  }
  .narrowing {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--gap-2);
    padding: var(--gap-2) var(--gap-3);
    border-bottom: 1px solid var(--line);
  }
  .narrowing select {
    min-width: 0;
    min-height: 2.25rem;
    padding: 0 var(--gap-2);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface-raised);
    text-overflow: ellipsis;
  }
  .more {
    margin: 0;
    padding: var(--gap-2) var(--gap-4);
    border-top: 1px solid var(--line);
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
  .everybody,
  .selecting {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    min-height: 2.5rem;
    padding: 0 var(--gap-4);
    border-bottom: 1px solid var(--line);
  }
  .selecting {
    padding-left: var(--gap-2);
  }
  .step {
    display: inline-flex;
    align-items: center;
    min-height: 2.25rem;
    margin-top: var(--gap-2);
    font-weight: 600;
  }
  .back {
    display: none;
    align-self: start;
    margin: var(--gap-2) var(--gap-2) 0;
  }
  @media (max-width: 1180px) {
    .columns {
      grid-template-columns: minmax(17rem, 21rem) minmax(0, 1fr);
    }
  }
  @media (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .list {
      border-right: 0;
    }
    .back {
      display: inline-flex;
    }
    .choosing {
      grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
    }
    .reading .list,
    .columns:not(.reading, .choosing) .side,
    .choosing .side > :not(decision-bar, review-bar) {
      display: none;
    }
  }
`;
