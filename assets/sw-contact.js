/* At each contact with the server the phone asks which of the kept things still stand, and lets go of all others: at the first page after
   the worker woke, when signal comes back, when the person comes back to the app, when a list of what is kept is opened.

   Kept.contact(now)   at most once a minute, unless now; never fails, and takes nothing away without the server's word
   Kept.forget()       everything of the person: at signing out, and as soon as the server says that somebody else is here
   To the pages        {type: 'tamemap:gone', ids} */
'use strict';

(function () {
  const EACH = 60000, MOST = 500, LATE = 5000, AGAIN_PAGES = 12, PURGED = 60;
  const NAME = /^\/p\/(\w+)\//;
  let last = 0, busy = null;

  async function ask(ids, pictures) {
    const found = { standing: {}, pictures: new Set(), who: '' };
    for (let at = 0; at === 0 || at < Math.max(ids.length, pictures.length); at += MOST) {
      const body = JSON.stringify({ ids: ids.slice(at, at + MOST), pictures: pictures.slice(at, at + MOST) });
      const answer = await fetch('/api/v1/kept', { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json' }, body });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      Object.assign(found.standing, said.standing);
      said.pictures.forEach((name) => found.pictures.add(name));
      found.who = said.who;
    }
    return found;
  }
  const nameOf = (entry) => (entry.kind === 'picture' ? entry.key.match(NAME)[1] : '');
  /** What was fetched within seconds of a change may be of before it: it counts as of before. */
  const isOld = (found, id, at) => !(id in found.standing) || Date.parse(found.standing[id]) > at - LATE;

  async function check() {
    const entries = await Kept.entries(), saved = await Kept.saved();
    if (!entries.length && !saved.length) return;
    const ids = [...new Set([...saved.map((one) => one.id), ...entries.flatMap((one) => one.ids)])];
    const found = await ask(ids, [...new Set(entries.map(nameOf).filter(Boolean))]);
    const before = await Kept.fact('who');
    if (before && before !== found.who) return forget();
    if (found.who && !before) await Kept.setFact('who', found.who);
    const out = entries.filter((one) => (nameOf(one) ? !found.pictures.has(nameOf(one)) : one.ids.some((id) => isOld(found, id, one.at))));
    await Kept.drop(out.map((one) => one.key));
    const gone = ids.filter((id) => !(id in found.standing));
    for (const one of saved) {
      if (gone.includes(one.id)) await Kept.dropSaved(one.id);
      else if (isOld(found, one.id, one.at)) await Kept.save(one.id, one.lang);
    }
    if (gone.length) (await self.clients.matchAll({ includeUncontrolled: true })).forEach((page) => page.postMessage({ type: 'tamemap:gone', ids: gone }));
    await renew(out);
  }
  /** Pages are fetched anew, as far as they stand; of the others the browser's own copy goes too. */
  async function renew(out) {
    for (const one of out.filter((each) => each.kind === 'page').slice(0, AGAIN_PAGES)) {
      const answer = await Kept.fetchGuest(one.key).catch(() => null);
      if (answer) await Kept.keep(one.key, answer, 'page', one.saved);
    }
    const pictures = out.filter((one) => one.kind === 'picture').slice(0, PURGED);
    await Promise.all(pictures.map((one) => fetch(one.key, { cache: 'reload', credentials: 'omit' }).catch(() => undefined)));
  }
  function forget() { return Kept.empty().catch(() => undefined); }

  function contact(now) {
    if (busy || (!now && Date.now() - last < EACH)) return busy || Promise.resolve();
    busy = check().then(() => { last = Date.now(); }).catch(() => undefined).then(() => { busy = null; });
    return busy;
  }
  Object.assign(self.Kept, { contact, forget });
})();
