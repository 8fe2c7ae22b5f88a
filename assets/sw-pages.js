/* Pages that open without signal: the posting page with all that it is made of and the ground that it puts pins on, and home, in whose
   place stands the map that was seen last. The maps themselves: sw-answer.js.

   Pages.keepPost()        the posting page, whole or not at all: a line that breaks leaves the one that was kept before
   Pages.keepGround()      towns, outlines and place names for the pin, of the map seen last; fetched anew after a day
   Pages.answer(event, url)  a promise of what is shown; Pages.chunk(request) the same for the hashed parts of screens
   Pages.offline()         the page that says so */
'use strict';

(function () {
  const POST_CACHE = 'tamemap-post', CHUNK = /\/assets\/[\w./-]+?\.(?:js|css)/g, CHUNKS_KEPT = 150;
  const MAP = /^\/m\/([\w-]+)(\?lang=\w+)?$/, HOME = ['tab', 'map', 'flyer', 'source', 'lang'], API = '/api/v1/maps', DAY = 864e5;

  const isKeepable = (answer) => answer.ok && answer.type === 'basic' && !answer.redirected;
  const chunksOf = async (answer) => new Set((await answer.text()).match(CHUNK) || []);
  const keptPost = () => caches.match('/post', { cacheName: POST_CACHE });
  const quietly = (promise) => promise.catch(() => undefined);

  async function keepPost() {
    const answer = await fetch('/post', { credentials: 'omit' });
    if (isKeepable(answer)) await rememberPost(answer);
  }
  async function rememberPost(answer) {
    const cache = await caches.open(POST_CACHE), missing = [];
    for (const path of await chunksOf(answer.clone())) if (!(await cache.match(path, { ignoreVary: true }))) missing.push(path);
    await Promise.all(missing.map(async (path) => {
      const part = await fetch(path);
      if (isKeepable(part)) await cache.put(path, part);
    }));
    await cache.put('/post', answer);
  }

  /** The towns that the form may begin with are those of the map seen last, else the first one. */
  async function keepGround() {
    const seen = (await maps())[0], slug = seen ? seen.key.match(MAP)[1] : '', fact = await Kept.fact('ground');
    if (fact && fact.slug === slug && Date.now() - fact.at < DAY) return;
    const { items } = await keepData(API), towns = items.filter((map) => map.kind === 'resident');
    const town = towns.find((map) => map.slug === slug) || towns.find((map) => slug && map.above === slug) || towns[0];
    if (!town) return;
    await Promise.all([`${API}/${town.slug}`, `${API}/${town.slug}/places`, ...(town.above ? [`${API}/${town.above}`] : [])].map(keepData));
    await Kept.setFact('ground', { slug, at: Date.now() });
  }
  async function keepData(url) {
    const answer = await fetch(url, { credentials: 'omit' });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    await self.TamemapQueue.keep(url, data);
    return data;
  }
  const maps = async () => (await Kept.entries()).filter((one) => one.kind === 'page' && MAP.test(one.key)).sort((a, b) => b.used - a.used);

  /** The posting page as last kept; for home the map that is asked for, or that was seen last. The boards need signal. */
  async function standIn(url) {
    if (url.pathname === '/post') return keptPost();
    const asked = url.searchParams, others = [...asked.keys()].some((name) => !HOME.includes(name));
    if (url.pathname !== '/' || others || asked.get('tab') === 'boards') return null;
    const map = (await maps()).find(({ key }) => !asked.get('map') || key.match(MAP)[1] === asked.get('map'));
    if (!map) return null;
    const there = new URL(map.key, self.location.origin);
    if (asked.get('flyer')) there.searchParams.set('flyer', asked.get('flyer'));
    return Response.redirect(there.href, 302);
  }
  async function answer(event, url) {
    const network = fetch(event.request);
    if (url.pathname === '/post') event.waitUntil(quietly(network.then((fresh) => (isKeepable(fresh) ? rememberPost(fresh.clone()) : undefined))));
    const instead = await standIn(url).catch(() => null);
    if (!instead) return network.catch(offline);
    return (await Kept.inTime(network)) || instead;
  }
  async function offline() { return (await caches.match('/offline.html')) || Response.error(); }

  /** Hashed chunks never change under their name: what is kept is right. */
  async function chunk(request) {
    const cache = await caches.open(POST_CACHE);
    // the server says Vary: Origin, and module scripts carry one that the fetch which kept them did not
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    const fresh = await fetch(request);
    if (isKeepable(fresh)) {
      await quietly(cache.put(request, fresh.clone()));
      await prune(cache);
    }
    return fresh;
  }
  /** The oldest out, but never a part of the posting page. */
  async function prune(cache) {
    const keys = (await cache.keys()).filter((key) => new URL(key.url).pathname.startsWith('/assets/'));
    if (keys.length <= CHUNKS_KEPT) return;
    const post = await keptPost(), held = post ? await chunksOf(post) : new Set();
    const out = keys.filter((key) => !held.has(new URL(key.url).pathname)).slice(0, keys.length - CHUNKS_KEPT);
    await Promise.all(out.map((key) => cache.delete(key, { ignoreVary: true })));
  }
  self.Pages = { keepPost, keepGround, answer, chunk, offline };
})();
