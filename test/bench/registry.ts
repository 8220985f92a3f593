import type { Benchmark } from "./benchmark.ts";
import { entities } from "./entities/entities.bench.ts";
import { gateway } from "./gateway/gateway.bench.ts";
import { handover } from "./handover/handover.bench.ts";
import { journal } from "./journal/journal.bench.ts";
import { kernel } from "./kernel/kernel.bench.ts";
import { logs } from "./logs/logs.bench.ts";
import { supervision } from "./supervision/supervision.bench.ts";
import { transport } from "./transport/transport.bench.ts";

/** Every benchmark there is. A new one adds its line here. */
export const BENCHMARKS: readonly Benchmark[] = [
  kernel,
  gateway,
  supervision,
  handover,
  journal,
  transport,
  entities,
  logs,
];
