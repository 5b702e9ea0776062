/**
 * Charsets that switch to other letters in seven bits and that no library here decodes piece by piece: HZ
 * (RFC 1843), ISO-2022-KR (RFC 1557) and UTF-7 (RFC 2152). Each becomes a wider sister, octet by octet, so that
 * the decoders of GB18030, code page 949 and UTF-16 do the rest.
 */

/** Turns pieces of a text into eight-bit octets; state is kept between pieces. */
export interface Widener {
  push(octets: Uint8Array): Buffer;
}

const tilde = 0x7e;
const lineFeed = 0x0a;

/** `~{` double octets `~}`; `~~` is a tilde; `~` before a line end joins lines. */
export class HzWidener implements Widener {
  #wide = false;
  #escape = false;

  push(octets: Uint8Array): Buffer {
    const out = Buffer.alloc(octets.length + 1);
    let length = 0;
    for (const octet of octets) {
      if (this.#escape) length = this.#afterTilde(octet, out, length);
      else if (octet === tilde) this.#escape = true;
      else {
        if (octet === lineFeed) this.#wide = false;
        out[length++] = this.#widened(octet);
      }
    }
    return out.subarray(0, length);
  }

  #afterTilde(octet: number, out: Buffer, length: number): number {
    this.#escape = false;
    if (octet === 0x7b) this.#wide = true;
    else if (octet === 0x7d) this.#wide = false;
    else if (octet === tilde) out[length++] = tilde;
    else if (octet !== lineFeed) {
      out[length++] = this.#widened(tilde);
      out[length++] = this.#widened(octet);
    }
    return length;
  }

  #widened(octet: number): number {
    return this.#wide && octet > 0x20 && octet < 0x7f ? octet | 0x80 : octet;
  }
}

const escapeOctet = 0x1b;
const shiftOut = 0x0e;
const shiftIn = 0x0f;
/** `ESC $ ) C` announces KS C 5601; it stands once, at the start of a line. */
const designatorOctets = 4;

/** SO begins double octets, SI ends them. */
export class Iso2022KrWidener implements Widener {
  #wide = false;
  /** Octets of a designator still to be passed over. */
  #skip = 0;

  push(octets: Uint8Array): Buffer {
    const out = Buffer.alloc(octets.length);
    let length = 0;
    for (const octet of octets) {
      if (this.#skip > 0) this.#skip--;
      else if (octet === escapeOctet) this.#skip = designatorOctets - 1;
      else if (octet === shiftOut) this.#wide = true;
      else if (octet === shiftIn) this.#wide = false;
      else out[length++] = this.#wide && octet > 0x20 ? octet | 0x80 : octet;
    }
    return out.subarray(0, length);
  }
}

const plus = 0x2b;
const minus = 0x2d;
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `+` base64 of UTF-16 in big-endian order `-`; `+-` is a plus sign. Becomes UTF-16 in big-endian order. */
export class Utf7Widener implements Widener {
  #shifted = false;
  /** Nothing has come behind the `+` yet. */
  #fresh = false;
  #bits = 0;
  #bitCount = 0;

  push(octets: Uint8Array): Buffer {
    const out = Buffer.alloc(2 * octets.length);
    let length = 0;
    for (const octet of octets)
      length = this.#shifted ? this.#inBase64(octet, out, length) : this.#direct(octet, out, length);
    return out.subarray(0, length);
  }

  #direct(octet: number, out: Buffer, length: number): number {
    if (octet === plus) {
      this.#shifted = true;
      this.#fresh = true;
      this.#bits = 0;
      this.#bitCount = 0;
      return length;
    }
    out[length] = 0;
    out[length + 1] = octet;
    return length + 2;
  }

  #inBase64(octet: number, out: Buffer, length: number): number {
    const value = base64.indexOf(String.fromCharCode(octet));
    if (value < 0) {
      const isPlus = octet === minus && this.#fresh;
      this.#shifted = false;
      if (octet === minus && !isPlus) return length;
      out[length] = 0;
      out[length + 1] = isPlus ? plus : octet;
      return length + 2;
    }
    this.#fresh = false;
    this.#bits = ((this.#bits << 6) | value) & 0x3fffff;
    this.#bitCount += 6;
    if (this.#bitCount < 16) return length;
    this.#bitCount -= 16;
    out.writeUInt16BE((this.#bits >> this.#bitCount) & 0xffff, length);
    return length + 2;
  }
}
