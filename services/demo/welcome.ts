/** The newest mail in the firm's mailboxes: what there is to try. Pure. */
import type { Letter } from './past.ts';
import { type PersonName, staff } from './people.ts';

const text = `大家好：

这里是演示环境：公司、同事和往来邮件都是虚构的，任何邮件都不会离开这台机器。

可以试试：
1. 王芳给 buyer@outside.example 写一封主题含“合同”的邮件，它会被规则拦下，等待审批；
2. 李娜在审批台看到它和拦下的理由，批准并留言；
3. 王芳在“已发送”里看到对方服务器的答复；
4. 陈静凭理由查阅王芳的邮件，王芳可以看到是谁看过；
5. 管理员在控制台校验账本。

README 的“The first ten minutes”一节有每一步的命令。`;

/** One to each, so that nobody sees from it who else is here. */
export function welcomeLetters(nowMs: number): Letter[] {
  return staff.map((name: PersonName) => ({
    key: `welcome-${name}`,
    from: 'admin',
    to: [name],
    subject: '欢迎使用 Muniment 演示环境',
    text,
    file: null,
    answers: [],
    isAnswered: false,
    atMs: nowMs,
    chance: 1,
  }));
}
