/** What the people of the firm write to one another and, in Chinese, to the partner. `{name}` is filled in (`fill.ts`). */
import type { Topic } from './topic.ts';

export const insideTopics: readonly Topic[] = [
  {
    subject: '销售周报（第{week}周）',
    between: ['wang', 'li'],
    turns: [
      '李经理，您好：\n\n本周拜访客户{count}家，新增意向订单{few}份，主要是{product}。{place}的客户希望下月看样品。\n\n详细数据见附件。',
      '收到。{place}那边请把样品清单先列出来，周三例会上一起过一遍。',
      '好的，清单已经补在周报的第二页，周三我带过去。',
    ],
    file: {
      name: '销售周报-第{week}周.csv',
      rows: ['产品,数量,金额（元）', '{product},{count},{amount}', '其他,{few},{amount}'],
    },
  },
  {
    subject: '关于{product}的报价，请确认',
    between: ['wang', 'li'],
    turns: [
      '李经理：\n\n客户询{product}{count}件，我按目录价打九五折，总价{amount}元，交货期{few}周。请您确认后我再发出。',
      '折扣可以，交货期请写成{few}周加三个工作日，工厂最近排得满。',
    ],
  },
  {
    subject: '{today}例会纪要',
    between: ['zhao', 'li', 'wang'],
    turns: [
      '各位：\n\n今天例会的要点如下：\n1. {product}本月目标{count}件，目前完成一半；\n2. {place}展会由王芳负责布展；\n3. 月底前完成库存盘点。\n\n有遗漏请补充。',
      '补充一点：{place}展会的运输费用要先报预算，请王芳周五前给我。',
      '预算已经问了两家物流，周四发给大家。',
    ],
  },
  {
    subject: '{place}展会布展安排',
    between: ['li', 'wang', 'zhao'],
    turns: [
      '王芳：\n\n{place}展会定在{soon}，展位{few}号。请安排{product}样品{few}套，提前两天发货。',
      '已联系物流，样品{few}套下周一发出。展架沿用去年的，海报需要重新做。',
      '海报的文字我来改，今晚发给你。',
      '海报收到了，谢谢李经理，已经送印。',
    ],
  },
  {
    subject: '{place}客户的投诉处理',
    between: ['wang', 'zhao'],
    turns: [
      '赵哥：\n\n{place}的客户反映{product}有{few}件在运输中磕碰，照片已经收到。您看是补发还是折价？',
      '补发。请仓库今天出库，运费我们承担，并请客户把破损件的照片留档。',
      '已补发{few}件，运单号稍后告诉客户。客户表示满意。',
    ],
  },
  {
    subject: '{lastMonth}月差旅报销',
    between: ['wang', 'li'],
    turns: [
      '李经理：\n\n{lastMonth}月去{place}的差旅费共{amount}元，明细见附件，请审批。',
      '住宿超了标准一晚，请注明原因，其余没有问题。',
      '那一晚是展会期间，已在备注中写明。谢谢！',
    ],
    file: {
      name: '差旅明细.csv',
      rows: ['日期,事项,金额（元）', '{lately},高铁,{count}', '{lately},住宿,{amount}'],
    },
  },
  {
    subject: '合同模板更新，请以新版为准',
    between: ['zhao', 'li', 'wang'],
    turns: [
      '各位：\n\n销售合同模板增加了质保条款（第{few}条），旧版请勿再用。对外发送合同前照例由李经理批准。',
      '收到，销售部从今天起用新版。',
    ],
  },
  {
    subject: '{product}库存只剩{few}件',
    between: ['zhao', 'wang'],
    turns: [
      '王芳：\n\n{product}库存只剩{few}件，新货{soon}到。这之前的订单请先和客户商量交期。',
      '明白，手上有一份{count}件的询价，我请客户分两批提货。',
    ],
  },
  {
    subject: '审计部：第{week}周邮件抽查通知',
    between: ['chen', 'li'],
    turns: [
      '李经理：\n\n按制度，本周抽查销售部对外往来邮件。抽查过程都有记录，当事人可以在“谁看过我的邮件”中看到。',
      '好的，销售部配合。',
      '抽查已完成，没有发现问题。报告已归档。',
    ],
  },
  {
    subject: '信息部：{soon}晚系统维护',
    between: ['admin', 'li', 'wang', 'zhao', 'chen'],
    turns: [
      '各位同事：\n\n{soon} 22:00 至 23:00 邮件系统升级，期间可能有几分钟不能收发。已收到的邮件不会丢失。',
    ],
  },
  {
    subject: '请假一天（{soon}）',
    between: ['wang', 'li'],
    turns: ['李经理：\n\n{soon}家里有事，想请假一天。当天客户的来电由赵哥代接，已经说好。', '同意。'],
  },
  {
    subject: '新人培训资料',
    between: ['li', 'zhao'],
    turns: [
      '赵强：\n\n下月有{few}位新同事到岗，请你准备{product}的产品介绍和报价流程。',
      '初稿已完成，放在共享目录里，请提意见。',
      '很好，请再加一页常见问题。',
    ],
  },
  {
    subject: '{product}样品已寄出',
    between: ['wang', 'buyer'],
    turns: [
      '您好：\n\n{product}样品{few}件今天已经寄出，预计{soon}到。收到后请告知颜色是否合适。',
      '样品收到，颜色很好，谢谢。数量确定后再联系。',
    ],
  },
  {
    subject: '{place}仓库参观邀请',
    between: ['zhao', 'buyer'],
    turns: [
      '您好：\n\n我们在{place}的仓库{soon}开放参观，欢迎您来。需要接站请提前告诉我车次。',
      '谢谢邀请，我们有{few}个人参加，车次定下来就告诉您。',
    ],
  },
];
