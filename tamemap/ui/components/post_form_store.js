/* What must survive a reload, a dead battery or a lost connection: the draft and its photographs, in IndexedDB.
   Database `tamemap`. Store `drafts` (keyPath id): {id: "post", …} and {id: "photo:<key>", file: Blob},
   or {…, bytes, type, name} where the browser keeps no Blob (WebKit's private windows). Store `shared`
   (keyPath id, autoIncrement): {files, title, text, url, at}, written by sw.js for the share target. Whoever comes first
   makes what it needs, so the version is whatever it is. Nothing here throws: a browser without storage still posts. */

const DRAFT = "post";
const PHOTO = "photo:";
const STORES = { drafts: { keyPath: "id" }, shared: { keyPath: "id", autoIncrement: true } };
let opening = null;

function open() {
  opening ??= opened();
  opening.catch(() => (opening = null));
  return opening;
}

function opened(version) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("tamemap", version);
    const missing = () => Object.keys(STORES).filter((name) => !request.result.objectStoreNames.contains(name));
    request.onupgradeneeded = () => missing().forEach((name) => request.result.createObjectStore(name, STORES[name]));
    request.onerror = request.onblocked = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result;
      // somebody wants to change the stores: let go, and open again when needed
      db.onversionchange = () => {
        db.close();
        opening = null;
      };
      if (!missing().length) return resolve(db);
      db.close();
      return opened(db.version + 1).then(resolve, reject);
    };
  });
}

/* Runs `work(store)` in one transaction; resolves to what the request that it returns found, or undefined. */
async function within(store, mode, work) {
  try {
    const db = await open();
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      // at once: a page that is being left has no time for the transaction to end by itself
      if (mode === "readwrite") transaction.commit?.();
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } catch {
    return undefined;
  }
}

/* The draft with its photographs, {draft, files: Map(key → Blob)}, or null. Photographs of no draft are thrown away. */
export async function loadDraft() {
  const records = (await within("drafts", "readonly", (store) => store.getAll())) ?? [];
  const draft = records.find((record) => record.id === DRAFT);
  const wanted = new Set((draft?.photos ?? []).map((photo) => photo.file));
  const files = new Map();
  for (const record of records.filter((one) => one.id.startsWith(PHOTO))) {
    const key = record.id.slice(PHOTO.length);
    if (wanted.has(key)) files.set(key, record.file ?? new File([record.bytes], record.name, { type: record.type }));
    else dropPhoto(key);
  }
  return draft ? { draft, files } : null;
}

/* Keeps everything but the photographs' bytes. */
export function saveDraft(draft) {
  return within("drafts", "readwrite", (store) => store.put({ ...draft, id: DRAFT, at: Date.now() }));
}

/* Keeps a photograph once, so that typing does not write megabytes; resolves to undefined where there is no room for it. */
export async function savePhoto(key, file) {
  const put = (kept) => within("drafts", "readwrite", (store) => store.put({ id: PHOTO + key, ...kept }));
  return (await put({ file })) ?? put({ bytes: await file.arrayBuffer(), type: file.type, name: file.name ?? "" });
}

/* Forgets a photograph. */
export function dropPhoto(key) {
  return within("drafts", "readwrite", (store) => store.delete(PHOTO + key));
}

/* Forgets the draft and its photographs. */
export function clearDraft() {
  return within("drafts", "readwrite", (store) => store.clear());
}

/* What other apps shared with us, {files, title, text, url}; `forgetShared` is called when it is safe in the draft. */
export async function sharedThings() {
  const records = (await within("shared", "readonly", (store) => store.getAll())) ?? [];
  const first = (name) => records.map((record) => record[name]).find(Boolean) ?? "";
  return { files: records.flatMap((record) => record.files ?? []), title: first("title"), text: first("text"), url: first("url") };
}

/* Empties the tray of shared things. */
export function forgetShared() {
  return within("shared", "readwrite", (store) => store.clear());
}

let loading = null;

/* The queue that pages and the service worker share (assets/post/queue.js). Rejects where it cannot be had. */
export function queue() {
  loading ??= new Promise((resolve, reject) => {
    if (window.TamemapQueue) return resolve(window.TamemapQueue);
    const script = Object.assign(document.createElement("script"), { src: "/post/queue.js", onload: () => resolve(window.TamemapQueue) });
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("queue"));
    };
    document.head.append(script);
  });
  return loading;
}
