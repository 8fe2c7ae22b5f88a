/* What this phone keeps for bad reception, within a budget: answers in the cache 'tamemap-kept', an index beside them.

   self.Kept.put(key, answer, facts)   facts {kind, ids, saved}; measured in bytes, the oldest goes first; true when it is kept
             match(key) → {answer, entry} | null · like(start) the same for any key that begins so · entries() · drop(keys) · empty()
             saved() · setSaved(record) · dropSaved(id)   the flyers that the person has saved, see sw-saved.js
             fact(name) · setFact(name, value)            one word each
   An entry is {key, kind: page|data|picture|ground, bytes, at, kept, used, ids, saved}: at is the server's clock, kept and used are
   the phone's; ids are the flyers and topics that the answer speaks of; saved is the flyer for whose sake it stays.
   Everything is what a guest may see: sw-keep.js sees to that. Nothing here throws for want of room. */
'use strict';

(function () {
  const NAME = 'tamemap-kept';
  // of 50 MB; what is left over is for the shell and the posting page
  const BUDGET = 45 * 1024 * 1024, SAVED_MOST = 25 * 1024 * 1024, ROOM = 0.9;
  const SLACK = 600; // bytes of an answer's headers and of its place in the index
  let opened = null, index = null, turn = Promise.resolve();

  function open() {
    opened = opened || new Promise((done, fail) => {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore('entries', { keyPath: 'key' });
        opening.result.createObjectStore('saved', { keyPath: 'id' });
        opening.result.createObjectStore('facts');
      };
      opening.onerror = () => fail(opening.error);
      opening.onsuccess = () => {
        opening.result.onversionchange = opening.result.onclose = () => { opening.result.close(); opened = null; };
        done(opening.result);
      };
    }).catch((refused) => { opened = null; throw refused; });
    return opened;
  }
  async function within(store, mode, act) {
    const database = await open();
    return new Promise((done, fail) => {
      const transaction = database.transaction(store, mode), asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked && asked.result);
      transaction.onabort = transaction.onerror = () => fail(transaction.error);
    });
  }
  const read = (store, act) => within(store, 'readonly', act);
  const write = (store, act) => within(store, 'readwrite', act);
  /** One change after the other: what is counted must not move meanwhile. */
  function inTurn(act) {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  }

  /** The index, read once for each time that the worker wakes: nobody else writes it. */
  function known() {
    index = index || read('entries', (store) => store.getAll()).then((all) => new Map(all.map((one) => [one.key, one])));
    return index.catch(() => { index = null; return new Map(); });
  }
  const entries = () => known().then((all) => [...all.values()]);
  async function note(entry) {
    await write('entries', (store) => store.put(entry));
    (await known()).set(entry.key, entry);
  }
  const sum = (all) => all.reduce((bytes, one) => bytes + one.bytes, 0);

  async function remove(keys) {
    if (!keys.length) return;
    const cache = await caches.open(NAME);
    await Promise.all(keys.map((key) => cache.delete(key, { ignoreVary: true })));
    await write('entries', (store) => { keys.forEach((key) => store.delete(key)); });
    const all = await known();
    keys.forEach((key) => all.delete(key));
  }
  /** The oldest out, until no more than so many bytes are left; what was saved stays. */
  async function makeRoom(most) {
    const all = await entries(), out = [];
    let bytes = sum(all);
    for (const one of all.filter((each) => !each.saved).sort((a, b) => a.used - b.used)) {
      if (bytes <= most) break;
      bytes -= one.bytes;
      out.push(one.key);
    }
    await remove(out);
    return bytes <= most;
  }
  function whenOf(answer) {
    const said = Date.parse(answer.headers.get('date') || '');
    return isFinite(said) ? said : Date.now();
  }
  async function put(key, answer, facts) {
    const at = whenOf(answer), headers = new Headers(answer.headers), body = await answer.blob();
    // the body is unpacked by now
    ['content-encoding', 'content-length'].forEach((name) => headers.delete(name));
    return inTurn(async () => {
      const all = await entries(), before = all.find((one) => one.key === key), saved = facts.saved || (before && before.saved) || '';
      const bytes = body.size + SLACK, others = sum(all) - (before ? before.bytes : 0);
      if (saved && sum(all.filter((one) => one.saved && one !== before)) + bytes > SAVED_MOST) return false;
      if (others + bytes > BUDGET && !(await makeRoom(Math.max(0, BUDGET * ROOM - bytes)))) return false;
      const now = Date.now(), entry = { key, kind: facts.kind, ids: facts.ids || [], saved, bytes, at, kept: now, used: now };
      const lay = async () => (await caches.open(NAME)).put(key, new Response(body, { status: 200, headers }));
      try {
        // the phone itself may be fuller than our own budget: then half of ours makes room, once
        await lay().catch(() => makeRoom(sum(all) / 2).then(lay));
        await note(entry);
        return true;
      } catch {
        await remove([key]).catch(() => undefined);
        return false;
      }
    }).catch(() => false);
  }
  async function taken(entry) {
    if (!entry) return null;
    const answer = await (await caches.open(NAME)).match(entry.key, { ignoreVary: true });
    if (!answer) return null;
    inTurn(async () => { if ((await known()).has(entry.key)) await note(Object.assign(entry, { used: Date.now() })); }).catch(() => undefined);
    return { answer, entry };
  }
  const match = (key) => known().then((all) => taken(all.get(key))).catch(() => null);
  const like = (start) => entries().then((all) => taken(all.find((one) => one.key.startsWith(start)))).catch(() => null);

  self.Kept = {
    entries, put, match, like,
    drop: (keys) => inTurn(() => remove(keys)).catch(() => undefined),
    empty: () => inTurn(async () => {
      await caches.delete(NAME);
      index = null;
      for (const store of ['entries', 'saved', 'facts']) await write(store, (one) => one.clear());
    }),
    saved: () => read('saved', (store) => store.getAll()).catch(() => []),
    setSaved: (record) => write('saved', (store) => store.put(record)),
    dropSaved: (id) => inTurn(async () => {
      await write('saved', (store) => store.delete(id));
      await remove((await entries()).filter((one) => one.saved === id).map((one) => one.key));
    }),
    fact: (name) => read('facts', (store) => store.get(name)).catch(() => undefined),
    setFact: (name, value) => write('facts', (store) => store.put(value, name)).catch(() => undefined),
  };
})();
