/** Marks in a page that is shown what rules have found in its text; white space does not count, tags may lie between. */

interface Squeezed {
  readonly text: string;
  /** Of each character: its text node, and where in it. */
  readonly nodes: readonly Text[];
  readonly offsets: readonly number[];
}

interface Piece {
  readonly node: Text;
  readonly start: number;
  readonly end: number;
}

/** So many places are enough to see why. */
const maxMarks = 500;

export function markFound(body: HTMLElement, founds: readonly string[]): void {
  const squeezed = squeeze(body);
  const places = [...new Set(founds.map((found) => found.replace(/\s+/g, '')))]
    .filter((found) => found !== '')
    .flatMap((found) => placesOf(squeezed.text, found))
    .slice(0, maxMarks);
  const marked = new Set<number>();
  for (const { start, end } of places) for (let at = start; at < end; at++) marked.add(at);
  // From the end on: what is marked splits its node, and what stands before it stays where it is.
  for (const piece of piecesOf(squeezed, marked).reverse()) wrap(piece);
}

function squeeze(body: HTMLElement): Squeezed {
  const nodes: Text[] = [];
  const offsets: number[] = [];
  let text = '';
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement?.localName === 'style') continue;
    const { data } = node as Text;
    for (let at = 0; at < data.length; at++) {
      if (/\s/.test(data[at]!)) continue;
      text += data[at];
      nodes.push(node as Text);
      offsets.push(at);
    }
  }
  return { text, nodes, offsets };
}

function placesOf(text: string, found: string): { readonly start: number; readonly end: number }[] {
  const places: { start: number; end: number }[] = [];
  for (let at = text.indexOf(found); at >= 0 && places.length < maxMarks; at = text.indexOf(found, at + 1))
    places.push({ start: at, end: at + found.length });
  return places;
}

/** Marked characters that follow one another in one node. */
function piecesOf({ nodes, offsets }: Squeezed, marked: ReadonlySet<number>): Piece[] {
  const pieces: Piece[] = [];
  for (const at of [...marked].sort((a, b) => a - b)) {
    const [node, offset] = [nodes[at]!, offsets[at]!];
    const last = pieces.at(-1);
    if (last?.node === node && marked.has(at - 1)) pieces[pieces.length - 1] = { ...last, end: offset + 1 };
    else pieces.push({ node, start: offset, end: offset + 1 });
  }
  return pieces;
}

function wrap({ node, start, end }: Piece): void {
  const range = node.ownerDocument.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  range.surroundContents(node.ownerDocument.createElement('mark'));
}
