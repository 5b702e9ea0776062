/** What a setting may be: each reader takes a value from file or environment, and refuses it in words. */
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';

/** What is wrong with a configuration, in words for the administrator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Takes a value as the file or the environment gives it; throws a `ConfigError` that names the setting. */
export type Reader = (value: unknown, name: string) => unknown;

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new ConfigError(`${name} wants a text.`);
  return value;
}

/** A greeting goes out on one line: nothing that could end it. */
export function optionalText(value: unknown, name: string): string {
  if (typeof value !== 'string' || /[\r\n\0]/.test(value))
    throw new ConfigError(`${name} wants one line of text.`);
  return value;
}

export function path(value: unknown, name: string): string {
  const given = text(value, name);
  return isAbsolute(given) ? given : resolve(given);
}

export function hostName(value: unknown, name: string): string {
  const given = text(value, name);
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(given))
    throw new ConfigError(`${name} wants a host name.`);
  return given.toLowerCase();
}

export function port(value: unknown, name: string): number {
  return count(0, 65_535)(value, name) as number;
}

export function count(min: number, max: number): Reader {
  return (value, name) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      throw new ConfigError(`${name} wants an integer from ${min} to ${max}.`);
    }
    return number;
  };
}

export function flag(value: unknown, name: string): boolean {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  throw new ConfigError(`${name} wants true or false.`);
}

export function oneOf(...choices: readonly string[]): Reader {
  return (value, name) => {
    if (!choices.includes(value as string))
      throw new ConfigError(`${name} wants one of ${choices.join(', ')}.`);
    return value;
  };
}

export function optional(read: Reader): Reader {
  return (value, name) => (value === null ? null : read(value, name));
}

export function list(value: unknown, name: string): readonly string[] {
  const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'string'))
    throw new ConfigError(`${name} wants a list.`);
  return Object.freeze(items as string[]);
}

/** Addresses and networks: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`. */
export function networks(value: unknown, name: string): readonly string[] {
  const given = list(value, name);
  for (const network of given) {
    const [address = '', bits, ...more] = network.split('/');
    const maxBits = isIP(address) === 6 ? 128 : 32;
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits);
    if (isIP(address) === 0 || !isPrefix || more.length > 0)
      throw new ConfigError(
        `${name} wants networks, such as 192.0.2.0/24 or 2001:db8::1; ${network} is none.`,
      );
  }
  return given;
}

export function eventStoreUrl(value: unknown, name: string): string {
  const given = text(value, name);
  if (!/^esdb(\+discover)?:\/\//.test(given)) throw new ConfigError(`${name} wants an esdb:// URL.`);
  return given;
}

/** The text may hold a password: it is not repeated. */
export function relayUrl(value: unknown, name: string): string {
  const given = text(value, name);
  const url = URL.canParse(given) ? new URL(given) : null;
  const isRelay = url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
  if (!isRelay || (url.username === '') !== (url.password === '') || !/^\/?$/.test(url.pathname))
    throw new ConfigError(`${name} wants smtp(s)://host, or smtp(s)://user:password@host:port.`);
  return given;
}

export function resolvers(value: unknown, name: string): readonly string[] {
  const servers = list(value, name);
  for (const server of servers) {
    const [, address = server] =
      /^\[(.+)\](?::\d{1,5})?$/.exec(server) ?? /^([\d.]+)(?::\d{1,5})?$/.exec(server) ?? [];
    if (isIP(address) === 0) throw new ConfigError(`${name} wants IP addresses, with or without a port.`);
  }
  return servers;
}
