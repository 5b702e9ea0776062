/** Makes the certificate of a first start: loaded for that alone, because what writes certificates is large. */
import { webcrypto } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { replaceFile } from '../ledger/replace-file.ts';

/** Phones refuse certificates that run for more than 825 days. */
const validityDays = 800;

/** Key first: a certificate without its key would be used by nobody, and both are made anew. */
export async function makeSelfSigned(hostname: string, certFile: string, keyFile: string): Promise<void> {
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
