import "./rooms.css";
import { connect } from "../../../runtime/client/client.ts";
import { storedLanguage } from "../../../runtime/pages/kit/language.ts";
import { mountPage } from "../../../runtime/pages/kit/mount-page.tsx";
import { ChatRoom } from "./chat-room.ts";
import { LiveRoom } from "./live-room.ts";
import { OwnKeys } from "./own-keys.ts";
import { roomIdOf } from "./room-id.ts";
import { RoomsView } from "./rooms-view.tsx";
import { SessionView } from "./session-view.ts";
import { Visitor } from "./visitor.ts";

const parameters = new URLSearchParams(location.search);
const visitor = new Visitor(storedLanguage());
// A page on https gets wss by the same word.
const url = new URL("/chatroom", location.href.replace(/^http/, "ws")).href;
const client = connect({ url, name: visitor.name.value });
visitor.name.subscribe((name) => client.rename(name));

mountPage(
  <RoomsView
    chat={new ChatRoom(client, roomIdOf("chat", parameters.get("room"), "lobby"), new OwnKeys())}
    live={new LiveRoom(client, roomIdOf("live", parameters.get("live"), "final"))}
    session={new SessionView(client)}
    visitor={visitor}
  />,
);
