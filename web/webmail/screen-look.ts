/** The look of the mail screen: three columns, two on a narrow screen, one on a phone. */
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
    padding: 0 var(--gap-3);
  }
  .folders-button {
    display: none;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: var(--gap-2);
    width: 13rem;
    flex: none;
    color: var(--ink);
    font-size: 1.125rem;
    font-weight: 650;
    letter-spacing: -0.01em;
    text-decoration: none;
  }
  .brand img {
    width: 1.875rem;
    height: 1.875rem;
  }
  search {
    position: relative;
    flex: 0 1 40rem;
    min-width: 0;
    margin-right: auto;
  }
  h1 {
    flex: 1;
    margin: 0;
    font-size: 1.0625rem;
    font-weight: 650;
  }
  main.desk {
    grid-template-columns: minmax(0, 1fr);
  }
  search svg {
    position: absolute;
    top: 0.5rem;
    left: 0.75rem;
    color: var(--ink-soft);
  }
  search input {
    width: 100%;
    height: 2.375rem;
    padding: 0 var(--gap-3) 0 2.5rem;
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--surface);
    text-overflow: ellipsis;
  }
  search input::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  nav {
    grid-area: nav;
    overflow-y: auto;
    padding: 0 var(--gap-2) var(--gap-4) var(--gap-3);
  }
  .write {
    width: 100%;
    min-height: 2.75rem;
    margin: var(--gap-1) 0 var(--gap-3);
    border-radius: var(--radius-large);
  }
  .write-small {
    display: none;
  }
  main {
    grid-area: main;
    display: grid;
    grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr);
    min-height: 0;
    overflow: hidden;
    border-top: 1px solid var(--line);
    border-left: 1px solid var(--line);
    border-top-left-radius: var(--radius-large);
    background: var(--surface);
  }
  mail-list {
    min-height: 0;
    border-right: 1px solid var(--line);
  }
  reading-pane {
    min-width: 0;
    min-height: 0;
  }
  .shade {
    display: none;
  }
  @media (max-width: 1180px) {
    .screen {
      grid-template-columns: 12rem minmax(0, 1fr);
    }
    .brand {
      width: 11rem;
    }
    main {
      grid-template-columns: minmax(17rem, 21rem) minmax(0, 1fr);
    }
  }
  @media (max-width: 860px) {
    .screen {
      grid-template: 'header' 3.5rem 'main' minmax(0, 1fr) / minmax(0, 1fr);
    }
    .folders-button {
      display: inline-flex;
    }
    .brand {
      width: auto;
    }
    .brand span {
      display: none;
    }
    search {
      flex: 1 1 auto;
    }
    .write-small {
      display: inline-flex;
      position: fixed;
      z-index: 30;
      right: var(--gap-4);
      bottom: var(--gap-4);
      width: 3.5rem;
      height: 3.5rem;
      padding: 0;
      border-radius: 1.125rem;
      box-shadow: var(--shadow);
    }
    .shade {
      display: block;
      position: fixed;
      inset: 0;
      z-index: 40;
      background: rgb(10 14 22 / 45%);
    }
    nav {
      position: fixed;
      inset: 0 auto 0 0;
      z-index: 41;
      width: min(18rem, 84vw);
      padding: var(--gap-4) var(--gap-3);
      background: var(--page);
      box-shadow: var(--shadow);
      visibility: hidden;
      transform: translateX(-100%);
      transition:
        transform 0.18s ease-out,
        visibility 0.18s;
    }
    nav.open {
      visibility: visible;
      transform: none;
    }
    main {
      grid-template-columns: minmax(0, 1fr);
      border-left: 0;
      border-radius: 0;
    }
    mail-list {
      border-right: 0;
    }
    .reading mail-list,
    .screen:not(.reading) reading-pane {
      display: none;
    }
  }
`;
