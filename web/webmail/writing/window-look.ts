/** The look of the window in which a mail is written. */
import { css } from 'lit';

export const windowLook = css`
  :host {
    position: fixed;
    z-index: 35;
    right: var(--gap-6);
    bottom: 0;
    width: min(44rem, calc(100vw - 3rem));
    height: min(46rem, calc(100vh - 4.5rem));
  }
  :host([size='large']) {
    inset: 1.5rem;
    width: auto;
    height: auto;
  }
  :host([size='small']) {
    width: 20rem;
    height: auto;
  }
  section {
    display: grid;
    grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
    height: 100%;
    overflow: hidden;
    border: 1px solid var(--line);
    border-bottom: 0;
    border-radius: var(--radius-large) var(--radius-large) 0 0;
    background: var(--surface-raised);
    box-shadow: var(--shadow);
  }
  :host([size='large']) section {
    border-bottom: 1px solid var(--line);
    border-radius: var(--radius-large);
  }
  section.dragged {
    outline: 2px dashed var(--accent);
    outline-offset: -6px;
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--gap-1);
    padding: var(--gap-1) var(--gap-2) var(--gap-1) var(--gap-4);
    background: var(--page);
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: var(--size-text);
    font-weight: 650;
  }
  .fault {
    margin: 0;
    padding: var(--gap-2) var(--gap-4);
    background: var(--danger-surface);
    color: var(--danger);
    font-size: var(--size-small);
    white-space: pre-line;
  }
  footer {
    display: flex;
    align-items: center;
    gap: var(--gap-1);
    padding: var(--gap-2) var(--gap-4);
    border-top: 1px solid var(--line);
  }
  footer .primary {
    margin-right: var(--gap-2);
  }
  .attach {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 2.25rem;
    height: 2.25rem;
    flex: none;
    border-radius: var(--radius);
    color: var(--ink-soft);
    cursor: pointer;
  }
  .attach:hover {
    background: var(--hover);
  }
  .attach:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .attach input {
    position: absolute;
    width: 1px;
    height: 1px;
    opacity: 0;
  }
  .keeping {
    flex: 1;
    min-width: 0;
    color: var(--ink-soft);
    font-size: var(--size-small);
    text-align: end;
  }
  .doubts {
    margin: var(--gap-2) 0 0;
    padding-left: 1.25rem;
  }
  @media (max-width: 860px) {
    :host,
    :host([size='large']) {
      inset: 0;
      width: auto;
      height: auto;
    }
    :host([size='small']) {
      inset: auto 0 0 0;
      width: auto;
    }
    section,
    :host([size='large']) section {
      border: 0;
      border-radius: 0;
    }
    [data-what='large'],
    :host([size='large']) [data-what='usual'] {
      display: none;
    }
    .keeping {
      white-space: normal;
      line-height: 1.3;
    }
  }
`;
