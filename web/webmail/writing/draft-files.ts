/** The files of the draft: on their way to the server, with how far they are, and as pictures of the text. */
import { words } from '../../i18n/language.ts';
import type { Jmap } from '../jmap.ts';
import type { Draft, DraftFile } from './draft.ts';
import { type Upload, UploadFailed, upload } from './upload.ts';
import type { WritingDesk } from './writing-desk.ts';

interface Sending {
  readonly upload: Upload;
  /** 0 to 1. */
  part: number;
}

const atOnce = 2;

export class DraftFiles {
  readonly #jmap: Jmap;
  readonly #desk: WritingDesk;
  /** Until the server has them, this page does. */
  readonly #blobs = new Map<string, Blob>();
  readonly #sending = new Map<string, Sending>();
  /** Waiting for their turn: the server takes a few at a time, and so does a narrow line. */
  readonly #waiting: string[] = [];
  /** In words, by key. */
  readonly #failures = new Map<string, string>();

  constructor(jmap: Jmap, desk: WritingDesk) {
    this.#jmap = jmap;
    this.#desk = desk;
  }

  /** Of a file under way, 0 to 1; null where it is not. */
  partDone(key: string): number | null {
    return this.#sending.get(key)?.part ?? (this.#waiting.includes(key) ? 0 : null);
  }

  failure(key: string): string | null {
    return this.#failures.get(key) ?? null;
  }

  /** Files of the draft that only this device has. */
  unsent({ files }: Draft): Map<string, Blob> {
    const here = files.flatMap(({ key, blobId }) => {
      const blob = blobId === null ? this.#blobs.get(key) : undefined;
      return blob ? [[key, blob] as const] : [];
    });
    return new Map(here);
  }

  restore(blobs: Readonly<Record<string, Blob>>): void {
    for (const [key, blob] of Object.entries(blobs)) this.#blobs.set(key, blob);
  }

  /** Sends what was not sent when the page closed. */
  goOn(): void {
    for (const file of this.#desk.draft?.files ?? []) if (file.blobId === null) this.retry(file.key);
  }

  add(files: readonly File[]): void {
    const added = files.map((file) => this.#take(file, null));
    this.#attach(added);
  }

  /** A picture of the text; its cid. */
  addShown(file: File): string {
    const cid = `${crypto.randomUUID()}@muniment`;
    this.#attach([this.#take(file, cid)]);
    return cid;
  }

  remove(key: string): void {
    this.#sending.get(key)?.upload.stop();
    this.#forget(key);
    this.#desk.change({ files: (this.#desk.draft?.files ?? []).filter((file) => file.key !== key) });
  }

  retry(key: string): void {
    const blob = this.#blobs.get(key);
    if (!blob) {
      this.#failures.set(key, words().filesLost);
      return;
    }
    this.#waiting.push(key);
    this.#next();
  }

  #next(): void {
    while (this.#sending.size < atOnce) {
      const key = this.#waiting.shift();
      if (key === undefined) return;
      const blob = this.#blobs.get(key);
      if (blob) void this.#send(key, blob);
    }
  }

  stopAll(): void {
    for (const { upload: each } of this.#sending.values()) each.stop();
    this.#sending.clear();
    this.#waiting.length = 0;
    this.#blobs.clear();
    this.#failures.clear();
  }

  /** What the editor shows for it; null: nothing is there. */
  async pictureOf(cid: string): Promise<string | null> {
    const file = this.#desk.draft?.files.find((each) => each.cid === cid);
    if (!file) return null;
    const here = this.#blobs.get(file.key);
    const blob = here ?? (file.blobId === null ? null : await this.#jmap.download(file.blobId, file.type));
    return blob?.type.startsWith('image/') && blob.type !== 'image/svg+xml'
      ? URL.createObjectURL(blob)
      : null;
  }

  #take(file: File, cid: string | null): DraftFile {
    const key = crypto.randomUUID();
    this.#blobs.set(key, file);
    const { name, type, size } = file;
    return { key, name: name || 'file', type, size, blobId: null, cid };
  }

  #attach(added: readonly DraftFile[]): void {
    this.#desk.change({ files: [...(this.#desk.draft?.files ?? []), ...added] });
    for (const { key } of added) this.retry(key);
  }

  async #send(key: string, blob: Blob): Promise<void> {
    this.#failures.delete(key);
    const sending: Sending = {
      part: 0,
      upload: upload(this.#jmap.uploadUrl, blob, (part) => {
        sending.part = part;
        this.#desk.dispatchEvent(new Event('change'));
      }),
    };
    this.#sending.set(key, sending);
    try {
      const blobId = await sending.upload.done;
      const files = this.#desk.draft?.files ?? [];
      this.#desk.change({ files: files.map((file) => (file.key === key ? { ...file, blobId } : file)) });
    } catch (error) {
      if (!(error instanceof UploadFailed)) throw error;
      const text = words();
      const said = {
        tooLarge: text.fileTooLarge,
        unreachable: text.uploadOffline,
        failed: text.uploadFailed,
      };
      this.#failures.set(key, said[error.kind]);
    } finally {
      this.#sending.delete(key);
      this.#next();
      this.#desk.dispatchEvent(new Event('change'));
    }
  }

  #forget(key: string): void {
    if (this.#waiting.includes(key)) this.#waiting.splice(this.#waiting.indexOf(key), 1);
    if (this.#sending.delete(key)) this.#next();
    this.#blobs.delete(key);
    this.#failures.delete(key);
  }
}
