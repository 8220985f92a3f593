/** The word on its command line by which a worker knows that another one serves, from which it will take over. */
export const SUCCESSOR = "successor";

/** Which worker a process is. */
export interface WorkerPlace {
  readonly number: number;
  readonly isSuccessor: boolean;
}
