import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, byte for byte. */
  readonly source: string;
}

/** What the server says to a recipient, or to the end of the mail: a refusal, or undefined to take it. */
export interface SmtpRefusal {
  readonly responseCode: number;
  readonly message: string;
}

/** A real SMTP server that wants a login and keeps what it is sent. */
export class SmtpInbox {
  readonly mails: ReceivedMail[] = [];
  /** Asked for each mail, with how many tries there have been. */
  refuse: (tries: number) => SmtpRefusal | undefined = () => undefined;
  #tries = 0;
  readonly #server: SMTPServer;

  constructor(user: string, password: string, hasTls: boolean) {
    this.#server = new SMTPServer({
      logger: false,
      allowInsecureAuth: true,
      disabledCommands: hasTls ? [] : ["STARTTLS"],
      onAuth: (auth, _session, done) =>
        auth.username === user && auth.password === password
          ? done(null, { user })
          : done(Object.assign(new Error("authentication failed"), { responseCode: 535 })),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const refusal = this.refuse(++this.#tries);
          if (refusal !== undefined) return done(Object.assign(new Error(refusal.message), refusal));
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom === false ? "" : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks).toString("utf8"),
          });
          return done(null);
        });
      },
    });
    this.#server.on("error", () => undefined);
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
