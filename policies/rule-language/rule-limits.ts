/** How much a rule may be. Within these bounds compiling and judging stay linear in what is looked at. */
export const ruleLimits = {
  /** Octets of a rule as text: what an event can seal, with room to spare. */
  maxTextOctets: 200 * 1024,
  maxNameCharacters: 200,
  /** Reasons, notices, disclaimers. */
  maxProseCharacters: 4000,
  /** Conditions of a rule, those within others counted too. */
  maxConditions: 500,
  maxDepth: 8,
  /** Words, addresses, names or types in one list. */
  maxListed: 10_000,
  maxWordCharacters: 100,
  maxPatternCharacters: 255,
  maxActions: 10,
  maxSamples: 20,
  /** Characters of all words of all rules in force together, in the form in which they are compared. */
  maxLexiconCharacters: 2_000_000,
  /** Places of one condition that a reason keeps; all are counted. */
  maxPlacesPerReason: 20,
} as const;
