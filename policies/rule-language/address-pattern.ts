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
    for (const pattern of patternsOver(address)) if (this.#patterns.has(pattern)) return true;
    return false;
  }
}

/** Every pattern that an address is of, in the form in which they are compared. */
export function* patternsOver(address: string): Generator<string> {
  yield address;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  yield `@${domain}`;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
    yield `@*${domain.slice(dot)}`;
}
