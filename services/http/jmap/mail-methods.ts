/** Every method there is, under the name that clients call it by. */
import {
  emailChangesMethod,
  mailboxChangesMethod,
  threadChangesMethod,
  threadGet,
} from './changes-methods.ts';
import { coreEcho } from './core-methods.ts';
import { emailGet } from './email-get.ts';
import { emailImport } from './email-import.ts';
import { emailQuery } from './email-query.ts';
import { emailSet } from './email-set.ts';
import { identityChanges, identityGet, identitySet } from './identity-methods.ts';
import type { MailContext } from './mail-context.ts';
import { mailboxGet, mailboxQuery } from './mailbox-get.ts';
import { mailboxSet } from './mailbox-set.ts';
import type { MethodTable } from './run-request.ts';
import { searchSnippetGet } from './search-snippet.ts';
import { submissionChanges, submissionGet, submissionQuery } from './submission-methods.ts';
import { submissionSet } from './submission-set.ts';
import { emailCopy, mailQueryChanges, submissionQueryChanges } from './unoffered-methods.ts';

export const mailMethods: MethodTable<MailContext> = new Map([
  ['Core/echo', coreEcho],
  ['Mailbox/get', mailboxGet],
  ['Mailbox/changes', mailboxChangesMethod],
  ['Mailbox/query', mailboxQuery],
  ['Mailbox/queryChanges', mailQueryChanges],
  ['Mailbox/set', mailboxSet],
  ['Thread/get', threadGet],
  ['Thread/changes', threadChangesMethod],
  ['Email/get', emailGet],
  ['Email/changes', emailChangesMethod],
  ['Email/query', emailQuery],
  ['Email/queryChanges', mailQueryChanges],
  ['Email/set', emailSet],
  ['Email/copy', emailCopy],
  ['SearchSnippet/get', searchSnippetGet],
  ['Email/import', emailImport],
  ['Identity/get', identityGet],
  ['Identity/changes', identityChanges],
  ['Identity/set', identitySet],
  ['EmailSubmission/get', submissionGet],
  ['EmailSubmission/changes', submissionChanges],
  ['EmailSubmission/query', submissionQuery],
  ['EmailSubmission/queryChanges', submissionQueryChanges],
  ['EmailSubmission/set', submissionSet],
]);
