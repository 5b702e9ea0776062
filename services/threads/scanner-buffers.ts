/**
 * Buffers that carry octets to the scanner and come back. Sockets' own buffers cannot be handed over, because
 * several reads share one; and buffers that are dropped after one use would keep the collector busy.
 */

export const stagingOctets = 64 * 1024;
const maxFreeBuffers = 64;

export class StagingBuffers {
  readonly #free: ArrayBuffer[] = [];

  take(): Uint8Array {
    return new Uint8Array(this.#free.pop() ?? Buffer.allocUnsafeSlow(stagingOctets).buffer);
  }

  giveBack(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) if (this.#free.length < maxFreeBuffers) this.#free.push(buffer);
  }
}
