import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { Refusal } from "../../../runtime/client/client.ts";
import type { Client, Room, RoomState, Roster } from "../../../runtime/client/client.ts";
import { EMPTY_CHAT, withDelivery, withGap, withNote, withPublication, withSending } from "./chat-log.ts";
import type { ChatLog, OwnMessage } from "./chat-log.ts";
import type { ChatData } from "./message-text.ts";
import type { OwnKeys } from "./own-keys.ts";

/** A chat room as this window follows it. */
export class ChatRoom {
  readonly id: string;
  readonly log: Signal<ChatLog> = signal(EMPTY_CHAT);
  readonly roster: Signal<Roster> = signal({ count: 0, members: [] });
  readonly state: Signal<RoomState> = signal({ kind: "away" });
  readonly #room: Room;
  readonly #keys: OwnKeys;

  constructor(client: Client, id: string, keys: OwnKeys) {
    this.id = id;
    this.#keys = keys;
    this.#room = client.room(id);
    this.#room.subscribe({
      publication: (publication) =>
        this.#change((log) => withPublication(log, publication, (key) => keys.has(key))),
      gap: (gap) => this.#change((log) => withGap(log, gap)),
      // That one came oneself is no news.
      joined: (members) => {
        const others = members.filter((member) => member.id !== ownId(client));
        this.#change((log) => withNote(log, "came", others));
      },
      left: (members) => this.#change((log) => withNote(log, "left", members)),
      presence: (roster) => (this.roster.value = roster),
      state: (state) => (this.state.value = state),
    });
  }

  send(text: string): void {
    this.#send({ key: this.#keys.make(), text, atMs: Date.now() });
  }

  /** Sends a message again that failed; under the same key, so that it shows once even if the first try had arrived. */
  retry({ key, text }: OwnMessage): void {
    this.#send({ key, text, atMs: Date.now() });
  }

  #send(message: Pick<OwnMessage, "key" | "text" | "atMs">): void {
    const { key, text } = message;
    this.#change((log) => withSending(log, message));
    this.#room.publish({ text, key } satisfies ChatData).then(
      ({ offset }) => this.#change((log) => withDelivery(log, key, { kind: "sent", offset })),
      (error: unknown) => this.#change((log) => withDelivery(log, key, failureOf(error))),
    );
  }

  #change(change: (log: ChatLog) => ChatLog): void {
    this.log.value = change(this.log.value);
  }
}

function ownId(client: Client): string | undefined {
  return client.state.kind === "open" ? client.state.connection : undefined;
}

function failureOf(error: unknown): OwnMessage["delivery"] {
  if (!(error instanceof Refusal)) throw error;
  return { kind: "failed", code: error.code, outcome: error.outcome };
}
