import { fileURLToPath } from "node:url";
import type { NodeSettings } from "../../../protocols/settings.ts";
import type { Logger } from "../../../runtime/telemetry/logger.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { settingsFileOf } from "../../commands/settings-options.ts";
import type { Host } from "../host.ts";
import { describeChange } from "./code-print.ts";
import { SourceWatch } from "./source-watch.ts";

/** Where the compiled program lies. */
const CODE_FOLDER = fileURLToPath(new URL("../../../", import.meta.url));

interface Watched {
  readonly settings: NodeSettings;
  readonly options: Readonly<Record<string, unknown>>;
  readonly host: Host;
  readonly log: Logger;
}

/** Reloads whenever the code or the settings file has changed and is quiet again. */
export async function watchSources({ settings, options, host, log }: Watched): Promise<SourceWatch> {
  const watch = new SourceWatch({
    clock: new SystemClock(),
    codeFolder: CODE_FOLDER,
    files: [await settingsFileOf(options)],
    settleMs: settings.host.watchSettleMs,
    onChange: async (changed) => {
      log.info("reload.noticed", { what: describeChange(changed, CODE_FOLDER) });
      const answer = await host.carryOut({ kind: "reload" }, () => undefined);
      return answer.kind === "refused" && answer.code === "alreadyReloading" ? "busy" : "done";
    },
    onTrouble: (err) => log.error("reload.watchFailed", { err }),
  });
  watch.start();
  return watch;
}
