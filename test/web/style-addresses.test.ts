import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cleanStyle } from '../../web/webmail/style-addresses.ts';

const clean = (style: string, withPictures = false): string => cleanStyle(style, withPictures).text;

describe('addresses in styles', () => {
  test('are found in every spelling', () => {
    for (const style of [
      'background:url(http://evil.example/a)',
      'background:URL( "http://evil.example/a" )',
      'background:u\\72l(http://evil.example/a)',
      'background:\\75\\72\\6c(//evil.example/a)',
      'background:\\5c 75rl(http://evil.example/a)',
      'background:url/**/(http://evil.example/a)',
      'background:url(http://evil.example/a',
      'background:image-set("http://evil.example/a" 1x)',
      'background:-webkit-image-set(url(http://evil.example/a) 1x)',
      '@import "http://evil.example/a";',
      '@im\\70ort url(http://evil.example/a)',
      '@font-face{font-family:f;src:url(http://evil.example/a)}',
      'width:expression(alert(1));-moz-binding:url(http://evil.example/a)',
    ])
      assert.doesNotMatch(clean(style), /url\s*\(|image-set\(|@import|expression\(|binding:/i, style);
  });

  test('pictures from elsewhere are told of, and stay where they are asked for', () => {
    const style = 'background:url(https://shop.example/a.png);color:red';
    assert.deepEqual(cleanStyle(style, false), {
      text: 'background:none;color:red',
      hasRemotePictures: true,
    });
    assert.deepEqual(cleanStyle(style, true), { text: style, hasRemotePictures: true });
    assert.equal(cleanStyle('color:red', false).hasRemotePictures, false);
  });

  test('a picture that stands in it stays, and so does what loads nothing', () => {
    const style = 'background:url(data:image/png;base64,AAAA);content:"\u201c";font:14px serif';
    assert.equal(clean(style), style);
    assert.equal(clean('background:url(data:image/svg+xml,x)'), 'background:none');
    assert.equal(clean('a{color:red}@media print{a{color:blue}}'), 'a{color:red}@media print{a{color:blue}}');
  });

  test('escapes that do not end are no style', () => {
    assert.equal(
      clean('\\5c '.repeat(3).concat('5c5c5c75rl(x)').repeat(1).replace('x', '\\'.repeat(64))),
      '',
    );
  });
});
