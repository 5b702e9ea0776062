/** What the partner and the firm write to each other in English. `{name}` is filled in (`fill.ts`). */
import type { Topic } from './topic.ts';

export const outsideTopics: readonly Topic[] = [
  {
    subject: 'Request for quotation: {count} {article}',
    between: ['buyer', 'wang'],
    turns: [
      'Dear Fang,\n\nplease send us your best price for {count} {article}, delivered to our warehouse in week {weekSoon}. We would need two colours.',
      'Dear Emily,\n\nthank you for asking. For {count} {article} our price is EUR {amount}, delivery within {few} weeks after your order. The price list is attached.',
      'Dear Fang,\n\nthat looks good. I will come back to you after our meeting on Thursday.',
      'Dear Emily,\n\nhas your meeting come to a decision? The price stands until the end of the month.',
    ],
    file: {
      name: 'price-list.csv',
      rows: ['Article,Pieces,EUR', '{article},{count},{amount}', 'Delivery,{few} weeks,0'],
      turn: 1,
    },
  },
  {
    subject: 'Order {amount}: delivery date',
    between: ['buyer', 'wang'],
    turns: [
      'Dear Fang,\n\ncould you confirm that order {amount} leaves your warehouse this week? Our customer is waiting.',
      'Dear Emily,\n\nit left this morning with {few} pallets. The papers travel with the goods.',
      'Thank you, that was quick.',
    ],
  },
  {
    subject: 'Damaged {article} in order {amount}',
    between: ['buyer', 'wang'],
    turns: [
      'Dear Fang,\n\n{few} of the {article} arrived with scratches. I kept the packaging in case you want to see it.',
      'Dear Emily,\n\nI am sorry about that. We send {few} new ones tomorrow at our cost; please keep the others until our carrier collects them.',
      'All fine now, thank you.',
    ],
  },
  {
    subject: 'Catalogue for the new season',
    between: ['wang', 'buyer'],
    turns: [
      'Dear Emily,\n\nour catalogue for the new season is ready. {few} of the {article} are new, and you will find them on page {count}.',
      'Dear Fang,\n\nthank you. Could we have samples of page {count}?',
    ],
  },
  {
    subject: 'Invoice {amount}',
    between: ['zhao', 'buyer'],
    turns: [
      'Dear Emily,\n\nplease find attached what invoice {amount} is made of. It is due within 30 days.',
      'Received, and passed on to our accounts. They ask for the tax number of your company.',
      'It is on the second line of the invoice; I have told them.',
    ],
    file: { name: 'invoice-{amount}.csv', rows: ['Article,Pieces', '{article},{count}'] },
  },
  {
    subject: 'Visit to {town} in week {weekSoon}',
    between: ['buyer', 'li'],
    turns: [
      'Dear Ms Li,\n\nI will be in {town} in week {weekSoon} and would like to see the new {article}. Would Tuesday suit you?',
      'Dear Ms Carter,\n\nTuesday is fine. Fang will meet you at the station.',
      'Perfect, see you then.',
    ],
  },
  {
    subject: 'Terms of payment',
    between: ['buyer', 'li'],
    turns: [
      'Dear Ms Li,\n\nfor orders above EUR {amount} we would like to pay in {few} instalments. Is that possible?',
      'Dear Ms Carter,\n\nfor you it is. I will have it written into our next offer.',
    ],
  },
];
