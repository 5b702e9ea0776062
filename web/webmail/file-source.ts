/** Where the files of a shown mail come from: one's own mail by JMAP, others’ mail from the desks. */

export interface FileSource {
  /** Throws `JmapFailure`. */
  download(blobId: string, type: string): Promise<Blob>;
  /** For saving it. */
  downloadUrl(blobId: string, name: string, type: string): string;
  /** Of a PDF, shown by the browser and not saved. */
  viewUrl(blobId: string, name: string): string;
  say(text: string, undo?: (() => void) | null, isFault?: boolean): void;
}
