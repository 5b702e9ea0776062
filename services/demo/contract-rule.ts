/** The one rule of the invented firm. */
import { firm, personOf } from './people.ts';

export const contractRuleName = '合同外发须审批';

export const contractRule = JSON.stringify({
  name: contractRuleName,
  reason: '发往公司以外的合同须经部门经理批准。',
  owner: personOf('li').address,
  scope: { direction: 'sent', traffic: 'external', domains: [firm] },
  when: {
    any: [
      { test: 'text', in: ['subject', 'attachments'], words: ['合同'] },
      { test: 'attachmentName', names: ['*合同*'] },
    ],
  },
  actions: [
    {
      do: 'holdForApproval',
      reviewer: personOf('li').address,
      deputy: personOf('zhao').address,
      remindAfterHours: 4,
      deadlineHours: 24,
      atDeadline: 'return',
    },
  ],
  samples: [
    {
      mail: {
        sender: personOf('wang').address,
        recipients: [personOf('buyer').address],
        subject: '采购合同',
      },
      expect: 'hit',
    },
    {
      mail: { sender: personOf('wang').address, recipients: [personOf('buyer').address], subject: '报价' },
      expect: 'no',
    },
  ],
});
