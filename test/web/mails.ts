/** Mails as they lie in a small firm's mailbox: conversations, files, HTML, long words, another zone. */

interface Written {
  readonly from: string;
  readonly subject: string;
  readonly id: string;
  readonly text?: string;
  readonly html?: string;
  readonly file?: string;
  readonly references?: string;
  readonly date?: string;
}

const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
const base64 = (octets: Buffer | string): string =>
  Buffer.from(octets).toString('base64').replace(/.{76}/g, '$&\r\n');

function mail({ from, subject, id, text = '', html, file, references, date }: Written): Buffer {
  const [, name = '', address = ''] = /^(.*) <(.*)>$/.exec(from) ?? [];
  const body = html === undefined ? part('text/plain; charset=utf-8', text) : related(html);
  return Buffer.from(
    [
      `From: ${encoded(name)} <${address}>`,
      `To: ${encoded('王小明')} <wang@acme.example>`,
      `Cc: ${encoded('李经理')} <li@acme.example>`,
      `Subject: ${encoded(subject)}`,
      `Message-ID: <${id}@partner.example>`,
      ...(references ? [`References: <${references}@partner.example>`] : []),
      `Date: ${date ?? 'Thu, 20 Nov 2025 09:30:05 +0800'}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=outer',
      '',
      '--outer',
      ...body,
      ...(file ? ['--outer', ...attachment(file)] : []),
      '--outer--',
      '',
    ].join('\r\n'),
  );
}

function part(type: string, text: string): string[] {
  return [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', base64(text)];
}

const redDot =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

function related(html: string): string[] {
  return [
    'Content-Type: multipart/related; boundary=inner',
    '',
    '--inner',
    ...part('text/html; charset=utf-8', html),
    '--inner',
    'Content-Type: image/png; name=dot.png',
    'Content-ID: <dot@partner.example>',
    'Content-Disposition: inline; filename=dot.png',
    'Content-Transfer-Encoding: base64',
    '',
    redDot,
    '--inner--',
  ];
}

function attachment(name: string): string[] {
  const parameter = `filename*=UTF-8''${encodeURIComponent(name)}`;
  return [
    'Content-Type: application/pdf',
    `Content-Disposition: attachment; ${parameter}`,
    'Content-Transfer-Encoding: base64',
    '',
    base64(Buffer.alloc(48_200, '%PDF-1.4 ')),
  ];
}

/** Asks a foreign host for a picture, three ways, and tries to run. */
export const hostileHtml = `<html><head><style>body{background-image:url(http://tracker.example/css)}</style>
<script>parent.document.title='taken'</script></head><body onload="alert(1)">
<p style="color:#333">尊敬的客户，本季<b>新品目录</b>已上线。</p>
<img src="http://tracker.example/pixel.gif" onerror="alert(2)" width="40" height="40" alt="新品">
<img src="cid:dot@partner.example" alt="dot" class="own">
<form action="http://tracker.example/post"><input name="q"><button>提交</button></form>
<a href="javascript:alert(3)">bad</a> <a href="https://shop.partner.example/catalogue">查看目录</a>
<svg><script>alert(4)</script></svg><iframe src="http://tracker.example/frame"></iframe>
</body></html>`;

export const firmMails: readonly Buffer[] = [
  mail({
    from: '陈晓华 <chen.xiaohua@partner.example>',
    subject: '采购合同第三版，请审阅',
    id: 'contract',
    text: '王先生，您好：\r\n\r\n附件是修改后的采购合同，第 4 条和第 7 条已按上次会议的意见调整，请在周五之前审阅。\r\n\r\n相关资料：https://docs.partner.example/contracts/2025/procurement?version=3\r\n\r\n此致\r\n陈晓华',
    file: '采购合同（第三版）—华东区域供应商—2025年11月修订稿.pdf',
  }),
  mail({
    from: '陈晓华 <chen.xiaohua@partner.example>',
    subject: 'Re: 采购合同第三版，请审阅',
    id: 'contract-2',
    references: 'contract',
    text: '补充一点：交货日期改为 12 月 15 日。\r\n\r\n> 附件是修改后的采购合同，\r\n> 请在周五之前审阅。\r\n\r\n谢谢！',
  }),
  mail({
    from: 'Margaret Featherstonehaugh-Cholmondeley <margaret@longnames.example>',
    subject: 'Quarterly review: figures, forecast and the very long agenda that nobody will read to its end',
    id: 'review',
    text: 'Dear all,\r\n\r\nplease find the agenda below.\r\n\r\n1. Figures\r\n2. Forecast\r\n3. Anything else\r\n\r\nKind regards\r\nMargaret',
  }),
  mail({
    from: '优品商城 <news@shop.partner.example>',
    subject: '双十二新品目录',
    id: 'catalogue',
    html: hostileHtml,
  }),
  mail({
    from: 'Łukasz Żółć <lukasz@partner.example>',
    subject: 'Invoice 2025-1184',
    id: 'invoice',
    text: 'The invoice is attached.',
    file: 'invoice-2025-1184.pdf',
  }),
  mail({
    from: '财务部 <finance@acme.example>',
    subject: '十一月差旅报销截止提醒',
    id: 'travel',
    html: '<p>各位同事：</p><p>十一月差旅报销将于 <b>11 月 28 日</b>截止，请尽快提交。</p><ul><li>发票原件</li><li>行程单</li></ul>',
  }),
];

/** Many mails of nobody in particular. */
export function manyMails(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) =>
    mail({
      from: `Sender ${i} <sender${i}@partner.example>`,
      subject: `Report number ${i}`,
      id: `many-${i}`,
      text: `Text of report ${i}`,
    }),
  );
}

export const lateMail: Buffer = mail({
  from: '赵敏 <zhao@partner.example>',
  subject: '刚刚到达的邮件',
  id: 'late',
  text: '现在才到。',
});
