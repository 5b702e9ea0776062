/** What a verification finds wrong with volume files themselves, whoever's mails lie in them. It reads only. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Uuid } from '../domain/values.ts';
import { decodeFrameHeader, frameHeaderOctets, frameOctets } from './frame.ts';
import { decodeVolumeHeader, manifestFileName, volumeHeaderOctets, volumeNumberOf } from './volume-file.ts';
import { type Manifest, parseManifest } from './volume-manifest.ts';

export interface VolumeProblem {
  readonly file: string;
  readonly text: string;
}

const pieceOctets = 256 * 1024;

/** Volumes in order; `onVolume` hears how many of them are done. Those that are removed meanwhile are left out. */
export async function* checkVolumes(
  folder: string,
  logId: Uuid | null,
  onVolume: (done: number, total: number) => void,
): AsyncGenerator<VolumeProblem> {
  const names = (await readdir(folder)).filter((name) => volumeNumberOf(name) !== null).sort();
  for (const [i, name] of names.entries()) {
    const file = join(folder, name);
    const handle = await openIfThere(file);
    if (handle === null) continue;
    try {
      for (const text of await problemsOf(handle, folder, volumeNumberOf(name)!, logId)) yield { file, text };
    } finally {
      await handle.close();
    }
    onVolume(i + 1, names.length);
  }
}

async function problemsOf(
  file: FileHandle,
  folder: string,
  volume: number,
  logId: Uuid | null,
): Promise<string[]> {
  const header = headerProblem(await octetsAt(file, 0, volumeHeaderOctets), volume, logId);
  const text = await textIfThere(join(folder, manifestFileName(volume)));
  // The active volume has none, nor has one that is still being hashed.
  const manifest = text === null ? [] : await manifestProblems(file, text, volume);
  return [...(header === null ? [] : [header]), ...manifest];
}

function headerProblem(octets: Uint8Array, volume: number, logId: Uuid | null): string | null {
  const header = decodeVolumeHeader(octets);
  if (header === null) return 'it does not begin as a volume does';
  if (header.volume !== volume) return `it says that it is volume ${header.volume}`;
  if (logId !== null && header.logId !== logId) return `it belongs to another log, ${header.logId}`;
  return null;
}

async function manifestProblems(file: FileHandle, text: string, volume: number): Promise<string[]> {
  const manifest = parseManifest(text);
  if (manifest === null || manifest.volume !== volume)
    return [
      'its manifest cannot be read, or is that of another volume; without the file the next start makes it anew',
    ];
  const { size } = await file.stat();
  if (size !== manifest.octets) return [`it has ${size} octets, and had ${manifest.octets} when it was full`];
  if ((await sha256Of(file)) !== manifest.sha256)
    return [
      'its octets are not those that it had when it was full: their SHA-256 is another than the manifest’s',
    ];
  return frameProblems(file, manifest);
}

/** The octets are right, so what differs here is the manifest. */
async function frameProblems(file: FileHandle, { octets, frames }: Manifest): Promise<string[]> {
  let end = volumeHeaderOctets;
  for (const [frame, offset, length] of frames) {
    const header = decodeFrameHeader(await octetsAt(file, offset, frameHeaderOctets));
    if (offset !== end || header?.frame !== frame || frameOctets(header) !== length)
      return [`its manifest names the frame ${frame} at ${offset}, which does not lie there`];
    end = offset + length;
  }
  return end === octets ? [] : [`its manifest names no frame behind octet ${end}`];
}

async function sha256Of(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceOctets);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, pieceOctets, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function octetsAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const octets = Buffer.alloc(length);
  const { bytesRead } = await file.read(octets, 0, length, offset);
  return octets.subarray(0, bytesRead);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

async function textIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
