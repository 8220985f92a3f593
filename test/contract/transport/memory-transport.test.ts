import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { MemoryNetwork } from "../../../runtime/transport/memory-network.ts";
import { SeededChance } from "../../support/seeded-chance.ts";
import { transportContract } from "./transport-contract.ts";

const chance = new SeededChance(1);
const network = new MemoryNetwork({
  clock: new SystemClock(),
  random: () => chance.next(),
  delayMs: { min: 0, max: 3 },
});

transportContract({
  name: "memory",
  open: async () => {},
  close: async () => {},
  join: (incarnation) => network.join(incarnation),
  kill: async ({ incarnation }) => network.kill(incarnation),
  inject: async (incarnation, bytes) => {
    network.streams.add(incarnation, bytes);
    network.ring(incarnation);
  },
  stored: async () => network.streams.size,
});
