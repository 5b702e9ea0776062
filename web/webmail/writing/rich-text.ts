/** What the page and the frame of the rich text editor say to one another; they are of one origin. */

export const formats = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'unorderedList',
  'orderedList',
  'quote',
  'removeFormatting',
] as const;
export type Format = (typeof formats)[number];

export interface RichText {
  /** Takes over the HTML of a mail, made harmless; undoing does not go behind it. */
  write(html: string): void;
  /** For the mail: pictures of the text by `cid:`. */
  html(): string;
  /** The same as plain text. */
  text(): string;
  apply(format: Format): void;
  /** Null takes the link away. */
  link(url: string | null): void;
  insertPicture(cid: string, url: string, name: string): void;
  /** Instead of the signature that stands there; empty: none. */
  sign(html: string): void;
  focus(): void;
  /** Colours of the page. */
  dress(style: string): void;
}

export interface RichTextHost {
  changed(): void;
  /** Where the caret is now. */
  formatsHere(active: ReadonlySet<Format>): void;
  /** Where a picture of the text is to be had; null: nowhere. */
  pictureOf(cid: string): Promise<string | null>;
  filesGiven(files: readonly File[]): void;
  /** A key that is the window's and not the text's. */
  keyPressed(event: KeyboardEvent): void;
}

declare global {
  interface Window {
    /** The frame's, as soon as it has loaded. */
    openRichText?: (host: RichTextHost) => RichText;
  }
}
