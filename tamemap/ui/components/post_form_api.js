/* HTTP as this form needs it: uploads whose progress can be seen and that can be cancelled, and small reads.
   A failure is {network: true}, {cancelled: true}, or {status, problem} with the problem+json of the API. */
import { queue } from "./post_form_store.js";

const AT_ONCE = 1024 * 1024;
/* For so long a line may be silent, and a server look at a photograph. */
const SILENT = 30000;
const THINKING = 90000;

/* Sends `body`; returns {done: Promise of the answer's JSON, cancel()}. `onProgress` gets 0…1. `patient`: as long as it moves on it may
   take its time, but not when the line has gone silent. */
export function send(method, url, { body = null, headers = {}, onProgress, timeout = 0, patient } = {}) {
  const xhr = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    xhr.open(method, url);
    xhr.timeout = timeout;
    // answers come in the language of the page, not of the phone
    for (const [name, value] of Object.entries({ "Accept-Language": document.documentElement.lang || "ja", ...headers })) {
      xhr.setRequestHeader(name, value);
    }
    const wait = patient ? silence(() => xhr.abort(), () => reject({ network: true })) : () => {};
    xhr.upload.onprogress = (event) => {
      wait(SILENT);
      if (onProgress && event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.upload.onload = () => wait(THINKING);
    xhr.onloadend = () => wait(0);
    xhr.onload = () => {
      const answer = parsed(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300 && (answer || xhr.status === 204)) resolve(answer);
      // a page that a network puts in the way, or a proxy with nobody behind it
      else if (!answer && (xhr.status < 400 || xhr.status >= 500)) reject({ network: true });
      else reject({ status: xhr.status, problem: answer ?? {} });
    };
    xhr.onerror = xhr.ontimeout = () => reject({ network: true });
    xhr.onabort = () => reject({ cancelled: true });
    wait(SILENT);
    xhr.send(body);
  });
  return { done, cancel: () => xhr.abort() };
}

/* A clock to be wound up again for so many milliseconds, 0 stops it; when it runs out `give` says why and `stop` ends it. */
function silence(stop, give) {
  let timer = 0;
  return (time) => {
    clearTimeout(timer);
    if (time) timer = setTimeout(() => { give(); stop(); }, time);
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/* The JSON at `url`. */
export function get(url, signal) {
  const request = send("GET", url, { timeout: 20000 });
  signal?.addEventListener("abort", request.cancel);
  return request.done;
}

/* Sends `value` as JSON to `url`; resolves to the answer's JSON. */
export function put(url, value) {
  return send("PUT", url, { body: JSON.stringify(value), headers: { "Content-Type": "application/json" }, timeout: 30000 }).done;
}

/* Sends one photograph or PDF; resolves to {photos: [...]}. A large one goes in pieces, under the key `upload`: whoever sends it
   again with the same key goes on where it broke off. */
export function sendPhoto(file, name, upload, onProgress) {
  if (file.size > AT_ONCE) {
    const stop = new AbortController();
    const told = { heard: onProgress, stop: stop.signal, lang: document.documentElement.lang || "ja" };
    const found = queue().catch(() => Promise.reject({ network: true }));
    return { done: found.then((store) => store.upload(file, upload, told)).then((photos) => ({ photos })), cancel: () => stop.abort() };
  }
  const body = new FormData();
  body.append("photo", file, name);
  return send("POST", "/api/v1/photos", { body, onProgress, patient: true });
}

/* Sends the flyer, a list of [name, value]; the same key never posts twice, and it is posted in nobody's name but `who`'s. */
export function sendFlyer(entries, key, who) {
  const body = new FormData();
  for (const [name, value] of entries) body.append(name, value);
  return send("POST", "/api/v1/flyers", { body, headers: { "Idempotency-Key": key, ...(who && { "Tamemap-Person": who }) }, timeout: 60000 });
}

/* A fresh key; crypto.randomUUID exists on https and localhost only. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
