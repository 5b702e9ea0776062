import type { FetchItem, FetchModifiers } from './fetch-items.ts';
import type { ListArguments } from './list-arguments.ts';
import type { OctetString } from './octet-string.ts';
import type { SearchArguments } from './search-arguments.ts';
import type { SelectParameters } from './select-arguments.ts';
import type { SequenceSet } from './sequence-set.ts';
import type { StatusItem } from './status-items.ts';
import type { StoreArguments } from './store-arguments.ts';

/** Verbs without arguments. */
export type PlainVerb =
  | 'CAPABILITY'
  | 'NOOP'
  | 'LOGOUT'
  | 'STARTTLS'
  | 'NAMESPACE'
  | 'CHECK'
  | 'CLOSE'
  | 'UNSELECT'
  | 'IDLE';

/** One field of ID (RFC 2971); null is NIL. */
export type IdField = readonly [name: string, value: string | null];

/**
 * Every command that this server understands, with its arguments as values. Mailboxes are as they came on the
 * wire: `mailboxPath` gives them meaning by what the client has enabled. APPEND is not here, because its octets
 * are handed through while they arrive (`command-reader.ts`).
 */
export type ImapCommand =
  | { readonly verb: PlainVerb }
  | { readonly verb: 'LOGIN'; readonly user: string; readonly password: string }
  /** `initialResponse` is base64; empty for `=`, null where none came (RFC 9051 §6.2.2). */
  | { readonly verb: 'AUTHENTICATE'; readonly mechanism: string; readonly initialResponse: string | null }
  | { readonly verb: 'ID'; readonly fields: readonly IdField[] }
  | { readonly verb: 'ENABLE'; readonly capabilities: readonly string[] }
  | ({ readonly verb: 'SELECT' | 'EXAMINE'; readonly mailbox: OctetString } & SelectParameters)
  /** `uses`: special uses of RFC 6154 §3, as written. */
  | { readonly verb: 'CREATE'; readonly mailbox: OctetString; readonly uses: readonly string[] }
  | { readonly verb: 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly mailbox: OctetString }
  | { readonly verb: 'RENAME'; readonly from: OctetString; readonly to: OctetString }
  | ({ readonly verb: 'LIST' } & ListArguments)
  | { readonly verb: 'LSUB'; readonly reference: OctetString; readonly pattern: OctetString }
  | { readonly verb: 'STATUS'; readonly mailbox: OctetString; readonly items: readonly StatusItem[] }
  /** `uids` is null for EXPUNGE, a set for UID EXPUNGE (RFC 4315 §2.1). */
  | { readonly verb: 'EXPUNGE'; readonly uids: SequenceSet | null }
  | ({ readonly verb: 'SEARCH'; readonly byUid: boolean } & SearchArguments)
  | ({
      readonly verb: 'FETCH';
      readonly byUid: boolean;
      readonly set: SequenceSet;
      readonly items: readonly FetchItem[];
    } & FetchModifiers)
  | ({ readonly verb: 'STORE'; readonly byUid: boolean; readonly set: SequenceSet } & StoreArguments)
  | {
      readonly verb: 'COPY' | 'MOVE';
      readonly byUid: boolean;
      readonly set: SequenceSet;
      readonly mailbox: OctetString;
    };

export type Verb = ImapCommand['verb'];
/** The member of `ImapCommand` that has that verb, alone or among others. */
export type CommandOf<V extends Verb> = ImapCommand extends infer C
  ? C extends { readonly verb: infer W }
    ? V extends W
      ? C
      : never
    : never
  : never;
