/** Files of a held mail, from the desk. The id of each is the number of its part. */
import type { FileSource } from '../file-source.ts';
import { fetched } from '../jmap.ts';

export class HeldFiles implements FileSource {
  readonly #approval: string;
  readonly say: FileSource['say'];

  constructor(approval: string, say: FileSource['say']) {
    this.#approval = approval;
    this.say = say;
  }

  async download(blobId: string, type: string): Promise<Blob> {
    const response = await fetched(this.downloadUrl(blobId), {});
    return new Blob([await response.arrayBuffer()], { type });
  }

  downloadUrl(blobId: string): string {
    return `/api/approvals/${this.#approval}/parts/${encodeURIComponent(blobId)}`;
  }

  viewUrl(blobId: string): string {
    return `${this.downloadUrl(blobId)}/view`;
  }
}
