/* The flyers that wait (assets/post/queue.js), as the form sees them: written there before anything is sent, taken out again when it is up. */
import { useEffect, useState } from "react";
import { bodyOf, isEdited } from "./post_form_edits.js";
import { queue, saveDraft, savePhoto } from "./post_form_store.js";

const FLAG = "tamemap.queue";
const SENT = "tamemap.sent";
const TAG = "tamemap-queue";
const LOCK = "tamemap-form-";
/* For so long the form alone sends what it has begun to send; longer than one request of its may take. */
const LEASE = 75000;
const SAID = ["up", "held", "wrong", "signin", "other", "old", "lost", "see", "close", "count"];

/* Whose name that is, {id, name}; `me` is what /me said. */
export const ownerOf = (me) => (me.signed_in ? { id: me.id, name: me.name } : { id: "guest", name: "" });

/* An entry of the queue, made of what stands in the form; `me` may be unknown (null). */
export function entryOf({ key, attempts, form, read, items, fields, me, unseen, w }) {
  const title = form.title.trim();
  const owner = me && ownerOf(me);
  // {n} is put in where it is shown
  const said = { title, name: owner?.name, n: "{n}" };
  const words = Object.fromEntries(SAID.map((part) => [part, w(`queue_said_${part}`, said)]));
  return {
    key, attempts, form, read, fields, unseen, title, words, owner, at: Date.now(), tried: attempts.length ? Date.now() : 0,
    lang: document.documentElement.lang || "ja", state: "waiting", sent: 0,
    items: items.map(({ key: own, file, name, type, page, photo, upload, edit, shown, sheet, cut, unsaved }) => ({
      key: own, file, name, type, page, photo, upload, edit, shown, sheet, cut, wish: isEdited(edit) && (unsaved || !photo) ? bodyOf(edit) : null,
      worn: isEdited(edit) ? bodyOf(edit) : null,
    })),
  };
}

/* The lock that says that this page is still there: without it a lease counts for nothing (see queue.js). */
const held = new Map();

function lock(key) {
  if (held.has(key) || !navigator.locks) return undefined;
  return new Promise((granted) => {
    navigator.locks.request(LOCK + key, { ifAvailable: true }, (given) => {
      granted();
      return given && new Promise((free) => held.set(key, free));
    }).catch(granted);
  });
}

function unlock(key) {
  held.get(key)?.();
  held.delete(key);
}

/* Writes an entry down, with the files of its photographs, Map(key → Blob), while the form sends it. Rejects where nothing is kept. */
export async function hold(entry, blobs) {
  const store = await queue();
  await lock(entry.key);
  await store.put({ ...entry, lease: Date.now() + LEASE }, [...new Set(entry.items.map(({ file }) => file))].map((file) => [file, blobs.get(file)]));
  localStorage.setItem(FLAG, "1");
  dispatchEvent(new Event("tamemapqueue"));
}

/* Says that the form is still at it. */
export async function holdOn(key) {
  await (await queue()).change(key, { lease: Date.now() + LEASE });
}

/* Gives what the form could not send to the queue, which goes on from there, also when all pages are closed. */
export async function letGo(entry, blobs) {
  await hold(entry, blobs);
  const store = await queue();
  await store.change(entry.key, { lease: 0 });
  unlock(entry.key);
  navigator.storage?.persist?.().catch(() => {});
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register(TAG).catch(() => {});
  store.run().catch(() => {});
}

/* Takes out what is up, or what the form shows again. */
export async function drop(key) {
  unlock(key);
  await (await queue()).remove(key);
}

/* Remembers, for the other windows with the same draft, under which address the flyer of this key stands. */
export function noteSent(key, url) {
  try {
    localStorage.setItem(SENT, JSON.stringify({ key, url }));
  } catch {
    // then they hear of it from the server
  }
}

/* {key, url} of what was sent last from this phone; {} where that is not known. */
export function lastSent() {
  try {
    return JSON.parse(localStorage.getItem(SENT)) ?? {};
  } catch {
    return {};
  }
}

/* Calls `heard()` when another window has sent something. */
export function onSent(heard) {
  const ear = ({ key }) => key === SENT && heard();
  addEventListener("storage", ear);
  return () => removeEventListener("storage", ear);
}

/* Whether an entry of this key waits. */
export async function waits(key) {
  return queue().then((store) => store.all()).then((entries) => entries.some((one) => one.key === key), () => false);
}

/* {entries, store, mend}: what waits, newest state first known; `mend(entry, letDraftGo)` makes it the draft again, with what was wrong. */
export function useQueue() {
  const [entries, setEntries] = useState([]);
  const [store, setStore] = useState(null);
  useEffect(() => {
    let stop;
    const begin = async () => {
      const found = await queue();
      const look = () => found.all().then(setEntries, () => {});
      stop = found.listen(look);
      setStore(found);
      look();
    };
    begin().catch(() => {});
    return () => stop?.();
  }, []);

  async function mend({ key, form, read, items, attempts, problem }, letDraftGo) {
    await letDraftGo();
    for (const { file } of items) await savePhoto(file, await store.fileOf(file));
    await saveDraft({ key, form, read, attempts: attempts ?? [], photos: items, problem });
    await store.remove(key);
    location.assign("/post");
  }

  return { entries, store, mend };
}
