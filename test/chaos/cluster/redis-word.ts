import { connect } from "node:net";
import { once } from "node:events";

const ANSWER_WITHIN_MS = 2_000;

/** Says a few plain words to a redis-server from outside, and answers the first line of what it says. @throws Error when nobody answers */
export async function redisWord(port: number, ...words: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error(`no answer to ${words.join(" ")}`)));
  try {
    await once(socket, "connect");
    socket.write(`${words.join(" ")}\r\n`);
    let text = "";
    while (!text.includes("\r\n")) {
      const [bytes] = (await once(socket, "data")) as [Buffer];
      text += bytes.toString();
    }
    return text.slice(0, text.indexOf("\r\n"));
  } finally {
    socket.destroy();
  }
}
