/** The look of what the console's screens are made of: headings, tools, tables that become cards, fields, states. */
import { css } from 'lit';

export const consoleLook = css`
  h1 {
    margin: 0;
    font-size: var(--size-large);
    letter-spacing: -0.01em;
  }
  h2 {
    margin: 0;
    font-size: 1.0625rem;
  }
  .about {
    margin: var(--gap-1) 0 0;
    color: var(--ink-soft);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--gap-3);
    margin: var(--gap-4) 0;
  }
  .tools .grow {
    flex: 1 1 14rem;
  }
  .panel {
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    background: var(--surface);
    overflow: clip;
  }
  .padded {
    padding: var(--gap-4) var(--gap-6);
  }
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: var(--gap-4);
  }
  label,
  .label {
    display: grid;
    gap: var(--gap-1);
    font-size: var(--size-small);
    font-weight: 600;
    color: var(--ink-soft);
  }
  label.check {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    min-height: 2.25rem;
    font-weight: 400;
    color: var(--ink);
    font-size: var(--size-text);
  }
  input:not([type='checkbox'], [type='radio']),
  select,
  textarea {
    width: 100%;
    min-height: 2.25rem;
    padding: var(--gap-1) var(--gap-3);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-size: var(--size-text);
    font-weight: 400;
  }
  textarea {
    min-height: 5rem;
    resize: vertical;
  }
  textarea.code,
  pre {
    font-family: var(--font-mono);
    font-size: var(--size-small);
  }
  [aria-invalid='true'] {
    border-color: var(--danger) !important;
  }
  .hint {
    font-weight: 400;
    color: var(--ink-soft);
  }
  .fault {
    margin: 0;
    padding: var(--gap-3);
    border-radius: var(--radius);
    background: var(--danger-surface);
    color: var(--danger);
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    padding: var(--gap-2) var(--gap-4);
    border-bottom: 1px solid var(--line);
    text-align: start;
    font-size: var(--size-small);
    font-weight: 600;
    color: var(--ink-soft);
    white-space: nowrap;
  }
  td {
    padding: var(--gap-3) var(--gap-4);
    border-bottom: 1px solid var(--line);
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tr:last-child td {
    border-bottom: 0;
  }
  tbody tr:hover {
    background: var(--hover);
  }
  td small,
  .soft {
    color: var(--ink-soft);
    font-size: var(--size-small);
  }
  td small {
    display: block;
  }
  td.acts {
    white-space: nowrap;
    text-align: end;
  }
  .badge {
    display: inline-block;
    padding: 0 var(--gap-2);
    border-radius: 1rem;
    background: var(--hover);
    font-size: var(--size-small);
    line-height: 1.6;
    white-space: nowrap;
  }
  .badge.good {
    background: var(--selected);
    color: var(--accent-strong);
  }
  .badge.bad {
    background: var(--danger-surface);
    color: var(--danger);
  }
  .badge.waiting {
    background: var(--notice-surface);
    color: var(--ink);
  }
  .foot {
    display: flex;
    justify-content: space-between;
    align-items: center;
    gap: var(--gap-3);
    padding: var(--gap-3) var(--gap-4);
    border-top: 1px solid var(--line);
  }
  @media (max-width: 45rem) {
    .padded {
      padding: var(--gap-4);
    }
    thead {
      display: none;
    }
    table,
    tbody,
    tr,
    td {
      display: block;
    }
    tr {
      padding: var(--gap-3) var(--gap-4);
      border-bottom: 1px solid var(--line);
    }
    tr:last-child {
      border-bottom: 0;
    }
    td {
      padding: var(--gap-1) 0;
      border: 0;
    }
    td[data-label]:not(:empty)::before {
      content: attr(data-label);
      display: block;
      font-size: var(--size-small);
      color: var(--ink-soft);
    }
    td.acts {
      white-space: normal;
      text-align: start;
    }
  }
`;
