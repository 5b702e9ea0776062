/**
 * The certificate of all doors: the configured one, or a self-signed one made at the first start and kept in the
 * data folder, so that mail programs that have accepted it once see the same again.
 */
import { createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { type Config, ConfigError } from '../config.ts';
import { replaceFile } from '../ledger/replace-file.ts';

export interface ServerCertificate {
  readonly context: SecureContext;
  readonly certPem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, hex with colons, as mail programs show it. */
  readonly fingerprint: string;
  readonly selfSigned: boolean;
  readonly expiresAtMs: number;
}

/** Phones refuse certificates that run for more than 825 days. */
const validityDays = 800;
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
  if (tlsCert === null && !isUsable(cert, key)) await makeSelfSigned(hostname, cert, key);
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

async function makeSelfSigned(hostname: string, certFile: string, keyFile: string): Promise<void> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await describe(hostname, keys);
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  mkdirSync(dirname(certFile), { recursive: true, mode: 0o700 });
  await replaceFile(keyFile, pem('PRIVATE KEY', pkcs8), 0o600);
  await replaceFile(certFile, pem('CERTIFICATE', certificate.toSchema(true).toBER(false)));
}

/** RFC 5280 §4.1, with the names a mail program on this machine may use. */
async function describe(hostname: string, keys: webcrypto.CryptoKeyPair): Promise<pkijs.Certificate> {
  const certificate = new pkijs.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ valueHex: positiveSerial() });
  const name = new pkijs.AttributeTypeAndValue({
    type: '2.5.4.3',
    value: new asn1js.Utf8String({ value: hostname }),
  });
  certificate.subject.typesAndValues.push(name);
  certificate.issuer.typesAndValues.push(name);
  certificate.notBefore.value = new Date(Date.now() - 86_400_000);
  certificate.notAfter.value = new Date(Date.now() + validityDays * 86_400_000);
  certificate.extensions = [subjectAltNames(hostname), serverAuth()];
  // pkijs names the browser's types; Node's are the same at run time.
  const engine = new pkijs.CryptoEngine({ crypto: webcrypto as never });
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey as never, engine);
  await certificate.sign(keys.privateKey as never, 'SHA-256', engine);
  return certificate;
}

function positiveSerial(): ArrayBuffer {
  const octets = webcrypto.getRandomValues(new Uint8Array(16));
  octets[0] = (octets[0]! & 0x7f) | 0x40;
  return octets.buffer;
}

/** RFC 5280 §4.2.1.6. */
function subjectAltNames(hostname: string): pkijs.Extension {
  const names = [...new Set([hostname, 'localhost'])].map(
    (value) => new pkijs.GeneralName({ type: 2, value }),
  );
  const loopback = new asn1js.OctetString({ valueHex: new Uint8Array([127, 0, 0, 1]).buffer });
  names.push(new pkijs.GeneralName({ type: 7, value: loopback }));
  const extnValue = new pkijs.GeneralNames({ names }).toSchema().toBER(false);
  return new pkijs.Extension({ extnID: '2.5.29.17', critical: false, extnValue });
}

/** RFC 5280 §4.2.1.12: id-kp-serverAuth. */
function serverAuth(): pkijs.Extension {
  const extnValue = new pkijs.ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.1'] }).toSchema().toBER(false);
  return new pkijs.Extension({ extnID: '2.5.29.37', critical: false, extnValue });
}

function pem(label: string, octets: ArrayBuffer): string {
  const lines = Buffer.from(octets)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
