import type { Fields, Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Reminder, ReminderChange } from "../reminders/reminder.ts";
import { isLocalOnly } from "./message-codec.ts";
import { upcast } from "./upcast.ts";
import { compileMessages } from "./validator.ts";
import type { Validate } from "./validator.ts";

/** A reminder in a record or a snapshot: name, time, period or 0, version of the protocol, message. */
export type PackedReminder = readonly [
  name: string,
  dueMs: number,
  everyMs: number,
  version: number,
  message: TaggedMessage,
];

/** What a record does to reminders: sets one, forgets one, or has handled one that is due again, or not (0). */
export type PackedChange =
  | readonly ["s", ...PackedReminder]
  | readonly ["x", name: string]
  | readonly ["f", name: string, nextMs: number];

/** Writes the reminders of one kind of entity and reads them back, whatever version of its protocol they were written in. */
export class ReminderCodec {
  readonly #protocol: Protocol;
  #validate: Validate<TaggedMessage> | undefined = undefined;

  constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  /** @throws TypeError for a message that could not be read back: that is a mistake in the code that set it */
  pack({ name, dueMs, everyMs, message }: Reminder): PackedReminder {
    const problem = this.#problemOf(message);
    if (problem !== undefined) throw new TypeError(`reminder ${name}: ${problem}`);
    return [name, dueMs, everyMs ?? 0, this.#protocol.version, message];
  }

  /** Undefined for one whose message means nothing any more. @throws TypeError when it cannot be read */
  unpack([name, dueMs, everyMs, version, written]: PackedReminder): Reminder | undefined {
    const { name: protocol, version: latest } = this.#protocol;
    if (version > latest) {
      throw new TypeError(`reminder ${name}: ${protocol} ${version} is newer than ${latest}`);
    }
    const lifted = upcast(this.#protocol, version, written);
    if (!lifted.ok && lifted.code === "retiredMessage") return undefined;
    if (!lifted.ok) throw new TypeError(`reminder ${name}: ${lifted.text}`);
    const { message } = lifted;
    const problem = this.#problemOf(message);
    if (problem !== undefined) throw new TypeError(`reminder ${name}: ${problem}`);
    return everyMs === 0 ? { name, dueMs, message } : { name, dueMs, everyMs, message };
  }

  packChange(change: ReminderChange): PackedChange {
    switch (change.kind) {
      case "set":
        return ["s", ...this.pack(change)];
      case "forgotten":
        return ["x", change.name];
      case "fired":
        return ["f", change.name, change.nextMs ?? 0];
    }
  }

  /** @throws TypeError when it cannot be read */
  unpackChange(packed: PackedChange): ReminderChange {
    if (packed[0] === "x") return { kind: "forgotten", name: packed[1] };
    if (packed[0] === "f") {
      const [, name, nextMs] = packed;
      return nextMs === 0 ? { kind: "fired", name } : { kind: "fired", name, nextMs };
    }
    const [, ...reminder] = packed;
    const set = this.unpack(reminder);
    // It has taken the place of another one of its name all the same.
    return set === undefined ? { kind: "forgotten", name: packed[1] } : { kind: "set", ...set };
  }

  #problemOf(message: TaggedMessage): string | undefined {
    // Compiled when it is needed: most kinds of entities have no reminders.
    this.#validate ??= compileMessages(storable(this.#protocol)) as Validate<TaggedMessage>;
    const checked = this.#validate(message);
    return checked.ok ? undefined : `"${message.kind}" ${checked.field} ${checked.text}`;
  }
}

/** What an entity may say to itself later, apart from what means nothing outside of its process. */
function storable({ tell, self }: Protocol): Readonly<Record<string, Fields>> {
  return Object.fromEntries(
    Object.entries({ ...tell, ...self }).filter(([, fields]) => !isLocalOnly(fields)),
  );
}
