import type { Command } from "commander";
import { actCommand } from "./act.ts";
import { auditCommand } from "./audit.ts";
import { beatsCommand } from "./beats.ts";
import { drainCommand } from "./drain.ts";
import { memoryCommand } from "./memory.ts";
import { nodesCommand } from "./nodes.ts";
import { processesCommand } from "./processes.ts";
import { psCommand } from "./ps.ts";
import { quarantineCommand } from "./quarantine.ts";
import { registryCommand, singletonsCommand } from "./singletons.ts";
import { stallsCommand } from "./stalls.ts";
import { topCommand } from "./top.ts";
import { traceCommand } from "./trace.ts";
import { whereCommand } from "./where.ts";
import { whyCommand } from "./why.ts";

/** The commands with which operators look into a running node and steer it. */
export function operatorCommands(): readonly Command[] {
  return [
    nodesCommand(),
    whereCommand(),
    singletonsCommand(),
    registryCommand(),
    drainCommand(),
    topCommand(),
    whyCommand(),
    beatsCommand(),
    stallsCommand(),
    quarantineCommand(),
    traceCommand(),
    memoryCommand(),
    processesCommand(),
    psCommand(),
    actCommand(),
    auditCommand(),
  ];
}
