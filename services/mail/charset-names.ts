/**
 * Names of charsets as mails write them, and what to decode each as. Mail programs name the oldest member of a
 * family and write the newest: the whole GB family is read as GB18030, KS C 5601 as code page 949, Big5 with the
 * Hong Kong characters, ISO 8859-1 as Windows-1252.
 */

/** A way to decode; `other:` with a name that iconv-lite knows. */
export type Encoding =
  | 'utf-8'
  | 'gb18030'
  | 'big5'
  | 'cp949'
  | 'shift_jis'
  | 'euc-jp'
  | 'iso-2022-jp'
  | 'iso-2022-kr'
  | 'hz'
  | 'utf-7'
  | 'utf-16'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1252'
  | `other:${string}`;

/** Keys are lower-case names without anything but letters and digits. */
const families: Readonly<Record<Exclude<Encoding, `other:${string}`>, string>> = {
  'utf-8': 'utf8 unicode11utf8 unicode20utf8 cp65001 65001',
  gb18030:
    'gb2312 gb231280 gbk xgbk gb18030 gb180302000 gb180302005 gb180302022 cngb csgb2312 csiso58gb231280 chinese isoir58 ' +
    'windows936 cp936 ms936 936 euccn eucgb gb',
  big5: 'big5 big5hkscs big5hkscs2004 xxbig5 xbig5 cnbig5 csbig5 cp950 ms950 windows950 950 big5eten big5tw',
  cp949:
    'euckr ksc56011987 ksc56011989 ksc5601 ks5601 korean cseuckr csksc56011987 isoir149 cp949 ms949 windows949 ' +
    'xwindows949 949 uhc',
  shift_jis:
    'shiftjis sjis xsjis mskanji cp932 ms932 windows932 windows31j cswindows31j csshiftjis 932 xmsjis',
  'euc-jp': 'eucjp xeucjp cseucpkdfmtjapanese ujis',
  'iso-2022-jp':
    'iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms cp50220 cp50221 cp50222 jis',
  'iso-2022-kr': 'iso2022kr csiso2022kr',
  hz: 'hz hzgb2312',
  'utf-7': 'utf7 unicode11utf7 unicode20utf7 xunicode20utf7 csunicode11utf7',
  'utf-16': 'utf16 csutf16 ucs2 iso10646ucs2 unicode',
  'utf-16le': 'utf16le csutf16le',
  'utf-16be': 'utf16be csutf16be',
  'windows-1252':
    'usascii ascii ansix341968 ansi iso88591 88591 latin1 l1 iso646us isoir100 windows1252 cp1252 xcp1252',
};

const encodings = new Map<string, Encoding>(
  Object.entries(families).flatMap(([encoding, names]) =>
    names.split(' ').map((name) => [name, encoding as Encoding] as const),
  ),
);

/** Single-octet charsets that iconv-lite has; never its `base64`, `hex` and the like. */
const otherNames =
  /^(iso8859\d+|windows\d+|cp\d+|ibm\d+|koi8[a-z]+|mac[a-z]*|xmac[a-z]+|tis620|viscii|tcvn|armscii8|rk1048|pt154|hproman8)$/;

/** What a charset name means; null where nobody knows the name, or there is none. */
export function encodingOf(charset: string): Encoding | null {
  // RFC 2231 §5: `charset*language` in encoded words.
  const name = charset.replace(/\*.*$/, '').toLowerCase();
  const key = name.replace(/[^a-z0-9]/g, '');
  return encodings.get(key) ?? (otherNames.test(key) ? `other:${name}` : null);
}
