// @ts-check
/**
 * The rooms beside the figure. Each is a module of its own with a style sheet of its own, fetched when somebody walks in;
 * from then on it stays, hidden while another is open.
 */

import { byId } from "./captions.js";
import { words } from "./words/main.js";

/** @typedef {import("./types.js").Desk} Desk */
/** @typedef {import("./types.js").ModelEntry} ModelEntry */
/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").RoomName} RoomName */

/** Which models a room can show; where the one chosen is none of them, the first that is takes its place there. */
const FITS = /** @type {Partial<Record<RoomName, (entry: ModelEntry) => boolean>>} */ ({
  map: ({ latent }) => latent === 2,
  dimensions: ({ latent }) => latent > 2,
});

/**
 * Whether a room can show a model.
 * @param {RoomName} room
 * @param {ModelEntry} entry
 */
export const fits = (room, entry) => FITS[room]?.(entry) ?? true;

export class Rooms {
  /** @type {Map<RoomName, Promise<Room>>} */
  #opened = new Map();
  /** @type {Room | undefined} */
  #room;
  /** @type {RoomName} */
  #name = "draw";
  #deskFor;

  /** @param {(room: RoomName) => Desk} deskFor */
  constructor(deskFor) {
    this.#deskFor = deskFor;
  }

  /** The room that is open; undefined in the figure's own, and while one is being fetched. */
  get room() {
    return this.#room;
  }

  /**
   * Opens a room; the first time it is fetched. On an error another attempt fetches it anew.
   * @param {RoomName} name
   */
  async enter(name) {
    this.#name = name;
    this.#room?.leave?.();
    this.#room = undefined;
    document.documentElement.dataset.room = name;
    for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-room-link]"))) {
      if (link.dataset.rooms?.split(" ").includes(name)) link.dataset.roomLink = name; // a group leads to its room last seen
      if (link.dataset.roomLink === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (name === "draw") return;
    for (const element of document.querySelectorAll("[data-room-body]")) {
      element.toggleAttribute("hidden", element.getAttribute("data-room-body") !== name);
    }
    const opened = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, opened);
    try {
      const room = await opened;
      if (this.#name !== name) return; // somebody has walked on
      this.#room = room;
      room.show();
    } catch (error) {
      this.#opened.delete(name);
      throw error;
    }
  }

  /** Reading, model, settings or theme may be others now. */
  show() {
    this.#room?.show();
  }

  /**
   * @param {RoomName} name
   * @returns {Promise<Room>}
   */
  async #open(name) {
    const [{ open }] = await Promise.all([import(`./rooms/${name}.js`), styled(name)]);
    const body = bodyOf(name);
    body.hidden = this.#name !== name; // somebody has walked on meanwhile
    return open(body, this.#deskFor(name));
  }
}

/** @param {RoomName} name */
function bodyOf(name) {
  const body = document.createElement("section");
  body.className = `room room-${name}`;
  body.dataset.roomBody = name;
  return byId("room").appendChild(body);
}

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * The style sheet of a room, so that it is never seen without.
 * @param {string} name
 * @returns {Promise<void>}
 */
export function styled(name) {
  const sheet = sheets.get(name) ?? fetchSheet(name);
  sheets.set(name, sheet);
  return sheet;
}

/**
 * @param {string} name
 * @returns {Promise<void>}
 */
function fetchSheet(name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`./styles/rooms/${name}.css`, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      sheets.delete(name); // the next attempt fetches it anew
      reject(new Error(words.unreachable(`${name}.css`)));
    };
    document.head.append(link);
  });
}
