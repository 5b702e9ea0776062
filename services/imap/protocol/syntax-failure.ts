/**
 * A command that breaks the grammar, on its way from the place that saw it to `parse-command.ts`, the only
 * place that catches it. It never leaves this room as an exception.
 */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly status: 'BAD' | 'NO';
  /** Response code without its brackets, or null. */
  readonly code: string | null;
  constructor(text: string, status: 'BAD' | 'NO' = 'BAD', code: string | null = null) {
    super(text);
    this.status = status;
    this.code = code;
  }
}
