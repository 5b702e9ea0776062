/** Sent by our own pages with every request; no other site can make a browser send it. */
export const ownPageHeader = 'x-muniment-page';
