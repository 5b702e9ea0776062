/** What the person at the command line does about a file that cannot be read or written. */

const readFaults: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name, and the folder you are in',
  EISDIR: 'it is a folder; name a file in it',
  ENOTDIR: 'a part of its path is a file and no folder; check the name',
  EACCES: 'you may not read it; ask its owner, or copy it to where you may',
};

const writeFaults: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there; make it, or name another',
  EISDIR: 'it is a folder; name a file in it',
  ENOTDIR: 'a part of its path is a file and no folder; name another',
  EACCES: 'the server may not write there; name a folder in which it may',
  EROFS: 'that disk takes no writing; name a folder on another',
  ENOSPC: 'the disk is full; make room, or name a folder on another',
};

/** One sentence; of a fault not foreseen the words of the system. */
export function unreadable(file: string, fault: unknown): string {
  return `${file} cannot be read: ${textOf(readFaults, fault)}.`;
}

export function unwritable(file: string, fault: unknown): string {
  return `${file} cannot be written: ${textOf(writeFaults, fault)}.`;
}

/** Whether the system refused this file, or the one beside it that is to take its name: then it is no fault of the server. */
export function isWriteFault(file: string, fault: unknown): boolean {
  const { path = '' } = fault as NodeJS.ErrnoException;
  return codeOf(fault) in writeFaults && [file, `${file}.tmp`].includes(path);
}

function textOf(texts: Readonly<Record<string, string>>, fault: unknown): string {
  return texts[codeOf(fault)] ?? (fault as Error).message;
}

function codeOf(fault: unknown): string {
  return String((fault as NodeJS.ErrnoException).code);
}
