/* Flyers that wait to be sent: kept in IndexedDB, sent once, by a page or by the service worker, whoever has signal first.

   Database 'tamemap-queue'. Store `posts` {key, at, lang, title, words, owner: {id, name} or null, fields: [[name, value]], items,
   unseen, attempts, tried, lease, after, state, problem, sent, answer, held, form, read}; `key` is the Idempotency-Key, made at the first tap;
   an item is {key, file, name, type, page, photo, upload, wish, …}: `upload` names it at /api/v1/uploads, `wish` is what PUT
   /photos/{id}/edit is still to be sent. Store `files` {id, blob} or {id, bytes, type}. Store `kept` {url, data}: what was last read there.
   States   waiting | sending | signin | other | adopt | refused | done: signin, other and adopt wait for the right person.
   Until `lease` the form itself is sending it, as long as its page holds the lock 'tamemap-form-KEY'; until `after` the server wants to be
   left alone.
   scope.TamemapQueue: all put change remove adopt kept keep upload run listen isFull */
(function (scope) {
  'use strict';
  const NAME = 'tamemap-queue', FORM = 'tamemap-form-', API = '/api/v1', GUEST = 'guest';
  const PIECE = 256 * 1024, PATIENCE = 120000, MOST = 4, READ_FOR = 10000;
  // the server knows for thirty days what it has answered
  const KNOWN_FOR = 29 * 864e5;
  const channel = channelTo();
  const ears = new Set();
  let opening = null, running = null, asked = false, full = false;

  /* Null where there is none, or where the browser refuses all storage and this with it. */
  function channelTo() {
    try { return new BroadcastChannel(NAME); } catch { return null; }
  }

  /* ---------- the stores */
  function open() {
    opening = opening || new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('posts', { keyPath: 'key' });
        request.result.createObjectStore('files', { keyPath: 'id' });
        request.result.createObjectStore('kept', { keyPath: 'url' });
      };
      request.onerror = request.onblocked = () => reject(request.error);
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = null; };
        resolve(request.result);
      };
    });
    opening.catch(() => (opening = null));
    return opening;
  }

  /* Runs `work(...stores)` in one transaction; resolves to what the request that it returns found. */
  async function within(names, mode, work) {
    const db = await open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(names, mode);
      const request = work(...names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => resolve(request && request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  /* All entries, oldest first. The lease of a form whose page is gone is over. */
  async function all() {
    const entries = (await within(['posts'], 'readonly', (posts) => posts.getAll())).sort((one, other) => one.at - other.at);
    if (!navigator.locks || !entries.some(({ lease }) => lease > Date.now())) return entries;
    const held = new Set((await navigator.locks.query()).held.map(({ name }) => name));
    return entries.map((entry) => (held.has(FORM + entry.key) ? entry : { ...entry, lease: 0 }));
  }
  async function fileOf(id) {
    const found = (await within(['files'], 'readonly', (files) => files.get(id))) || {};
    return found.bytes ? new Blob([found.bytes], { type: found.type }) : found.blob;
  }

  /* Keeps an entry with its files, [[id, blob]]; rejects where the phone keeps nothing. */
  async function put(entry, given) {
    const written = (records) => within(['posts', 'files'], 'readwrite', (posts, files) => {
      for (const record of records) files.put(record);
      posts.put(entry);
    });
    try {
      await written(given.map(([id, blob]) => ({ id, blob })));
    } catch {
      // where the browser keeps no Blob (WebKit's private windows) it may keep its bytes; where there is no room this fails too
      await written(await Promise.all(given.map(async ([id, blob]) => ({ id, bytes: await blob.arrayBuffer(), type: blob.type }))));
    }
    tell();
  }

  /* Changes parts of an entry that is still there; answers whether it was. */
  async function change(key, part) {
    let there = false;
    await within(['posts'], 'readwrite', (posts) => {
      const asked = posts.get(key);
      asked.onsuccess = () => {
        there = Boolean(asked.result);
        if (there) posts.put({ ...asked.result, ...part });
      };
    });
    tell();
    return there;
  }

  async function remove(key) {
    await within(['posts', 'files'], 'readwrite', (posts, files) => {
      const asked = posts.get(key);
      asked.onsuccess = () => {
        for (const item of (asked.result && asked.result.items) || []) files.delete(item.file);
        posts.delete(key);
      };
    });
    tell();
  }

  const keep = (url, data) => within(['kept'], 'readwrite', (store) => void store.put({ url, data }));
  const kept = async (url) => ((await within(['kept'], 'readonly', (store) => store.get(url))) || {}).data;

  /* ---------- who listens: this page, the others, the worker */
  function tell() {
    for (const ear of ears) ear();
    if (channel) channel.postMessage('changed');
  }
  if (channel) channel.onmessage = () => ears.forEach((ear) => ear());

  function listen(ear) {
    ears.add(ear);
    return () => ears.delete(ear);
  }

  /* ---------- the wire: a failure is {network}, {cancelled} or {status, problem, after} */
  async function ask(method, path, { body = null, headers = {}, lang = 'ja', stop } = {}) {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), PATIENCE);
    const cancel = () => end.abort();
    if (stop) stop.addEventListener('abort', cancel);
    try {
      const answer = await fetch(API + path, {
        method, body, headers: { 'Accept-Language': lang, ...headers }, credentials: 'same-origin', cache: 'no-store', signal: end.signal,
      });
      const data = answer.status === 204 ? null : await answer.json();
      if (answer.ok) return data;
      throw { status: answer.status, problem: data || {}, after: Number(answer.headers.get('Retry-After')) || 0 };
    } catch (failure) {
      if (stop && stop.aborted) throw { cancelled: true };
      throw failure && failure.status ? failure : { network: true };
    } finally {
      clearTimeout(timer);
      if (stop) stop.removeEventListener('abort', cancel);
    }
  }

  /* Sends a file in pieces, from where it broke off; resolves to its photos. `heard` gets 0…1. */
  async function upload(blob, key, { heard, stop, lang } = {}) {
    const piece = (offset, body) => ask('PUT', '/uploads/' + key, {
      body, lang, stop,
      headers: { 'Content-Type': 'application/octet-stream', 'Upload-Length': String(blob.size), 'Upload-Offset': String(offset) },
    });
    let view = await piece(0, blob.size > PIECE ? null : blob);
    while (!view.photos) {
      if (heard) heard(view.arrived / blob.size);
      view = await piece(view.arrived, blob.slice(view.arrived, view.arrived + PIECE));
    }
    if (heard) heard(1);
    return view.photos;
  }

  /* ---------- sending */
  function run() {
    // the signal may have come back just after the one at work has met none
    asked = true;
    running = running || (async () => {
      try {
        for (;;) {
          asked = false;
          // another tab or the worker may be at it
          const left = navigator.locks ? await navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? sendAll() : 'busy')) : await sendAll();
          if (left !== 'again' || !asked) return left;
        }
      } finally {
        running = null;
      }
    })();
    return running;
  }

  /* Answers 'again' when something is left that only lacks signal. */
  async function sendAll() {
    let stuck = false;
    const due = (entry) => !['done', 'refused'].includes(entry.state) && !(entry.lease > Date.now()) && !(entry.after > Date.now());
    for (const entry of (await all()).filter(due)) {
      try {
        await sendOne(entry);
      } catch (failure) {
        if (failure.network) {
          await change(entry.key, { state: 'waiting' }).catch(() => {});
          return 'again';
        }
        try {
          await missed(entry, failure);
        } catch {
          // the phone has no room left to write down how far it is: the others may be smaller
          stuck = true;
        }
      }
    }
    if (full !== stuck) {
      full = stuck;
      tell();
    }
    return (await all()).some(({ state }) => state === 'waiting') ? 'again' : 'idle';
  }

  async function sendOne(entry) {
    const me = await ask('GET', '/me', { lang: entry.lang });
    const mine = me.signed_in ? me.id : GUEST;
    const owner = entry.owner || (me.signed_in ? { id: '' } : { id: GUEST, name: '' });
    if (owner.id !== mine) {
      const state = owner.id === GUEST || !owner.id ? 'adopt' : me.signed_in ? 'other' : 'signin';
      return state === entry.state ? undefined : stand(entry, { state });
    }
    if (entry.tried && entry.tried < Date.now() - KNOWN_FOR) return stand(entry, { state: 'refused', problem: { detail: entry.words.old } });
    // whoever this one has waited for is there now: the others are theirs, too, and no longer ask for them
    const theirs = (one) => one.key !== entry.key && ['other', 'signin'].includes(one.state) && one.owner?.id === mine;
    for (const one of (await all()).filter(theirs)) await stand(one, { state: 'waiting' });
    entry = { ...entry, owner, state: 'sending', sent: 0 };
    await change(entry.key, { owner, state: 'sending', sent: 0 });
    try {
      await deliver(entry, await pictures(entry));
    } catch (failure) {
      if (!isUnknownPhoto(failure)) throw failure;
      // the server has tidied up since: the bytes are still here
      const items = entry.items.map((item) => ({ ...item, photo: null, upload: newKey(), wish: item.wish || item.worn }));
      await change(entry.key, { items });
      await deliver(entry, await pictures({ ...entry, items }));
    }
  }

  /* The entry's items, each with its photo; a PDF has become its pages. */
  async function pictures(entry) {
    let items = entry.items;
    const arrived = new Map();
    const save = (next) => change(entry.key, { items: (items = next) });
    for (const item of entry.items) {
      if (item.photo) continue;
      const before = items.filter(({ photo }) => photo).length;
      const heard = (part) => change(entry.key, { sent: (before + part) / items.length });
      const known = arrived.get(item.file);
      const photos = known || (await upload(await bytesOf(entry, item), item.upload, { heard, lang: entry.lang }));
      arrived.set(item.file, photos);
      const pages = item.page === undefined ? photos.slice(0, MOST - items.length + 1) : photos.slice(item.page, item.page + 1);
      const made = pages.map((photo, page) => ({ ...item, key: page ? newKey() : item.key, photo, page: photos.length > 1 ? photos.indexOf(photo) : undefined }));
      await save(items.flatMap((one) => (one.key === item.key ? made : [one])));
    }
    for (const item of items.filter(({ wish }) => wish)) {
      const photo = await ask('PUT', '/photos/' + item.photo.id + '/edit', {
        body: JSON.stringify(item.wish), headers: { 'Content-Type': 'application/json' }, lang: entry.lang,
      });
      await save(items.map((one) => (one.key === item.key ? { ...one, photo: { ...one.photo, ...photo }, wish: null, worn: item.wish } : one)));
    }
    if (entry.unseen && !entry.tried) await read(items, entry.lang);
    return items;
  }

  async function bytesOf(entry, item) {
    const blob = await fileOf(item.file);
    if (!blob) throw { status: 410, problem: { detail: entry.words.lost } };
    return blob;
  }

  /* A little patience, so that the answer can say what else is seen on the pictures. */
  async function read(items, lang) {
    const end = Date.now() + READ_FOR;
    for (const { photo } of items.filter((item) => item.photo.reading)) {
      for (let state = 'waiting'; ['waiting', 'reading'].includes(state) && Date.now() < end;) {
        await new Promise((done) => setTimeout(done, 1500));
        state = (await ask('GET', '/readings/' + photo.reading, { lang }).catch((failure) => { if (failure.network) throw failure; return {}; })).state;
      }
    }
  }

  async function deliver(entry, items) {
    const fields = [...entry.fields, ...(entry.unseen ? [['unseen', 'true']] : []), ...items.map(({ photo }) => ['photo_id', photo.id])];
    const same = (other) => JSON.stringify(other) === JSON.stringify(fields);
    const earlier = (entry.attempts || []).filter((other) => !same(other));
    // known before it goes: whoever sends next must know of this one
    await change(entry.key, { attempts: [...earlier, fields], tried: entry.tried || Date.now() });
    let answer, stale = false;
    try {
      answer = await flyer(entry, fields);
    } catch (failure) {
      if (codeOf(failure) === 'key_used_otherwise') [answer, stale] = [await claimed(entry, earlier.reverse(), failure), true];
      else {
        if (failure.status >= 400 && failure.status < 500) await change(entry.key, { attempts: earlier, tried: earlier.length ? entry.tried : 0 });
        throw failure;
      }
    }
    await within(['files'], 'readwrite', (files) => void items.forEach(({ file }) => files.delete(file)));
    const held = (answer.placements || []).every((placement) => placement.state !== 'up');
    await stand(entry, { state: 'done', answer, stale, held, form: null, fields: [], items: [], attempts: [], sent: 1 });
  }

  function flyer(entry, fields) {
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    return ask('POST', '/flyers', { body, lang: entry.lang, headers: { 'Idempotency-Key': entry.key, 'Tamemap-Person': entry.owner.id } });
  }

  /* The key is spent: an earlier try did arrive, only its answer was lost. */
  async function claimed(entry, earlier, failure) {
    for (const fields of earlier) {
      try {
        return await flyer(entry, fields);
      } catch (other) {
        if (codeOf(other) !== 'key_used_otherwise') throw other;
      }
    }
    throw failure;
  }

  async function missed(entry, failure) {
    if (failure.status === undefined) throw failure;
    if (codeOf(failure) === 'written_by_another') return stand(entry, { state: 'waiting', after: Date.now() + 5000 });
    if (failure.status >= 500 || failure.status === 429) {
      const tries = (entry.tries || 0) + 1;
      return change(entry.key, { state: 'waiting', tries, after: Date.now() + Math.max(failure.after * 1000, Math.min(2 ** tries * 5000, 9e5)) });
    }
    return stand(entry, { state: 'refused', problem: failure.problem, status: failure.status });
  }

  const codeOf = (failure) => failure.problem && failure.problem.code;
  const isUnknownPhoto = ({ problem }) => Boolean(problem && (problem.code === 'photo_unknown' || (problem.errors || []).some(({ code }) => code === 'photo_unknown')));

  /* ---------- telling the person */
  async function stand(entry, part) {
    if (await change(entry.key, part)) await notify(entry, part);
  }

  async function notify(entry, { state, answer, held }) {
    const said = { done: held ? 'held' : 'up', refused: 'wrong', signin: 'signin', other: 'other' }[state];
    if (!said || typeof Notification !== 'function' || Notification.permission !== 'granted') return;
    const worker = scope.registration || (await navigator.serviceWorker.getRegistration());
    // who is looking at the app reads it there
    const seen = scope.clients ? (await scope.clients.matchAll({ type: 'window' })).some((one) => one.visibilityState === 'visible') : document.visibilityState === 'visible';
    if (seen || !worker) return;
    const url = state === 'done' ? new URL(answer.url, location.href).pathname : '/post';
    await worker.showNotification(entry.words[said], { tag: NAME + '-' + entry.key, icon: '/icons/icon-192.png', lang: entry.lang, data: { url } });
  }

  /* Says that an entry of nobody's is that of whoever is signed in now. */
  async function adopt(key) {
    const me = await ask('GET', '/me');
    await change(key, { state: 'waiting', owner: me.signed_in ? { id: me.id, name: me.name } : { id: GUEST, name: '' } });
  }

  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  scope.TamemapQueue = { all, put, change, remove, fileOf, adopt, keep, kept, upload, run, listen, isFull: () => full };
})(self);
