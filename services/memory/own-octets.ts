/**
 * Octets of mail are much memory for a short time. V8 counts it, and long before it is worth it for anything else
 * collects the whole heap to find the buffers that nobody holds any more: more than half of what reading a mail
 * cost. Whoever holds the last reference to such a buffer knows it, and says so here.
 */

/**
 * Gives the memory of octets back at once. They must be the caller's alone, and nothing (a socket that writes them)
 * may use them still: they are empty afterwards. Octets that share their memory with others stay as they are.
 */
export function giveBack(octets: Uint8Array): void {
  const { buffer } = octets;
  if (octets.length > 0 && octets.length === buffer.byteLength && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}
