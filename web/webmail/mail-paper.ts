/** The ground on which a mail's HTML is shown: the theme's own, or white where the mail has colours of its own. */

export function paper(theme: CSSStyleDeclaration, hasOwnColours: boolean): string {
  const ink = hasOwnColours ? '#1b1f26' : theme.color;
  const link = hasOwnColours ? '#24559d' : 'LinkText';
  return `
    html { background: ${hasOwnColours ? '#fff' : 'transparent'}; overflow: hidden; }
    body {
      margin: 0;
      padding: ${hasOwnColours ? '12px' : '0'};
      overflow-x: auto;
      color: ${ink};
      font: ${theme.fontSize} / 1.6 ${theme.fontFamily};
      overflow-wrap: anywhere;
    }
    a { color: ${link}; }
    img { max-width: 100%; height: auto; }
    pre { white-space: pre-wrap; }
    blockquote { margin: 0 0 0 4px; padding-left: 12px; border-left: 3px solid #b6bcc6; }
    table { max-width: 100%; }
  `;
}
