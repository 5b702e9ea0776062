/** The text that explains a package of evidence to whoever opens it. */
import { counted } from '../counted.ts';
import type { Uuid } from '../domain/values.ts';
import { type Checkpoint, originOf } from './checkpoint.ts';

export function proofReadme(message: Uuid, checkpoint: Checkpoint): string {
  return `Evidence about one mail
=======================

Message     ${message}
Log         ${originOf(checkpoint)}
Checkpoint  ${counted(checkpoint.size, 'record')}, sealed ${new Date(checkpoint.sealedAt).toISOString()}

This package shows that the events in records/ stand in the append-only log of the mail server
that made it, unaltered and in this order, and that mail.eml, where it is enclosed, is octet for
octet the mail that was accepted (behind the header lines that the server put in front of it).
Where rules changed it, it shows what they changed, octet for octet. Where it left signed, it shows too
that what left is that mail, with those changes, behind its signatures. Of each recipient
elsewhere it shows what was sent and what the other server answered; where somebody approved the
mail first, that they decided on the same octets.

To check it you need Python 3 and nothing else, no network and no trust in the server:

    python3 verify.py proof.zip

To check it against the server as well, take a checkpoint of the same size that you got by
another way (a reply to a mail, a daily report, a time-stamp, another person):

    python3 verify.py proof.zip --checkpoint FILE

Whoever holds the log's signing key could make another log; only a checkpoint that left the
house before excludes that. If yours has another size, ask for a package that ends in it:
\`muniment prove ${message} --checkpoint FILE\`.

What is in it
  manifest.json   what belongs together: for each event its leaf and its inclusion proof
  records/        the events, octet for octet as the log has them
  personal/       what is confidential of them, as far as you may see it; each record has its
                  SHA-256 ("seal"), so that what is left out can be shown later
  mail.eml        the mail as it was accepted, behind the header lines of the server
  checkpoint      the signed head of the log that the proofs lead to
  log.pub         the public key of the log
  verify.py       the checks; read it before you run it

What it does not show: that no further events of this message follow, and the contents of
personal parts that are not enclosed.
`;
}
