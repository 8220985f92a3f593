import { LOG_CHANNEL, SEVERITIES } from "../protocols/alarm-settings.ts";
import type { AlarmChannel, AlarmSettings, ChannelKind } from "../protocols/alarm-settings.ts";
import { isLoopback } from "./loopback.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

type ChannelSetting = Exclude<keyof AlarmChannel, "name" | "kind" | "perMinute">;

interface KindRule {
  readonly needs: readonly ChannelSetting[];
  readonly takes: readonly ChannelSetting[];
}

/** Which settings belong to which kind of channel. */
const KINDS: Readonly<Record<ChannelKind, KindRule>> = {
  webhook: { needs: ["url", "secret"], takes: [] },
  dingtalk: { needs: ["url"], takes: ["secret"] },
  wecom: { needs: ["url"], takes: [] },
  feishu: { needs: ["url"], takes: ["secret"] },
  sms: { needs: ["url", "to"], takes: ["method", "headers", "body", "accepted"] },
  mail: { needs: ["host", "from", "to"], takes: ["port", "security", "user", "password"] },
};

/** What no schema can say about alarms: that each channel is whole, that routes lead somewhere, that nobody is forgotten. Pure. */
export function alarmConflicts(alarms: AlarmSettings): readonly SettingProblem[] {
  return [
    ...alarms.channels.flatMap((channel, index) => [
      ...misfits(channel, ["alarms", "channels", index]),
      ...nameProblems(alarms, index),
    ]),
    ...wrongWays(alarms),
  ];
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

function misfits(channel: AlarmChannel, place: SettingPath): SettingProblem[] {
  const { name, kind } = channel;
  const { needs, takes } = KINDS[kind];
  const { name: _name, kind: _kind, perMinute: _perMinute, ...given } = channel;
  const known: readonly string[] = [...needs, ...takes];
  return [
    ...needs
      .filter((setting) => channel[setting] === undefined)
      .map((setting) => problem([...place, setting], `is missing; channel ${name} of kind ${kind} needs it`)),
    ...Object.keys(given)
      .filter((setting) => !known.includes(setting))
      .map((setting) =>
        problem(
          [...place, setting],
          `is not for kind ${kind} of channel ${name}; leave it out (it takes ${known.join(", ")})`,
        ),
      ),
    ...addressProblems(channel, place),
    ...(kind === "sms" ? smsProblems(channel, place) : []),
    ...(kind === "mail" ? mailProblems(channel, place) : []),
  ];
}

/** The address itself is secret and not shown. */
function addressProblems({ name, url }: AlarmChannel, place: SettingPath): SettingProblem[] {
  if (url === undefined) return [];
  if (!URL.canParse(url)) {
    return [problem([...place, "url"], `of channel ${name} is no address (not shown, it is secret)`)];
  }
  const { username, password } = new URL(url);
  if (username === "" && password === "") return [];
  return [
    problem(
      [...place, "url"],
      `of channel ${name} holds a user or a password before the @; put them into headers`,
    ),
  ];
}

function smsProblems(
  { name, url = "", body = "", method = "POST" }: AlarmChannel,
  place: SettingPath,
): SettingProblem[] {
  const missing = ["{{to}}", "{{text}}"].filter((mark) => !`${url}${body}`.includes(mark));
  const found: SettingProblem[] = [];
  if (missing.length > 0) {
    found.push(
      problem(
        [...place, "body"],
        `of channel ${name} lacks ${missing.join(" and ")}; write it into body or url`,
      ),
    );
  }
  if (method === "GET" && body !== "") {
    found.push(
      problem([...place, "body"], `of channel ${name} cannot be sent with GET; use POST, or the url alone`),
    );
  }
  return found;
}

function mailProblems(channel: AlarmChannel, place: SettingPath): SettingProblem[] {
  const { name, host = "", security, user, password } = channel;
  const found: SettingProblem[] = [];
  if ((user === undefined) !== (password === undefined)) {
    const missing = user === undefined ? "user" : "password";
    found.push(
      problem([...place, missing], `is missing; channel ${name} needs both user and password, or neither`),
    );
  }
  if (security === "none" && password !== undefined && !isLoopback(host)) {
    const text = `is none, and the password of channel ${name} would cross the network in the clear; use starttls or tls`;
    found.push(problem([...place, "security"], text));
  }
  return found;
}

function nameProblems(alarms: AlarmSettings, index: number): SettingProblem[] {
  const names = alarms.channels.map(({ name }) => name);
  const name = names[index] ?? "";
  const path: SettingPath = ["alarms", "channels", index, "name"];
  if (name === LOG_CHANNEL) {
    return [problem(path, `is ${LOG_CHANNEL}, the channel that is always there; choose another name`)];
  }
  if (names.indexOf(name) !== index) return [problem(path, `is "${name}" a second time; names must differ`)];
  if (ways(alarms).some(({ channels }) => channels.includes(name))) return [];
  return [
    problem(
      path,
      `is "${name}", and nothing is sent there; name it in alarms.routes.critical or another route`,
    ),
  ];
}

interface Way {
  readonly path: SettingPath;
  readonly channels: readonly string[];
}

/** Every list of channels that alarms take. */
function ways({ routes, escalation }: AlarmSettings): Way[] {
  return [
    ...SEVERITIES.map((severity) => ({ path: ["alarms", "routes", severity], channels: routes[severity] })),
    ...escalation.map(({ channels }, index) => ({
      path: ["alarms", "escalation", index, "channels"],
      channels,
    })),
  ];
}

function wrongWays(alarms: AlarmSettings): SettingProblem[] {
  const known = [LOG_CHANNEL, ...alarms.channels.map(({ name }) => name)];
  return ways(alarms).flatMap(({ path, channels }) =>
    channels.flatMap((name, index) =>
      known.includes(name)
        ? []
        : [
            problem(
              [...path, index],
              `is ${name}, and there is no such channel; there is ${known.join(", ")}`,
            ),
          ],
    ),
  );
}
