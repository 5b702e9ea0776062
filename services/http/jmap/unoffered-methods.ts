/** Methods whose answer is always the same here, and honest: RFC 8620 §5.4, §5.6. */
import { type MailContext, mailCapability, submissionCapability, takeAccount } from './mail-context.ts';
import { MethodError } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { MethodEntry } from './run-request.ts';

/** /query says `canCalculateChanges: false`: clients ask anew. */
function queryChanges(capability: string): MethodEntry<MailContext> {
  return {
    capability,
    run: async (args, context) => {
      const reader = new ArgumentReader(args);
      takeAccount(reader, context);
      reader.text('sinceQueryState');
      throw new MethodError('cannotCalculateChanges', 'changes of queries are not kept: ask the query anew');
    },
  };
}

export const mailQueryChanges = queryChanges(mailCapability);
export const submissionQueryChanges = queryChanges(submissionCapability);

/** A caller has one account, and a copy goes from one to another (RFC 8621 §4.7). */
export const emailCopy: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const from = reader.id('fromAccountId');
    const { account } = takeAccount(reader, context);
    if (from !== account) throw new MethodError('fromAccountNotFound', 'There is no such account for you.');
    throw new MethodError('invalidArguments', 'a copy goes from one account to another');
  },
};
