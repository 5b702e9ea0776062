/** Prints a few lines and nothing of the page; `@media print` in tokens.css hides the rest. */

export function printLines(lines: readonly string[]): void {
  const sheet = document.createElement('pre');
  sheet.className = 'printed';
  sheet.textContent = lines.join('\n');
  document.body.append(sheet);
  window.addEventListener('afterprint', () => sheet.remove(), { once: true });
  window.print();
}
