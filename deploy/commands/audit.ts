import type { Command } from "commander";
import { drawAudit } from "../drawings/audit-drawing.ts";
import type { AuditList } from "../drawings/audit-drawing.ts";
import { terminalPaint } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** `banyan audit`: what operators did. */
export function auditCommand(): Command {
  return opsCommand("audit", "list what operators did, and what became of it")
    .description("Lists what operators did: when, from where, with which token, to whom, and the outcome.")
    .option("--limit <acts>", "how many to list", "20")
    .action(async (options: OpsOptions & { readonly limit: string }) => {
      const client = await nodeOf(options);
      const audit = (await client.get("/v1/audit", { limit: options.limit })) as AuditList;
      show(options, audit, (answer) => drawAudit(answer, terminalPaint));
    });
}
