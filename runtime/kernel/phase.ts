/**
 * Where an actor stands between its spawn and its end. Mail is handled only while `running`; below `stopping` it is still
 * taken, to be handled later or by the life to come. `suspended` is a life that takes no turns for now, `restarting` ends
 * one life, `waiting` is the back-off before the next.
 */
export const PHASE = {
  starting: 0,
  suspended: 1,
  running: 2,
  restarting: 3,
  waiting: 4,
  stopping: 5,
  stopped: 6,
} as const;
export type PhaseName = keyof typeof PHASE;
export type Phase = (typeof PHASE)[PhaseName];

/** The name of a phase, for people. */
export function phaseName(phase: Phase): PhaseName {
  return (Object.keys(PHASE) as PhaseName[])[phase] ?? "stopped";
}

/** Whether a turn is open: its handler stands on the stack, or its promise is awaited. */
export const TURN = { none: 0, running: 1, awaiting: 2 } as const;
export type Turn = (typeof TURN)[keyof typeof TURN];
