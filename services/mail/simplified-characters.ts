/** Traditional characters as their simplified ones, for comparing: 合約 and 合约 are one word, 臺北 and 台北 one place. */
import pairs from 'opencc-js/dict/TSCharacters';

const first = 0x3400;
const behind = 0xa000;
let table: Uint16Array | null = null;

/**
 * The text with each such character exchanged, at its place: lengths and places stay. What two words share in
 * simplified writing (後 and 后) is one; what is simplified to a character outside the basic plane stays as it is.
 */
export function simplified(text: string): string {
  if (!/[\u3400-\u9fff]/.test(text)) return text;
  table ??= simplifiedForms();
  const units = Buffer.from(text, 'utf16le');
  for (let at = 0; at < units.length; at += 2) {
    const unit = units.readUInt16LE(at);
    if (unit >= first && unit < behind) units.writeUInt16LE(table[unit - first]!, at);
  }
  return units.toString('utf16le');
}

function simplifiedForms(): Uint16Array {
  const forms = Uint16Array.from({ length: behind - first }, (_, i) => first + i);
  for (const pair of pairs.split('|')) {
    const [from = '', to = ''] = pair.split(' ');
    if (from.length === 1 && to.length === 1) forms[from.charCodeAt(0) - first] = to.charCodeAt(0);
  }
  return forms;
}
