/**
 * The benchmark: starts a server in a temporary folder, measures, prints one JSON line a measure, and removes
 * everything. This process is the load generator; the server is another one, and `generatorCpuSeconds` beside
 * `serverCpuSeconds` tells whether the generator was the limit.
 */
import { benchOptions } from './bench-options.ts';
import { BenchServer } from './bench-server.ts';
import type { Bench, Figures, Measure } from './measure.ts';
import { changeMeasures } from './measures/change.ts';
import { deliverMeasures } from './measures/deliver.ts';
import { judgeMeasures } from './measures/judge.ts';
import { keepMeasures } from './measures/keep.ts';
import { readMeasures } from './measures/read.ts';
import { sendOnMeasures } from './measures/send-on.ts';
import { cpuProbeMs, cpuSeconds, pssMb } from './process-figures.ts';

const measures: readonly Measure[] = [
  ...deliverMeasures,
  ...readMeasures,
  ...changeMeasures,
  ...keepMeasures,
  ...judgeMeasures,
  ...sendOnMeasures,
];

async function main(args: readonly string[]): Promise<void> {
  const { wants, scale, json } = benchOptions(args);
  const wanted = measures.filter(({ name }) => wants(name));
  const server = await BenchServer.make();
  let runs = 0;
  const bench: Bench = { server, scale, run: () => ++runs };
  try {
    await server.start();
    for (const measure of wanted) {
      if (!json) process.stderr.write(`${measure.name} …\n`);
      process.stdout.write(`${JSON.stringify(await lineOf(measure, bench))}\n`);
    }
  } finally {
    await server.remove();
  }
}

async function lineOf({ name, take }: Measure, bench: Bench): Promise<Record<string, unknown>> {
  const { server, scale } = bench;
  const probe = cpuProbeMs();
  const [pid, cpuBefore, generatorBefore] = [server.pid, cpuSeconds(server.pid), process.cpuUsage()];
  const figures = await take(bench);
  const { user, system } = process.cpuUsage(generatorBefore);
  // A measure that starts the server anew has no CPU-seconds of one process.
  const serverCpu = pid === server.pid && cpuBefore !== null ? cpuSeconds(pid)! - cpuBefore : null;
  return {
    measure: name,
    scale,
    ...rounded(figures),
    serverCpuSeconds: serverCpu === null ? null : round(serverCpu),
    generatorCpuSeconds: round((user + system) / 1e6),
    serverPssMb: pssMb(server.pid),
    cpuProbeMs: round(probe),
  };
}

function rounded(figures: Figures): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, value === null ? null : round(value)]),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}

// The server does not end with this process by itself.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await main(process.argv.slice(2));
