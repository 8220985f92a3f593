import { createTransport } from "nodemailer";
import type { Attempt } from "../../protocols/endpoint.ts";
import type { Delivery, Transport } from "../webhooks/delivery.ts";
import { noticeOf } from "./notice-delivery.ts";
import { noticeText } from "./notice-text.ts";

const TLS_PORT = 465;
const SUBMISSION_PORT = 587;

/** How mail is handed in. */
export interface MailServer {
  readonly host: string;
  readonly port?: number | undefined;
  /** `starttls` refuses a server that does not offer it. */
  readonly security: "tls" | "starttls" | "none";
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** How long connecting, the greeting and each answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Sends a mail through an SMTP server. The same notice has the same Message-ID, by which readers see a repetition. */
export class Mail implements Transport {
  readonly #server: MailServer;
  readonly #transport: ReturnType<typeof transportTo>;

  constructor(server: MailServer) {
    this.#server = server;
    this.#transport = transportTo(server);
  }

  async send(delivery: Delivery): Promise<Attempt> {
    const notice = noticeOf(delivery);
    const { title, lines } = noticeText(notice.node, notice);
    const { from, to } = this.#server;
    try {
      const sent = await this.#transport.sendMail({
        from,
        to: [...to],
        subject: title,
        text: `${[title, "", ...lines].join("\n")}\n`,
        messageId: `<${delivery.id}@banyan>`,
        date: new Date(delivery.atMs),
        headers: { "auto-submitted": "auto-generated" },
      });
      return { kind: "delivered", text: `accepted for ${sent.accepted.length} of ${to.length}` };
    } catch (error) {
      return judgeMail(error);
    }
  }
}

/** What a failure of SMTP means: 4xx is for later, 5xx for good (RFC 5321, 4.2.1), and without an answer it may pass. Pure. */
export function judgeMail(error: unknown): Attempt {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === "number") {
    return { kind: responseCode >= 500 ? "rejected" : "failed", text: `SMTP ${responseCode}` };
  }
  return { kind: "failed", text: `no answer (${typeof code === "string" ? code : "unknown"})` };
}

function transportTo({ host, port, security, user, password, timeoutMs }: MailServer) {
  const secure = security === "tls";
  return createTransport({
    host,
    port: port ?? (secure ? TLS_PORT : SUBMISSION_PORT),
    secure,
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What a mail says never names a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
