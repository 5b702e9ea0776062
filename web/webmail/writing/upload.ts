/** Files on their way to the server (RFC 8620 §6.1), with how far they are, and a way to stop them. */
import { ownPageHeaders } from '../session.ts';

export type UploadFailure = 'tooLarge' | 'unreachable' | 'failed';

export interface Upload {
  /** Resolves with the blob's id. Rejects with `UploadFailed`, or never where it was stopped. */
  readonly done: Promise<string>;
  stop(): void;
}

export class UploadFailed extends Error {
  override readonly name = 'UploadFailed';
  readonly kind: UploadFailure;

  constructor(kind: UploadFailure) {
    super(kind);
    this.kind = kind;
  }
}

/** `onProgress` gets the part that is done, 0 to 1. `fetch` tells no progress. */
export function upload(url: string, file: Blob, onProgress: (part: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.open('POST', url);
    for (const [name, value] of Object.entries(ownPageHeaders)) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total > 0 ? loaded / total : 0),
    );
    request.addEventListener('load', () => {
      const { blobId } = (request.response ?? {}) as { readonly blobId?: string };
      if (request.status === 201 && blobId !== undefined) resolve(blobId);
      else reject(new UploadFailed(request.status === 413 ? 'tooLarge' : 'failed'));
    });
    request.addEventListener('error', () => reject(new UploadFailed('unreachable')));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}
