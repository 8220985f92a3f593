import { EXIT_CODES } from "../../refusal.ts";
import type { ExitKind } from "./exit-meaning.ts";

/** A row of the tables: what a code or a signal says by itself. */
export interface KnownEnd {
  readonly kind: ExitKind;
  readonly text: string;
  readonly advice: string;
}

const LOG = "its log and standard error say where";
const REPORT = "this is a defect of Node or of a native module: report it with its standard error";

/** What exit codes mean: ours (deploy/refusal.ts), and those of Node (its page "Process", section "Exit codes"). */
export const CODE_MEANINGS: Readonly<Record<number, KnownEnd>> = {
  [EXIT_CODES.failed]: { kind: "crashed", text: "an error that nothing handled", advice: LOG },
  [EXIT_CODES.usage]: {
    kind: "refused",
    text: "the command line makes no sense",
    advice: "correct the command that starts the host",
  },
  3: { kind: "crashed", text: "Node could not parse its own code", advice: REPORT },
  4: { kind: "crashed", text: "Node could not evaluate its own code", advice: REPORT },
  5: { kind: "crashed", text: "a fatal error in V8", advice: REPORT },
  6: { kind: "crashed", text: "the handler of uncaught errors was not a function", advice: LOG },
  7: { kind: "crashed", text: "the handler of uncaught errors threw in turn", advice: LOG },
  9: {
    kind: "refused",
    text: "Node does not know one of its options",
    advice: "correct NODE_OPTIONS or the options before the program's name",
  },
  10: { kind: "crashed", text: "Node's own code failed as it started", advice: REPORT },
  12: { kind: "refused", text: "the debugger's port makes no sense", advice: "correct --inspect" },
  13: {
    kind: "unexpectedEnd",
    text: "nothing was left to do while a module still awaited something",
    advice: "look for an await at the top of a module whose promise nothing can settle",
  },
  14: { kind: "crashed", text: "Node could not build its snapshot", advice: REPORT },
  [EXIT_CODES.unavailable]: {
    kind: "refused",
    text: "a port is not available",
    advice: "find who has it with ss -ltnp, or choose another",
  },
  [EXIT_CODES.settings]: {
    kind: "refused",
    text: "the settings or the data directory are refused",
    advice: "its standard error names the line to change; banyan doctor checks the rest",
  },
};

/** What signals mean that come from within a process; SIGKILL and those that people send are judged elsewhere. */
export const SIGNAL_MEANINGS: Readonly<Partial<Record<NodeJS.Signals, KnownEnd>>> = {
  SIGABRT: {
    kind: "crashed",
    text: "Node gave up, most often because V8 had no heap left",
    advice:
      'its standard error says "heap out of memory" when it was that; else it names the failed assertion',
  },
  SIGSEGV: { kind: "crashed", text: "native code touched memory that is not its own", advice: REPORT },
  SIGBUS: {
    kind: "crashed",
    text: "memory behind a file was gone, as on a full or failing disk",
    advice: "look at the disk: df -h, dmesg -T",
  },
  SIGILL: { kind: "crashed", text: "the processor met an instruction that it does not know", advice: REPORT },
  SIGFPE: { kind: "crashed", text: "native code divided by zero", advice: REPORT },
  SIGTRAP: { kind: "crashed", text: "V8 found itself in a state that cannot be", advice: REPORT },
  SIGSYS: {
    kind: "crashed",
    text: "a sandbox forbids a system call that it made",
    advice: "allow the call in the seccomp filter of the container or unit; dmesg -T names it",
  },
  SIGXCPU: {
    kind: "killed",
    text: "it used up the CPU time that it is allowed",
    advice: "raise the limit: ulimit -t, or LimitCPU= in the unit",
  },
  SIGTERM: {
    kind: "killed",
    text: "somebody asked it to stop before it could hear that",
    advice: "stop the host instead: banyan stop",
  },
};
