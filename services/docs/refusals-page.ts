/** `docs/refusals.md`, out of the refusals. */
import { refusals } from '../domain/refusals.ts';
import { code, generatedNotice, table } from './markdown.ts';

export function refusalsPage(all: Readonly<Record<string, string>> = refusals): string {
  const rows = Object.entries(all).map(([name, text]) => [code(name), text]);
  const intro =
    'Every way in which the server says no. Each protocol answers each code with a reply of its own.';
  return `# Refusals\n\n${generatedNotice}\n\n${intro}\n\n${table(['code', 'what people read'], rows)}\n`;
}
