/**
 * The certificate of all doors: the configured one, or a self-signed one made at the first start and kept in the
 * data folder, so that mail programs that have accepted it once see the same again.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Config, ConfigError } from '../config.ts';

export interface ServerCertificate {
  readonly context: SecureContext;
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, hex with colons, as mail programs show it. */
  readonly fingerprint: string;
  readonly selfSigned: boolean;
  readonly expiresAtMs: number;
}

/** A self-signed certificate is made anew at a start so long before its end. */
const renewalDays = 30;

export async function loadCertificate({
  data,
  hostname,
  tlsCert,
  tlsKey,
}: Config): Promise<ServerCertificate> {
  if ((tlsCert === null) !== (tlsKey === null)) {
    throw new ConfigError('MUNIMENT_TLS_CERT and MUNIMENT_TLS_KEY are set together or not at all.');
  }
  const cert = tlsCert ?? join(data, 'tls', 'certificate.pem');
  const key = tlsKey ?? join(data, 'tls', 'key.pem');
  if (tlsCert === null && !isUsable(cert, key)) {
    const { makeSelfSigned } = await import('./self-signed-certificate.ts');
    await makeSelfSigned(hostname, cert, key);
  }
  return open(readPem(cert, 'certificate'), readPem(key, 'key'), tlsCert === null);
}

/** False also where the two are missing, damaged or do not belong together: then both are made anew. */
function isUsable(certFile: string, keyFile: string): boolean {
  try {
    const certificate = new X509Certificate(readFileSync(certFile));
    const endsInMs = Date.parse(certificate.validTo) - Date.now();
    return (
      certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile))) &&
      endsInMs > renewalDays * 86_400_000
    );
  } catch {
    return false;
  }
}

function readPem(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The TLS ${what} ${file} cannot be read: ${(error as Error).message}`);
  }
}

function open(certPem: string, keyPem: string, selfSigned: boolean): ServerCertificate {
  try {
    const context = createSecureContext({ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' });
    const { raw, validTo } = new X509Certificate(certPem);
    const fingerprint = createHash('sha256').update(raw).digest('hex').toUpperCase().match(/../g)!.join(':');
    return { context, certPem, keyPem, fingerprint, selfSigned, expiresAtMs: Date.parse(validTo) };
  } catch (error) {
    throw new ConfigError(`The TLS certificate and key do not work together: ${(error as Error).message}`);
  }
}
