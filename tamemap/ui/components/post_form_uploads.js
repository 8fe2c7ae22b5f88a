/* The photographs of the form: taken in, refused kindly, sent at once, tried again, put in order, kept for a reload.
   An item is {key, file, name, type, page, upload, state: waiting|sending|done|failed|stopped, sent: 0…1, photo, problem, edit, shown, sheet, cut};
   `file` is the key of its bytes (the pages of one PDF share them), `upload` names what is sent, `page` counts within a PDF, `edit` is that of post_form_edits.js
   and `shown` whether the server's picture of it is to be seen, `sheet` the sheet of several that a person has chosen,
   `cut` the corners that a person has dragged. One is sent at a time: the cover is
   there first on a thin line, and a guest's first answer brings the cookie that the others need. */
import { useEffect, useRef, useState } from "react";
import { newKey, send, sendPhoto } from "./post_form_api.js";
import { MOST, refusal } from "./post_form_check.js";
import { edited, isEdited } from "./post_form_edits.js";
import { dropPhoto, savePhoto } from "./post_form_store.js";

const AGAIN = 30000;

/* {items, notices, removed, add, remove, putBack, move, retry, cancel, restore, url, clear, mend(key, part), blobs: Map(file → Blob)}; `onArrived(photo)` hears each upload. */
export function usePhotos({ w, announce, onArrived }) {
  const [items, setItems] = useState([]);
  const [notices, setNotices] = useState([]);
  const [removed, setRemoved] = useState(null);
  const own = useRef({ items: [], blobs: new Map(), urls: new Map(), running: new Map(), onArrived }).current;
  own.onArrived = onArrived;

  // the list lives in `own`, because answers arrive between two renderings
  const change = (make) => setItems((own.items = make(own.items)));
  const patch = (key, part) => change((list) => list.map((item) => (item.key === key ? { ...item, ...part } : item)));
  const find = (key) => own.items.find((item) => item.key === key);

  function start(key) {
    const item = find(key);
    // what has arrived once is sent anew, what has not goes on
    const upload = item && !item.photo && item.upload ? item.upload : newKey();
    patch(key, { state: "waiting", sent: 0, problem: "", offline: false, photo: null, shown: false, upload });
    next();
  }

  function next() {
    const item = own.running.size ? undefined : own.items.find((one) => one.state === "waiting");
    if (!item) return;
    const { key } = item;
    patch(key, { state: "sending" });
    const job = sendPhoto(own.blobs.get(item.file), item.name, item.upload, (sent) => patch(key, { sent }));
    own.running.set(key, job.cancel);
    job.done.then(({ photos }) => dressed(find(key), photos)).then(
      (photos) => arrived(key, photos),
      (failure) => missed(key, failure),
    ).finally(next);
  }

  /* What was laid flat or blurred before is so again when it had to be sent again. */
  async function dressed(item, photos) {
    if (!isEdited(item?.edit)) return photos;
    const at = item.page ?? 0;
    const photo = await edited(photos[at], item.edit);
    patch(item.key, { shown: true });
    return photos.map((one, page) => (page === at ? photo : one));
  }

  function arrived(key, photos) {
    own.running.delete(key);
    const item = find(key);
    if (!item) return forget(photos);
    if (item.page !== undefined && item.page < photos.length && photos.length > 1) {
      forget(photos.filter((_, page) => page !== item.page));
      photos = [photos[item.page]];
    }
    const pages = photos.slice(0, MOST - own.items.length + 1);
    forget(photos.slice(pages.length));
    if (pages.length < photos.length) setNotices([w("pages_over", { most: MOST })]);
    const made = pages.map((photo, page) => ({
      ...item, key: page ? newKey() : key, page: item.page ?? (photos.length > 1 ? page : undefined), photo, state: "done", sent: 1,
    }));
    change((list) => list.flatMap((one) => (one.key === key ? made : [one])));
    announce(w("photo_sent", { n: own.items.findIndex((one) => one.key === key) + 1 }));
    for (const photo of pages) own.onArrived(photo);
  }

  function missed(key, failure) {
    own.running.delete(key);
    if (!find(key)) return;
    if (failure.cancelled) return patch(key, { state: "stopped", problem: w("photo_stopped") });
    const said = failure.network ? w("photo_offline") : failure.problem?.errors?.[0]?.message || failure.problem?.detail;
    const problem = said || w("photo_failed");
    // what the server refused for good is not offered again
    const hopeless = [400, 413, 415, 422].includes(failure.status);
    // a server that is away is like a line that is: it is tried again
    patch(key, { state: "failed", problem, offline: Boolean(failure.network) || failure.status >= 500, hopeless });
    announce(problem);
  }

  function forget(photos) {
    for (const photo of photos) send("DELETE", `/api/v1/photos/${photo.id}`).done.catch(() => {});
  }

  function add(files) {
    bury();
    const said = [];
    const twin = (file) => own.items.some((item) => item.name === file.name && own.blobs.get(item.file)?.size === file.size);
    for (const file of files) {
      const reason = refusal(file) || (own.items.length >= MOST ? "too_many" : "");
      if (reason) said.push(w(reason, { name: file.name, most: MOST }));
      else if (!twin(file)) {
        const key = newKey();
        own.blobs.set(key, file);
        savePhoto(key, file).then((kept) => kept === undefined && setNotices((old) => [...new Set([...old, w("photo_not_kept")])]));
        change((list) => [...list, { key, file: key, name: file.name, type: file.type }]);
        start(key);
      }
    }
    setNotices([...new Set(said)]);
  }

  /* What was taken out can be put back until the next change; only then is it gone. */
  function bury() {
    if (!own.removed) return;
    const { item } = own.removed;
    if (item.photo) forget([item.photo]);
    if (!own.items.some((one) => one.file === item.file)) dropBytes(item.file);
    setRemoved((own.removed = null));
  }

  function dropBytes(file) {
    dropPhoto(file);
    own.blobs.delete(file);
    URL.revokeObjectURL(own.urls.get(file));
    own.urls.delete(file);
  }

  function remove(key) {
    bury();
    own.running.get(key)?.();
    const at = own.items.findIndex((item) => item.key === key);
    setRemoved((own.removed = { item: own.items[at], at }));
    change((list) => list.filter((item) => item.key !== key));
    setNotices([]);
  }

  function putBack() {
    const { item, at } = own.removed;
    setRemoved((own.removed = null));
    if (own.items.length >= MOST) return setNotices([w("too_many", { name: item.name, most: MOST })]);
    change((list) => [...list.slice(0, at), item, ...list.slice(at)]);
    if (!item.photo) start(item.key);
  }

  function move(key, by) {
    const at = own.items.findIndex((item) => item.key === key);
    const to = at + by;
    if (to < 0 || to >= own.items.length) return;
    change((list) => list.map((item, place) => (place === at ? list[to] : place === to ? list[at] : item)));
    announce(w("photo_moved", { n: to + 1 }));
  }

  /* Takes a draft's items back; what the server no longer holds (or never got) is sent again. */
  function restore(kept, files) {
    own.blobs = new Map(files);
    const state = ({ photo }) => (photo ? { state: "done", sent: 1 } : {});
    change(() => kept.filter((item) => own.blobs.has(item.file)).map((item) => ({ ...item, ...state(item) })));
    for (const item of own.items) {
      if (!item.photo) start(item.key);
      else send("GET", item.photo.thumb).done.catch(({ status }) => status && status >= 400 && start(item.key));
    }
  }

  /* Undoes a clear: the bytes are written again too. */
  function keepAgain(kept, files) {
    for (const [key, file] of files) savePhoto(key, file);
    restore(kept, files);
  }

  /* Sends every photograph again under a new id (the old ones are gone from the server). */
  const resend = () => own.items.forEach((item) => start(item.key));

  function clear() {
    const kept = { items: own.items, files: new Map(own.blobs) };
    change(() => []);
    for (const cancel of own.running.values()) cancel();
    setNotices([]);
    setRemoved((own.removed = null));
    return kept;
  }

  function url(file) {
    if (!own.urls.has(file) && own.blobs.has(file)) own.urls.set(file, URL.createObjectURL(own.blobs.get(file)));
    return own.urls.get(file);
  }

  useEffect(() => {
    const again = () => own.items.filter((item) => item.offline && item.state === "failed").forEach((item) => start(item.key));
    const now = () => document.visibilityState === "visible" && navigator.onLine && again();
    addEventListener("online", again);
    document.addEventListener("visibilitychange", now);
    // bars on the display are no signal, and a server that comes back tells nobody
    const timer = setInterval(now, AGAIN);
    return () => {
      removeEventListener("online", again);
      document.removeEventListener("visibilitychange", now);
      clearInterval(timer);
      for (const cancel of own.running.values()) cancel();
      for (const address of own.urls.values()) URL.revokeObjectURL(address);
      own.urls.clear();
    };
  }, []);

  const cancel = (key) => (own.running.has(key) ? own.running.get(key)() : patch(key, { state: "stopped", problem: w("photo_stopped") }));
  return { items, notices, say: (said) => setNotices([said]), removed, add, remove, putBack, move, retry: start, cancel, restore, keepAgain, resend, clear, url, mend: patch, blobs: own.blobs };
}
