/** The look of the list and its rows. */
import { css, unsafeCSS } from 'lit';

/** Pixels; of every row, so that the list knows where each is without drawing it. */
export const rowHeight = 84;

const tones = [
  ['#dbe7fb', '#1f4788', '#2a3f60', '#bcd5fd'],
  ['#f9dedb', '#8c2a21', '#55312e', '#fcc4bd'],
  ['#d9efe2', '#1b5c3c', '#264636', '#b4e3c8'],
  ['#efe2f7', '#663488', '#443253', '#dec3f2'],
  ['#f8e8cc', '#76500f', '#4c3e22', '#f1d49c'],
  ['#d7edf0', '#155863', '#234549', '#aee0e7'],
]
  .map(
    ([light, ink, dark, darkInk], i) =>
      `.tone-${i} { background: light-dark(${light}, ${dark}); color: light-dark(${ink}, ${darkInk}); }`,
  )
  .join('\n');

export const listLook = css`
  :host {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
  }
  .scroller {
    position: relative;
    overflow: hidden auto;
    outline-offset: -2px;
    overflow-anchor: none;
  }
  .ground {
    display: block;
  }
  ul {
    position: absolute;
    inset: 0 0 auto;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .row {
    position: absolute;
    inset: 0 0 auto;
    display: grid;
    grid-template-columns: 3.5rem minmax(0, 1fr) 2.5rem;
    align-items: start;
    height: ${rowHeight}px;
    border-bottom: 1px solid var(--line);
  }
  .row:hover {
    background: var(--hover);
  }
  .row.chosen,
  .row.open {
    background: var(--selected);
  }
  .row.unread::before {
    content: '';
    position: absolute;
    inset: 0.75rem auto 0.75rem 0;
    width: 3px;
    border-radius: 0 2px 2px 0;
    background: var(--accent);
  }
  .pick {
    display: grid;
    place-items: center;
    height: 100%;
    cursor: pointer;
  }
  .pick input {
    position: absolute;
    width: 2.25rem;
    height: 2.25rem;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .avatar {
    display: grid;
    place-items: center;
    width: 2.25rem;
    height: 2.25rem;
    border-radius: 50%;
    font-weight: 600;
  }
  .pick:hover .avatar {
    box-shadow: 0 0 0 2px var(--accent);
  }
  .pick input:focus-visible + .avatar {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .chosen .avatar {
    background: var(--accent);
    color: var(--on-accent);
  }
  a {
    display: grid;
    align-content: center;
    gap: 1px;
    height: 100%;
    min-width: 0;
    color: inherit;
    line-height: 1.4;
    text-decoration: none;
    outline-offset: -2px;
  }
  .first {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    min-width: 0;
  }
  .who {
    flex: 1;
  }
  .unread .who,
  .unread .subject {
    font-weight: 700;
  }
  .together {
    padding: 0 0.375rem;
    border: 1px solid var(--line-strong);
    border-radius: 0.75rem;
    color: var(--ink-soft);
    font-size: 0.75rem;
    line-height: 1.3;
  }
  .progress {
    display: inline-flex;
    flex: none;
    gap: 0.125rem;
    align-items: center;
    color: var(--ink-soft);
    font-size: var(--size-small);
    font-weight: 600;
  }
  .progress svg {
    width: 1rem;
    height: 1rem;
  }
  .progress.good {
    color: var(--good);
  }
  .progress.bad {
    color: var(--danger);
  }
  .clip {
    display: inline-flex;
    color: var(--ink-soft);
  }
  .clip svg {
    width: 1rem;
    height: 1rem;
  }
  time {
    flex: none;
    color: var(--ink-soft);
    font-size: var(--size-small);
    font-variant-numeric: tabular-nums;
  }
  .unread time {
    color: var(--accent);
    font-weight: 600;
  }
  .preview {
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
  .star {
    align-self: center;
    color: var(--line-strong);
  }
  .star.on {
    color: var(--star);
  }
  .waiting {
    grid-column: 2;
    align-self: center;
    height: 2.5rem;
    border-radius: var(--radius);
    background: var(--hover);
  }
  ${unsafeCSS(tones)}
`;
