/* Flyers that a person has saved on this phone (保存), with their pictures; and what pages ask of the worker.

   Kept.save(id, lang) → 'saved' | 'gone' | 'full' | 'failed'   Kept.answerMessage(event)   true when the message was ours:
   {type: 'kept', ask: 'save', id, lang} · 'unsave' {id} · 'has' {id} · 'list' · 'maps' · 'seen' {urls} · 'contact' {now}
   The answer comes through the message's port. A saved flyer is {id, at, since, lang, flyer}: a guest's JSON of it. */
'use strict';

(function () {
  const MOST = 200, LARGE = 960, SEEN_MOST = 80, ID = /^[\w-]{4,40}$/;
  const SEEN = [['data', /^\/api\/v1\/maps\/[\w-]+\/(flyers|tiles\/)/], ['picture', /^\/p\/\w+\/(\d{2}|[1-3]\d\d|4[0-7]\d|480)\.\w+$/]];

  /** Of each picture the smallest size that can be read on a phone, in the format that all phones show. */
  function pictureOf(picture) {
    const sizes = Object.keys(picture.sizes).map(Number).sort((a, b) => a - b), size = sizes.find((one) => one >= LARGE) || sizes.pop();
    const made = size ? picture.sizes[size] : {};
    return made.webp || made.jpeg || made.avif || '';
  }
  async function save(id, lang) {
    try {
      const old = (await Kept.saved()).find((one) => one.id === id);
      if (!old && (await Kept.saved()).length >= MOST) return 'full';
      const address = `/api/v1/flyers/${id}`, answer = await fetch(address, { credentials: 'omit', headers: { 'Accept-Language': lang } });
      if ([404, 410].includes(answer.status)) return 'gone';
      if (!answer.ok) return 'failed';
      const said = Date.parse(answer.headers.get('date') || ''), flyer = await answer.json();
      const pictures = flyer.pictures.map(pictureOf).filter(Boolean), page = `/f/${id}` + (lang === 'ja' ? '' : `?lang=${lang}`);
      for (const [key, kind] of [...pictures.map((one) => [one, 'picture']), [page, 'page']]) {
        const part = await Kept.fetchGuest(key);
        if (!part || !(await Kept.keep(key, part, kind, id))) { await drop(id, old); return part ? 'full' : 'failed'; }
      }
      await Kept.setSaved({ id, at: isFinite(said) ? said : Date.now(), since: old ? old.since : Date.now(), lang, flyer, picture: pictures[0] || '' });
      return 'saved';
    } catch {
      return 'failed';
    }
  }
  /** Half of a flyer is none; one that was whole before stays as it was. */
  const drop = (id, old) => (old ? undefined : Kept.dropSaved(id));

  async function maps() {
    const pages = (await Kept.entries()).filter((one) => one.kind === 'page' && /^\/m\/[\w-]+(\?lang=\w+)?$/.test(one.key));
    return Promise.all(pages.sort((a, b) => b.used - a.used).slice(0, 12).map(async (one) => {
      const answer = await (await caches.open('tamemap-kept')).match(one.key, { ignoreVary: true });
      const title = answer ? ((await answer.text()).match(/<h1[^>]*>(.*?)<\/h1>/) || [])[1] : '';
      return { url: one.key, title: title || one.key, at: one.at };
    }));
  }
  /** What a page showed before the worker was there to see it. */
  async function seen(urls) {
    for (const address of urls.slice(0, SEEN_MOST)) {
      const url = new URL(address, self.location.origin), kind = (SEEN.find(([, shape]) => shape.test(url.pathname)) || [])[0];
      const page = Kept.isPage(url.pathname), key = page ? Kept.pageKey(url) : url.pathname + url.search;
      if (url.origin !== self.location.origin || !(page || kind) || url.searchParams.has('near')) continue;
      const answer = (await Kept.match(key)) ? null : await Kept.fetchGuest(key).catch(() => null);
      if (answer) await Kept.keep(key, answer, page ? 'page' : kind);
    }
  }
  const deeds = {
    save: async ({ id, lang }) => (ID.test(id) ? save(id, lang === 'en' ? 'en' : 'ja') : 'failed'),
    unsave: ({ id }) => Kept.dropSaved(id).then(() => 'out'),
    has: async ({ id }) => (await Kept.saved()).some((one) => one.id === id),
    list: async () => (await Kept.saved()).sort((a, b) => b.since - a.since),
    maps,
    seen: ({ urls }) => (Array.isArray(urls) ? seen(urls.map(String)).then(() => Pages.keepGround()) : undefined),
    contact: ({ now }) => Kept.contact(now === true),
  };
  self.Kept.save = save;
  self.Kept.answerMessage = function (event) {
    const said = event.data;
    if (!said || said.type !== 'kept' || !Object.hasOwn(deeds, said.ask)) return false;
    const done = Promise.resolve().then(() => deeds[said.ask](said)).catch(() => 'failed');
    event.waitUntil(done.then((answer) => { if (event.ports[0]) event.ports[0].postMessage(answer === undefined ? null : answer); }));
    return true;
  };
})();
