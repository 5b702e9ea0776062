/** Files of a mail that lies in no mailbox of the reader: held, or opened with a reason. The id of each is the number of its part. */
import type { FileSource } from './file-source.ts';
import { fetched } from './jmap.ts';

export class PartFiles implements FileSource {
  /** Address of the mail, `/api/approvals/<id>`. */
  readonly #mail: string;
  readonly say: FileSource['say'];

  constructor(mail: string, say: FileSource['say']) {
    this.#mail = mail;
    this.say = say;
  }

  async download(blobId: string, type: string): Promise<Blob> {
    const response = await fetched(this.downloadUrl(blobId), {});
    return new Blob([await response.arrayBuffer()], { type });
  }

  downloadUrl(blobId: string): string {
    return `${this.#mail}/parts/${encodeURIComponent(blobId)}`;
  }

  viewUrl(blobId: string): string {
    return `${this.downloadUrl(blobId)}/view`;
  }
}
