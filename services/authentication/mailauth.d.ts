/** The parts of `mailauth` that bring no types of their own. */
declare module 'mailauth/lib/tools.js' {
  export interface HeaderRow {
    /** Field name in lower case; null where the line has none. */
    key: string | null;
    readonly casedKey: string | undefined;
    readonly line: Buffer;
  }
  export interface ParsedHeaders {
    readonly parsed: HeaderRow[];
    readonly original: Buffer;
  }
  export function parseHeaders(octets: Buffer): ParsedHeaders;
}

declare module 'mailauth/lib/dkim/dkim-verifier.js' {
  import type { ParsedHeaders } from 'mailauth/lib/tools.js';
  import type { AskDns } from './dns-answers.ts';

  export interface SignatureStatus {
    readonly result: string;
    readonly comment?: string;
    readonly policy?: Readonly<Record<string, string>>;
  }
  export interface SignatureResult {
    readonly id?: string;
    readonly signingDomain?: string;
    readonly selector?: string;
    readonly algo?: string;
    readonly status: SignatureStatus & { readonly underSized?: number; readonly aligned?: string | false };
  }
  export interface ArcData {
    readonly chain: readonly unknown[] | false;
    readonly lastEntry?: {
      readonly 'arc-seal'?: { readonly parsed?: { readonly d?: { readonly value?: unknown } } };
    };
  }
  export class DkimVerifier {
    constructor(options: {
      readonly resolver: AskDns;
      readonly strict?: boolean;
      readonly minBitLength?: number;
      readonly curTime?: Date;
    });
    readonly results: SignatureResult[];
    readonly arc: ArcData;
    readonly headerFrom: string[];
    readonly fromFields: number;
    readonly bodyHashes: Map<string, unknown>;
    /** Takes the header; what it does not say as a promise it has done when it returns. */
    messageHeaders(headers: ParsedHeaders): Promise<void>;
    /** The body has been hashed. */
    finalChunk(): Promise<void>;
  }
}

declare module 'mailauth/lib/dkim/dkim-signer.js' {
  import type { ParsedHeaders } from 'mailauth/lib/tools.js';

  export interface SignatureData {
    readonly signingDomain: string;
    readonly selector: string;
    /** PEM. */
    readonly privateKey: string;
    readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
    readonly canonicalization: 'relaxed/relaxed';
  }
  export class DkimSigner {
    constructor(options: {
      readonly signatureData: SignatureData[];
      readonly headers: ParsedHeaders;
      /** Base64. */
      readonly bodyHash: string;
      readonly signTime: Date;
      readonly strict: boolean;
      readonly headerList?: string;
    });
    /** Whole fields without the last CRLF. */
    readonly signatureHeaders: string[];
    readonly errors: { readonly err: Error }[];
    finalize(): Promise<void>;
  }
}
