import type { LossReason } from "../../../runtime/client/client.ts";
import { dictionary } from "../../../runtime/pages/kit/words.ts";

const people = (count: number) => (count === 1 ? "1 person" : `${count} people`);

const LOSSES_EN: Readonly<Record<LossReason | "left", string>> = {
  lost: "the connection broke",
  silent: "the server fell silent",
  goingAway: "the server stops",
  internalError: "the server failed",
  malformed: "the server did not understand this page; reload it",
  unauthenticated: "you are not logged in",
  forbidden: "this is not allowed here",
  noProgress: "this window read too slowly",
  replaced: "another window took over",
  tooLarge: "a message was too large",
  tooFast: "too many messages at once",
  draining: "the server moves its connections",
  left: "you left",
};

const LOSSES_ZH: typeof LOSSES_EN = {
  lost: "连接中断",
  silent: "服务器没有响应",
  goingAway: "服务器正在停止",
  internalError: "服务器出错",
  malformed: "服务器无法理解此页面，请刷新",
  unauthenticated: "尚未登录",
  forbidden: "此处不允许该操作",
  noProgress: "此窗口读取过慢",
  replaced: "已由另一个窗口接管",
  tooLarge: "消息过大",
  tooFast: "消息过于频繁",
  draining: "服务器正在迁移连接",
  left: "你已离开",
};

/** Why a message was not published, by the codes that a visitor may meet; any other code stands for itself. */
const REFUSALS_EN: Readonly<Record<string, string>> = {
  notConnected: "no connection",
  disconnected: "the connection broke",
  timeout: "no answer in time",
  tooManyPending: "too many messages at once",
  tooFast: "too many messages at once",
  tooLarge: "too long",
  notAMember: "not in the room yet",
};

const REFUSALS_ZH: typeof REFUSALS_EN = {
  notConnected: "没有连接",
  disconnected: "连接中断",
  timeout: "没有及时回应",
  tooManyPending: "消息过于频繁",
  tooFast: "消息过于频繁",
  tooLarge: "过长",
  notAMember: "尚未进入房间",
};

/** The texts of the page with the chat room and the live room. */
export const ROOM_WORDS = dictionary(
  {
    title: "Banyan",
    chat: "Chat",
    live: "Live",
    roomsNav: "Rooms",
    unread: "new",

    connecting: "Connecting…",
    connected: "Connected",
    reconnecting: "Reconnecting",
    reconnectingIn: (seconds: number) => (seconds > 0 ? `Reconnecting in ${seconds} s` : "Reconnecting…"),
    disconnected: "Disconnected",
    retryNow: "Now",
    connectAgain: "Connect again",
    loss: (reason: LossReason | "left") => LOSSES_EN[reason],

    here: (count: number) => `${people(count)} here`,
    watching: (count: number) => `${count} watching`,
    presenceList: "Who is here",
    you: "you",
    andMore: (count: number) => `and ${count} more`,

    came: (names: string) => `${names} joined`,
    left: (names: string) => `${names} left`,
    joinNames: (names: readonly string[]) => new Intl.ListFormat("en").format(names),

    gapMissing: (count: number) =>
      count === 1 ? "1 message is missing here" : `${count} messages are missing here`,
    gapRestarted: "The room restarted: messages may be missing here",
    refused: (why: string) => `The room did not let you in: ${why}`,

    log: "Messages",
    sending: "sending…",
    sent: (offset: number) => `sent · #${offset}`,
    failed: (code: string) => `not sent: ${REFUSALS_EN[code] ?? code}`,
    failedUnknown: (code: string) => `may not have arrived: ${REFUSALS_EN[code] ?? code}`,
    retry: "Retry",
    messageHint: "Write a message",
    send: "Send",
    newBelow: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
    tooLong: (count: number) => `${count} characters too many`,

    yourName: "Your name",
    changeName: (name: string) => `You are ${name}. Change name`,
    nameHelp: "Everybody in the room sees it. It is kept in this browser.",
    save: "Save",
    cancel: "Cancel",

    chatEmptyTitle: "Nothing said yet",
    chatEmpty:
      "Write the first message. To see it arrive, open a second window and put the two side by side.",
    secondWindow: "Open a second window",

    liveEmptyTitle: "Waiting for the first line",
    liveEmpty:
      "Here everybody watches and only services post. Be the service: in the folder of the project, run",
    feed: "Live text",
    board: "What is known",
    latest: "latest",
    earlier: "Earlier",
    earlierFailed: "This could not be read. Try again.",
  },
  {
    title: "Banyan",
    chat: "聊天",
    live: "直播",
    roomsNav: "房间",
    unread: "新",

    connecting: "正在连接…",
    connected: "已连接",
    reconnecting: "正在重连",
    reconnectingIn: (seconds) => (seconds > 0 ? `${seconds} 秒后重连` : "正在重连…"),
    disconnected: "已断开",
    retryNow: "立即",
    connectAgain: "重新连接",
    loss: (reason) => LOSSES_ZH[reason],

    here: (count) => `${count} 人在场`,
    watching: (count) => `${count} 人观看`,
    presenceList: "在场的人",
    you: "你",
    andMore: (count) => `还有 ${count} 人`,

    came: (names) => `${names} 加入了`,
    left: (names) => `${names} 离开了`,
    joinNames: (names) => new Intl.ListFormat("zh").format(names),

    gapMissing: (count) => `此处缺少 ${count} 条消息`,
    gapRestarted: "房间已重启：此处可能缺少消息",
    refused: (why) => `房间拒绝加入：${why}`,

    log: "消息",
    sending: "发送中…",
    sent: (offset) => `已发送 · #${offset}`,
    failed: (code) => `未发送：${REFUSALS_ZH[code] ?? code}`,
    failedUnknown: (code) => `可能未送达：${REFUSALS_ZH[code] ?? code}`,
    retry: "重试",
    messageHint: "写点什么",
    send: "发送",
    newBelow: (count) => `${count} 条新消息`,
    tooLong: (count) => `超出 ${count} 个字符`,

    yourName: "你的名字",
    changeName: (name) => `你是 ${name}。更改名字`,
    nameHelp: "房间里的人都会看到。名字保存在此浏览器中。",
    save: "保存",
    cancel: "取消",

    chatEmptyTitle: "还没有人说话",
    chatEmpty: "发出第一条消息吧。想看它如何送达，可以再开一个窗口，并排放在一起。",
    secondWindow: "再开一个窗口",

    liveEmptyTitle: "等待第一条直播",
    liveEmpty: "这里人人可看，只有服务可以发布。你来当一次服务：在项目目录中运行",
    feed: "文字直播",
    board: "当前信息",
    latest: "最新",
    earlier: "更早",
    earlierFailed: "读取失败，请重试。",
  },
);
