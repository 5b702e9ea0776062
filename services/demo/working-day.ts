/** When people of the invented firm write. Pure. */

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Beijing's. */
export const zoneOffsetMinutes = 480;
const zoneOffsetMs = zoneOffsetMinutes * 60_000;
const [opensAtMs, closesAtMs] = [8.5 * hourMs, 18.5 * hourMs];

/** That time, where somebody is at work then; otherwise so far into the next working day as it is into its own hour. */
export function nextWorkingMs(atMs: number): number {
  const localMs = atMs + zoneOffsetMs;
  const sinceMidnightMs = localMs % dayMs;
  let midnightMs = localMs - sinceMidnightMs;
  if (isWorkingDay(midnightMs) && sinceMidnightMs >= opensAtMs && sinceMidnightMs < closesAtMs) return atMs;
  if (sinceMidnightMs >= closesAtMs) midnightMs += dayMs;
  while (!isWorkingDay(midnightMs)) midnightMs += dayMs;
  return midnightMs + opensAtMs + (sinceMidnightMs % hourMs) - zoneOffsetMs;
}

/** Monday to Friday. */
function isWorkingDay(localMidnightMs: number): boolean {
  const day = new Date(localMidnightMs).getUTCDay();
  return day !== 0 && day !== 6;
}
