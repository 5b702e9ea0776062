/** The look of the console's frame: navigation beside the page, or as a drawer where it is narrow. */
import { css } from 'lit';

export const screenLook = css`
  :host {
    display: block;
    height: 100%;
  }
  .screen {
    display: grid;
    grid-template: 'header header' 3.5rem 'nav main' minmax(0, 1fr) / 14rem minmax(0, 1fr);
    height: 100%;
  }
  header {
    grid-area: header;
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    padding: 0 var(--gap-4);
  }
  .menu-button {
    display: none;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    flex: none;
    color: var(--ink);
    font-size: 1.125rem;
    font-weight: 650;
    text-decoration: none;
  }
  .brand img {
    width: 1.875rem;
    height: 1.875rem;
  }
  .title {
    flex: 1;
    color: var(--ink-soft);
  }
  .to-mail {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-2);
    padding: 0 var(--gap-2);
    min-height: 2.25rem;
    color: var(--ink);
    text-decoration: none;
    border-radius: var(--radius);
  }
  .to-mail:hover {
    background: var(--hover);
  }
  .account-menu {
    display: grid;
    gap: var(--gap-3);
    width: 15rem;
    padding: var(--gap-3);
  }
  .account-menu p {
    margin: 0;
  }
  .account-menu p.soft {
    margin-top: calc(-1 * var(--gap-2));
  }
  nav {
    grid-area: nav;
    display: grid;
    align-content: start;
    gap: 2px;
    padding: 0 var(--gap-2) var(--gap-4);
    overflow-y: auto;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: var(--gap-3);
    min-height: 2.5rem;
    padding: 0 var(--gap-3);
    border-radius: var(--radius);
    color: var(--ink);
    text-decoration: none;
  }
  nav a:hover {
    background: var(--hover);
  }
  nav a[aria-current='page'] {
    background: var(--selected);
    font-weight: 600;
  }
  main {
    --room-below: var(--gap-8);
    grid-area: main;
    overflow-y: auto;
    padding: 0 var(--gap-6) var(--gap-8);
  }
  main > * {
    display: block;
    max-width: 76rem;
    padding-top: var(--gap-3);
  }
  .said {
    position: fixed;
    inset: auto auto var(--gap-4) 50%;
    translate: -50% 0;
    display: flex;
    align-items: center;
    gap: var(--gap-3);
    max-width: calc(100vw - 2rem);
    width: max-content;
    margin: 0;
    padding: var(--gap-1) var(--gap-2) var(--gap-1) var(--gap-4);
    border-radius: var(--radius);
    border: 1px solid var(--line);
    background: var(--surface-raised);
    box-shadow: var(--shadow);
    z-index: 3;
  }
  .shade {
    display: none;
  }
  @media (max-width: 60rem) {
    .screen {
      grid-template: 'header' 3.5rem 'main' minmax(0, 1fr) / minmax(0, 1fr);
    }
    header {
      padding: 0 var(--gap-2);
    }
    .menu-button {
      display: inline-flex;
    }
    nav {
      position: fixed;
      inset: 3.5rem auto 0 0;
      width: 15rem;
      padding-top: var(--gap-2);
      background: var(--page);
      border-inline-end: 1px solid var(--line);
      translate: -100% 0;
      visibility: hidden;
      z-index: 2;
    }
    nav.open {
      translate: 0 0;
      visibility: visible;
    }
    .shade {
      display: block;
      position: fixed;
      inset: 3.5rem 0 0;
      background: rgb(10 14 22 / 35%);
      z-index: 1;
    }
    main {
      padding: 0 var(--gap-4) var(--gap-8);
    }
  }
  @media (max-width: 30rem) {
    .title,
    .to-mail span {
      display: none;
    }
    .brand {
      flex: 1;
    }
  }
`;
