import type { Keepsake } from "../../feature.ts";
import type { Logger } from "../../telemetry/logger.ts";
import type { PackedKeepsake } from "./peer-words.ts";

/** What features keep outside of their actors, as plain data for another process. */
export function packKeepsakes(keepsakes: readonly Keepsake[]): PackedKeepsake[] {
  return keepsakes.map((keepsake) => {
    const { name, version } = keepsake;
    return { name, version, data: keepsake.dump() };
  });
}

/** Gives each feature what was kept for it; what is of another version, or for nobody, is left out and logged. */
export function unpackKeepsakes(
  packed: readonly PackedKeepsake[],
  keepsakes: readonly Keepsake[],
  log: Logger,
): void {
  for (const { name, version, data } of packed) {
    const keepsake = keepsakes.find((one) => one.name === name);
    if (keepsake?.version === version) keepsake.load(data);
    else log.warn("handOver.keepsakeUnfit", { name, version, wanted: keepsake?.version ?? "none" });
  }
}
