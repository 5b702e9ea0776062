/** Files that somebody chose, and files that are given to them. */

export async function base64Of(file: Blob): Promise<string> {
  const octets = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In pieces: the arguments of a call have an end.
  for (let at = 0; at < octets.length; at += 32_768)
    text += String.fromCharCode(...octets.subarray(at, at + 32_768));
  return btoa(text);
}

/** The browser saves it under that name. */
export function give(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
