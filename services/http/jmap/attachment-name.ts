/**
 * `Content-Disposition` of a download (RFC 6266 §4): the name in UTF-8 (RFC 8187), and one in ASCII for programs that do
 * not know that. Characters that lead elsewhere in some file system become `_`.
 */
export function attachmentNamed(name: string): string {
  const safe = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]/g, '_');
  const ascii = safe.replace(/[^\x20-\x7e]+/g, '_').replaceAll('%', '_');
  // Of RFC 8187's `attr-char` these are none, and are left alone by encodeURIComponent.
  const encoded = encodeURIComponent(safe).replace(/['()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
