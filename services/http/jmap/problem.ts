/** Ways in which a whole JMAP request, or one of its method calls, says no (RFC 8620 §3.6). */

/** Of a request: nothing of it was carried out (§3.6.1). `urn:ietf:params:jmap:error:` stands before it. */
export type RequestProblemType = 'unknownCapability' | 'notJSON' | 'notRequest' | 'limit';

export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  readonly type: RequestProblemType;
  /** With `limit`: which one of the session object. */
  readonly limit: string | null;

  constructor(type: RequestProblemType, detail: string, limit: string | null = null) {
    super(detail);
    this.type = type;
    this.limit = limit;
  }
}

/** Of one method call; the calls behind it are carried out (§3.6.2). */
export type MethodErrorType =
  | 'serverUnavailable'
  | 'serverFail'
  | 'serverPartialFail'
  | 'unknownMethod'
  | 'invalidArguments'
  | 'invalidResultReference'
  | 'forbidden'
  | 'accountNotFound'
  | 'accountNotSupportedByMethod'
  | 'accountReadOnly'
  | 'requestTooLarge'
  | 'cannotCalculateChanges'
  | 'stateMismatch'
  | 'anchorNotFound'
  | 'unsupportedSort'
  | 'unsupportedFilter'
  | 'tooManyChanges'
  | 'fromAccountNotFound'
  | 'fromAccountNotSupportedByMethod';

export class MethodError extends Error {
  override readonly name = 'MethodError';
  readonly type: MethodErrorType;

  constructor(type: MethodErrorType, description: string) {
    super(description);
    this.type = type;
  }
}

export function invalidArguments(description: string): MethodError {
  return new MethodError('invalidArguments', description);
}
