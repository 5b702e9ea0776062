/** The text of PDF documents, page by page, by pdf.js with its own character maps for Chinese, Japanese and Korean. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { TextBuilder } from './text-builder.ts';

const maxPages = 2000;

/** Null where it cannot be opened: damaged, or locked by a password. */
export async function pdfText(octets: Uint8Array, maxCharacters: number): Promise<TextBuilder | null> {
  const document = await open(octets);
  if (document === null) return null;
  try {
    return await readPages(document, new TextBuilder(maxCharacters));
  } catch {
    return null; // a page that cannot be read may hold anything
  } finally {
    await document.loadingTask.destroy();
  }
}

/** Loaded at the first document: it is large. */
async function open(octets: Uint8Array): Promise<PDFDocumentProxy | null> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const folder = dirname(
    dirname(dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/legacy/build/pdf.mjs')))),
  );
  try {
    return await getDocument({
      data: new Uint8Array(octets),
      cMapUrl: `${join(folder, 'cmaps')}/`,
      cMapPacked: true,
      isEvalSupported: false,
      useSystemFonts: false,
      disableFontFace: true,
      verbosity: VerbosityLevel.ERRORS,
    }).promise;
  } catch {
    return null;
  }
}

async function readPages(document: PDFDocumentProxy, text: TextBuilder): Promise<TextBuilder | null> {
  if (document.numPages > maxPages) return null;
  for (let number = 1; number <= document.numPages && !text.isFull; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    for (const item of items) {
      if (!('str' in item)) continue;
      text.add(item.str);
      if (item.hasEOL) text.endLine();
    }
    text.endLine();
    page.cleanup();
  }
  return text;
}
