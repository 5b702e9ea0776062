/** How much script a reader's browser fetches before anybody writes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtPages } from '../../services/http/pages.ts';

const maxCompressedOctets = 300_000;

/** What a page names, and what that imports without being asked to. */
function scriptsOf(page: string): Set<string> {
  const found = new Set<string>();
  const take = (text: string): void => {
    for (const [, name] of text
      .matchAll(/assets\/([\w.-]+\.js)|(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)
      .map(named)) {
      if (!name || found.has(name)) continue;
      found.add(name);
      take(readFileSync(join(builtPages, 'assets', name), 'utf8'));
    }
  };
  take(readFileSync(join(builtPages, page), 'utf8'));
  return found;
}

function named([whole, asset, sibling]: RegExpExecArray): [string, string | undefined] {
  return [whole, asset ?? sibling];
}

function compressedOctets(names: Iterable<string>): number {
  let octets = 0;
  for (const name of names) octets += gzipSync(readFileSync(join(builtPages, 'assets', name))).length;
  return octets;
}

describe('the size of the script', {
  skip: existsSync(builtPages) ? false : 'the pages are not built',
}, () => {
  test('is small, and the editor is not in it', (context) => {
    const first = scriptsOf('index.html');
    assert.ok(first.size > 0);
    const octets = compressedOctets(first);
    context.diagnostic(`${octets} octets compressed`);
    assert.ok(octets < maxCompressedOctets, `${octets} octets`);
    const text = [...first].map((name) => readFileSync(join(builtPages, 'assets', name), 'utf8')).join('');
    assert.doesNotMatch(text, /pasteImage/);
    const writing = [...scriptsOf('writing-frame.html')].filter((name) => !first.has(name));
    assert.match(
      writing.map((name) => readFileSync(join(builtPages, 'assets', name), 'utf8')).join(''),
      /pasteImage/,
    );
  });
});
