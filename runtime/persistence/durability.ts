import type { Durability } from "./journal.ts";

/** The levels from the weakest to the strongest. */
export const DURABILITIES: readonly Durability[] = ["memory", "periodic", "fsync", "replicated"];

/** Whether `promised` is at least `asked`. Pure. */
export function suffices(promised: Durability, asked: Durability): boolean {
  return DURABILITIES.indexOf(promised) >= DURABILITIES.indexOf(asked);
}

/** The most that all of these promise. Pure. */
export function weakest(durabilities: readonly Durability[]): Durability {
  return DURABILITIES.find((level) => durabilities.includes(level)) ?? "memory";
}
