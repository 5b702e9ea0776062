/** A POP3 client that takes every message there is. */
import { Wire } from './wire.ts';

/** Messages and octets that were retrieved. */
export async function retrieveAll(
  port: number,
  user: string,
  password: string,
): Promise<{ messages: number; octets: number }> {
  const wire = await Wire.open(port);
  const say = async (command: string): Promise<string> => {
    wire.write(command);
    const line = await wire.line();
    if (!line.startsWith('+OK')) throw new Error(`POP3: ${line}`);
    return line;
  };
  await wire.line();
  await say(`USER ${user}\r\n`);
  await say(`PASS ${password}\r\n`);
  const messages = Number((await say('STAT\r\n')).split(' ')[1]);
  for (let n = 1; n <= messages; n++) {
    await say(`RETR ${n}\r\n`);
    while ((await wire.line()) !== '.');
  }
  await say('QUIT\r\n');
  wire.close();
  return { messages, octets: wire.received };
}
