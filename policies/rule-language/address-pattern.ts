/** Address patterns: `wang@acme.example`, `@acme.example` for everybody there, `@*.acme.example` for the domains below. */
import { normalLocalPart, parseAddress, parseDomain } from '../../services/domain/address.ts';

/** The form in which patterns are compared; null where it is no pattern. */
export function addressPattern(text: string): string | null {
  if (!text.startsWith('@')) return comparedAddress(text);
  const below = text.startsWith('@*.');
  const domain = parseDomain(text.slice(below ? 3 : 1));
  if (domain === null) return null;
  return below ? `@*.${domain}` : `@${domain}`;
}

/** An address as it is compared; null where it is none. */
export function comparedAddress(text: string): string | null {
  const address = parseAddress(text);
  return address && `${normalLocalPart(address.localPart)}@${address.domain}`;
}

export class AddressMatcher {
  readonly #patterns: ReadonlySet<string>;

  /** `patterns` as `addressPattern` makes them. */
  constructor(patterns: readonly string[]) {
    this.#patterns = new Set(patterns);
  }

  /** `address` as `comparedAddress` makes it. */
  matches(address: string): boolean {
    if (this.#patterns.has(address)) return true;
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (this.#patterns.has(`@${domain}`)) return true;
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      if (this.#patterns.has(`@*${domain.slice(dot)}`)) return true;
    }
    return false;
  }
}
