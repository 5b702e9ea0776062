/** Line icons on a grid of 24, in the colour of the text around them. */
import { html, svg, type TemplateResult } from 'lit';

const paths = {
  inbox: 'M3 13h5l1.5 3h5L16 13h5M3 13l3-8h12l3 8v6H3z',
  drafts: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  sent: 'M21 3 10 14M21 3l-7 18-4-7-7-4z',
  archive: 'M3 4h18v5H3zM5 9v11h14V9M10 13h4',
  junk: 'M12 3l9 16H3zM12 10v4M12 16.5v.5',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  folder: 'M3 6h6l2 2h10v11H3z',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21',
  menu: 'M4 6h16M4 12h16M4 18h16',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14 5l-7 7 7 7',
  star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z',
  clip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.2 17.2a1.7 1.7 0 0 1-2.4-2.4L14.5 7',
  envelope: 'M3 5h18v14H3zM3 6l9 7 9-7',
  openEnvelope: 'M3 10v10h18V10M3 10l9-7 9 7-9 6z',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20a7.5 7.5 0 0 1 15 0',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  check: 'M5 12.5l5 5L19 7',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  hold: 'M8 5v14M16 5v14',
  reply: 'M9 6 4 11l5 5M4 11h9a7 7 0 0 1 7 7v1',
  replyAll: 'M7 6 2 11l5 5M12 6l-5 5 5 5M7 11h7a7 7 0 0 1 7 7v1',
  forward: 'M15 6l5 5-5 5M20 11h-9a7 7 0 0 0-7 7v1',
  write: 'M12 20h8M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  bold: 'M7 4h6a4 4 0 0 1 0 8H7zM7 12h7a4 4 0 0 1 0 8H7z',
  italic: 'M10 4h8M6 20h8M14 4l-4 16',
  underline: 'M7 4v8a5 5 0 0 0 10 0V4M5 21h14',
  strike:
    'M4 12h16M16.5 7.5C16 5.5 14.3 4.5 12 4.5c-2.8 0-4.5 1.4-4.5 3.3 0 1.5 1 2.6 3 3.2M7.5 16c.4 2.3 2.2 3.5 4.6 3.5 2.7 0 4.5-1.4 4.5-3.6',
  bullets: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  numbers: 'M10 6h10M10 12h10M10 18h10M4 4.5l1.5-.5v4.5M4 16c.5-.8 2.2-.8 2.2.4 0 .9-2.2 2-2.2 3.1h2.4',
  quote: 'M5 5v14M9 8h11M9 12h11M9 16h7',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  plainText: 'M5 6V4h14v2M12 4v16M9 20h6',
  clear: 'M6 5h13M12.5 5l-1.8 6.5M9.3 16.5 8.5 19M4 4l16 16',
  minimise: 'M5 18h14',
  enlarge: 'M14 4h6v6M10 20H4v-6M20 4l-7 7M4 20l7-7',
  shrink: 'M20 10h-6V4M4 14h6v6M14 10l6-6M10 14l-6 6',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5.5l3.5 2',
  expand: 'M6 9l6 6 6-6',
} as const;

export type IconName = keyof typeof paths;

/** `class` of the drawing is `icon`; it says nothing to screen readers. */
export function icon(name: IconName, isFilled = false): TemplateResult {
  return html`<svg
    viewBox="0 0 24 24"
    width="20"
    height="20"
    aria-hidden="true"
    fill=${isFilled ? 'currentColor' : 'none'}
    stroke="currentColor"
    stroke-width=${name === 'more' ? 2.6 : 1.7}
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${svg`<path d=${paths[name]} />`}
  </svg>`;
}
