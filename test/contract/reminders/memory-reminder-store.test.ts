import { MemoryReminderStore } from "../../../runtime/reminders/memory-reminder-store.ts";
import { reminderStoreContract } from "./reminder-store-contract.ts";

let store: MemoryReminderStore;

reminderStoreContract({
  name: "memory",
  open: async () => {},
  close: async () => {},
  fresh: async () => (store = new MemoryReminderStore()),
  reborn: async () => store,
});
