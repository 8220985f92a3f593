import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  FRAME_PARCELS_MAX,
  OUTBOX_PARCELS_MAX,
  PARCEL_BYTES_MAX,
} from "../../../runtime/transport/outbox.ts";
import { SEND_AT } from "../../../runtime/transport/stream-transport.ts";
import type { StreamTransport } from "../../../runtime/transport/stream-transport.ts";
import { eventually } from "../../support/eventually.ts";
import { Recipient } from "../../support/recipient.ts";

/** A kind of transport to hold against the contract. */
export interface TransportAdapter {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** The transport of an incarnation that nobody has used before. */
  join(incarnation: string): Promise<StreamTransport>;
  /** Its process ends at once. */
  kill(transport: StreamTransport): Promise<void>;
  /** Puts something into an inbox that no transport would. */
  inject(incarnation: string, bytes: Buffer): Promise<void>;
  /** How many entries lie in all inboxes, and in what the dead have left. */
  stored(): Promise<number>;
}

const LIMIT_MS = 120_000;

/** What every transport promises. */
export function transportContract(adapter: TransportAdapter): void {
  describe(`a transport over ${adapter.name}`, { timeout: LIMIT_MS }, () => {
    let round = 0;
    const open = new Set<StreamTransport>();

    before(() => adapter.open());
    after(async () => {
      for (const transport of open) await transport.close();
      await adapter.close();
    });
    beforeEach(() => void round++);

    const name = (node: string): string => `${node}/${round}`;
    const start = async (node: string, recipient?: Recipient) => {
      const transport = await adapter.join(name(node));
      const at = recipient ?? new Recipient();
      transport.listen(at);
      open.add(transport);
      return { transport, at };
    };
    const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `${at + from}`);
    const sendAll = (transport: StreamTransport, to: string, texts: readonly string[]) => {
      for (const text of texts) assert.equal(transport.send(to, Buffer.from(text)), "accepted");
    };
    const kill = async (transport: StreamTransport) => {
      open.delete(transport);
      await adapter.kill(transport);
    };

    it("brings everything once and in order to each receiver, and empties the inboxes", async () => {
      const [a, b, c] = [await start("a"), await start("b"), await start("c")];
      const texts = numbered(FRAME_PARCELS_MAX * 3 + 7);
      sendAll(a.transport, name("b"), texts);
      sendAll(b.transport, name("c"), texts);
      sendAll(a.transport, name("c"), texts);
      sendAll(b.transport, name("a"), texts);
      await eventually(() => b.at.from(name("a")), texts);
      await eventually(() => c.at.from(name("a")), texts);
      await eventually(() => c.at.from(name("b")), texts);
      await eventually(() => a.at.from(name("b")), texts);
      await eventually(() => adapter.stored(), 0, "all inboxes are empty");
      for (const { transport } of [a, b, c]) {
        await eventually(() => [...transport.kept.values()].every(({ parcels }) => parcels === 0), true);
      }
    });

    it("sends what goes to one node in one turn as one frame, and does not let much of it wait for the turn's end", async () => {
      const [a, b] = [await start("a"), await start("b")];
      sendAll(a.transport, name("b"), numbered(SEND_AT - 1));
      assert.equal(a.transport.counts.framesSent, 0);
      await eventually(() => b.at.from(name("a")).length, SEND_AT - 1);
      assert.equal(a.transport.counts.framesSent, 1);
      sendAll(a.transport, name("b"), numbered(2 * SEND_AT));
      assert.equal(a.transport.counts.framesSent, 3);
    });

    it("brings parcels of every size byte for byte, and refuses one that is too large in words", async () => {
      const [a, b] = [await start("a"), await start("b")];
      const parcels = [0, 1, 65_535, 65_536, 65_537, 0, 300_000, 12, PARCEL_BYTES_MAX].map((bytes, at) =>
        Buffer.alloc(bytes, at + 1),
      );
      for (const parcel of parcels) assert.equal(a.transport.send(name("b"), parcel), "accepted");
      await eventually(() => b.at.parcels.length, parcels.length);
      const isSame = parcels.map((parcel, at) => parcel.equals(b.at.parcels[at]!));
      assert.deepEqual(
        isSame,
        parcels.map(() => true),
      );
      assert.throws(() => a.transport.send(name("b"), Buffer.alloc(PARCEL_BYTES_MAX + 1)), {
        code: "parcelTooLarge",
        message: /larger/,
      });
    });

    it("acknowledges what is handled, not what has arrived", async () => {
      const [a, b] = [await start("a"), await start("b")];
      const goOn = b.at.hold();
      sendAll(a.transport, name("b"), ["1", "2"]);
      await eventually(() => b.at.from(name("a")), ["1", "2"]);
      sendAll(a.transport, name("b"), ["3"]);
      await eventually(() => b.at.from(name("a")), ["1", "2", "3"], "what comes later does not wait for it");
      assert.equal(a.transport.kept.get(name("b"))?.parcels, 3);
      assert.ok((await adapter.stored()) > 0);
      goOn();
      await eventually(() => a.transport.kept.get(name("b"))?.parcels, 0);
      await eventually(() => adapter.stored(), 0);
    });

    it("answers busy when a receiver does not keep up, and loses nothing that it has accepted", async () => {
      const [a, b] = [await start("a"), await start("b")];
      const goOn = b.at.hold();
      let accepted = 0;
      while (a.transport.send(name("b"), Buffer.from(`${accepted + 1}`)) === "accepted") accepted++;
      assert.equal(accepted, OUTBOX_PARCELS_MAX);
      assert.equal(a.transport.counts.busy, 1);
      const c = await start("c");
      assert.equal(a.transport.send(name("c"), Buffer.from("1")), "accepted", "to others it goes on");
      await eventually(() => c.at.from(name("a")), ["1"]);
      assert.ok(
        b.at.from(name("a")).length <= OUTBOX_PARCELS_MAX / 2,
        "no more was sent than the credit allows",
      );
      goOn();
      await eventually(() => b.at.from(name("a")), numbered(accepted));
      assert.equal(a.transport.send(name("b"), Buffer.from("more")), "accepted");
    });

    it("counts as handled what the receiver has failed on", async () => {
      const [a, b] = [await start("a"), await start("b")];
      b.at.failing = "throws";
      sendAll(a.transport, name("b"), ["1", "2"]);
      await eventually(() => a.transport.kept.get(name("b"))?.parcels, 0);
      b.at.failing = "rejects";
      sendAll(a.transport, name("b"), ["3"]);
      await eventually(() => a.transport.kept.get(name("b"))?.parcels, 0);
      b.at.failing = undefined;
      sendAll(a.transport, name("b"), ["4"]);
      await eventually(() => b.at.from(name("a")), ["4"]);
    });

    it("keeps what comes before anybody listens", async () => {
      const a = await start("a");
      const b = await adapter.join(name("b"));
      open.add(b);
      sendAll(a.transport, name("b"), ["1"]);
      await eventually(() => adapter.stored(), 1);
      const at = new Recipient();
      b.listen(at);
      await eventually(() => at.from(name("a")), ["1"]);
      assert.throws(() => b.listen(at), /one receiver/);
    });

    it("puts aside what cannot be read, and goes on", async () => {
      const [a, b] = [await start("a"), await start("b")];
      for (const bytes of [Buffer.from("x"), Buffer.alloc(200, 1), Buffer.alloc(200, 99)]) {
        await adapter.inject(name("b"), bytes);
      }
      sendAll(a.transport, name("b"), ["1"]);
      await eventually(() => b.at.from(name("a")), ["1"]);
      assert.equal(b.transport.counts.quarantined, 3);
      assert.deepEqual(
        b.transport.quarantined.map(({ why }) => why),
        ["too short for a frame", "its checksum is wrong", "format 99 is not known here"],
      );
      await eventually(() => adapter.stored(), 0);
    });

    it("gives back what a dead receiver has not acknowledged, and what it had left to exactly one survivor", async () => {
      const [a, b, c] = [await start("a"), await start("b"), await start("c")];
      b.at.hold();
      sendAll(a.transport, name("b"), ["1", "2"]);
      sendAll(c.transport, name("b"), ["3"]);
      await eventually(() => b.at.from(name("a")).length + b.at.from(name("c")).length, 3);
      await kill(b.transport);
      sendAll(a.transport, name("b"), ["4"]);
      await eventually(() => adapter.stored(), 3);
      for (const { transport } of [a, c]) transport.peerEnded(name("b"));
      assert.equal(a.transport.send(name("b"), Buffer.from("5")), "gone");
      assert.deepEqual(a.at.returnedFrom(name("b")), ["1", "2", "4"]);
      assert.deepEqual(c.at.returnedFrom(name("b")), ["3"]);
      const adopted = () => [a, c].flatMap(({ at }) => at.adoptedFrom(name("b"), name("a")));
      await eventually(adopted, ["1", "2", "4"]);
      await eventually(() => [a, c].flatMap(({ at }) => at.adoptedFrom(name("b"), name("c"))), ["3"]);
      const heirs = [a, c].filter(({ at }) => at.heirlooms.size > 0);
      assert.equal(heirs.length, 1, "one of them has all of it");
      await eventually(() => adapter.stored(), 0);
    });

    it("lets another survivor adopt what an heir was about to when it died", async () => {
      const [a, b, c] = [await start("a"), await start("b"), await start("c")];
      b.at.hold();
      sendAll(a.transport, name("b"), ["1", "2"]);
      await eventually(() => b.at.from(name("a")), ["1", "2"]);
      await kill(b.transport);
      c.at.hold();
      c.transport.peerEnded(name("b"));
      await eventually(() => c.at.adoptedFrom(name("b"), name("a")), ["1"]);
      a.transport.peerEnded(name("b"));
      await kill(c.transport);
      assert.deepEqual([...a.at.heirlooms], []);
      a.transport.peerEnded(name("c"));
      await eventually(() => a.at.adoptedFrom(name("b"), name("a")), ["1", "2"]);
      await eventually(() => adapter.stored(), 0);
    });

    it("brings nothing to a node that was taken for dead, and lets it know", async () => {
      const [a, b] = [await start("a"), await start("b")];
      a.transport.peerEnded(name("b"));
      await eventually(() => b.transport.send(name("a"), Buffer.from("x")), "gone");
      open.delete(b.transport);
    });

    it("says to every node that listens to a topic what is published, and to no other", async () => {
      const [a, b] = [await start("a"), await start("b")];
      const heard: string[] = [];
      const topic = `room/${round} {x}`;
      const stop = [a, b].map(({ transport }, at) =>
        transport.subscribe(topic, (bytes) => heard.push(`${at} ${Buffer.from(bytes).toString()}`)),
      );
      b.transport.subscribe("another", () => heard.push("another"));
      await eventually(
        () => {
          a.transport.publish(topic, Buffer.from("hello"));
          return new Set(heard);
        },
        new Set(["0 hello", "1 hello"]),
      );
      stop[0]?.();
      heard.length = 0;
      for (const text of numbered(20)) a.transport.publish(topic, Buffer.from(text));
      await eventually(
        () => heard.filter((line) => !line.endsWith("hello")),
        numbered(20).map((text) => `1 ${text}`),
      );
    });

    it("sends what waits and leaves nothing behind when it closes", async () => {
      const [a, b] = [await start("a"), await start("b")];
      const texts = numbered(1000);
      sendAll(a.transport, name("b"), texts);
      await a.transport.close();
      open.delete(a.transport);
      assert.deepEqual(b.at.from(name("a")), texts);
      assert.equal(a.transport.send(name("b"), Buffer.from("x")), "gone");
      await eventually(() => adapter.stored(), 0);
      b.transport.send(name("a"), Buffer.from("late"));
      b.transport.peerEnded(name("a"));
      assert.deepEqual(b.at.returnedFrom(name("a")), ["late"]);
    });
  });
}
