/** The look of dialogs: a form or a few words, with what one can do at the foot. */
import { css } from 'lit';

export const dialogLook = css`
  dialog {
    width: min(30rem, calc(100vw - 2rem));
    max-height: calc(100dvh - 2rem);
    padding: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    background: var(--surface-raised);
    color: var(--ink);
    box-shadow: var(--shadow);
  }
  dialog::backdrop {
    background: rgb(10 14 22 / 45%);
  }
  form {
    display: grid;
    gap: var(--gap-4);
    padding: var(--gap-6);
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: var(--gap-2);
  }
`;
