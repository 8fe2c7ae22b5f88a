/* Answers while reception is bad: the network first, with a patience of four seconds, then what is kept. Pages that come from there
   say so: <html data-tm-kept-at="milliseconds">; for data their page is told {type: 'tamemap:kept', at, part}, then 'tamemap:fresh';
   part: it is of the flyers that this phone knows, and there may be others.

   Kept.answerFor(event, url)   a promise of an answer, or null for what is not kept at all (most of the site)
   Kept.patience()              for how long the network is waited for now, in milliseconds
   Kept.inTime(network)         what this promise of an answer gives in that time, or null where that is of no use */
'use strict';

(function () {
  const PAGE = /^\/(m\/[\w-]+|f\/[\w-]+|saved)$/, DATA = /^\/api\/v1\/maps(\/[\w-]+(\/flyers|\/tiles\/\d+\/\d+\/\d+)?)?$/;
  const PICTURE = /^(\/p\/\w+\/)\d+\.\w+$/, GROUND = /\/\d+\/\d+\/\d+(@2x)?\.(png|jpe?g|webp)$/;
  const PATIENCE = 4000, SHORT = 500, SILENCE = 20000, GROUND_LIFE = 30 * 864e5, WITH_THUMBS = /^\/(m\/|f\/|saved|$)/;
  const told = new Set(), closed = new Set();
  const LATE = {};
  let silent = 0;

  /** After one long wait in vain nobody waits as long again for each part of the same page. */
  const patience = () => (Date.now() - silent < SILENCE ? SHORT : PATIENCE);
  /** The network's answer if there is a useful one in time, else null. */
  async function inTime(network) {
    const late = new Promise((done) => { setTimeout(done, patience(), LATE); });
    let answer = await Promise.race([network.catch(() => null), late]);
    if (answer === LATE) [answer, silent] = [null, Date.now()];
    return answer && ![502, 503, 504].includes(answer.status) ? answer : null;
  }
  const quietly = (promise) => promise.catch(() => undefined);
  /** The answer comes back as it is; a copy is kept while the worker is awake. */
  function asked(event, key, kind, exact) {
    const network = fetch(event.request);
    event.waitUntil(quietly(network.then((answer) => {
      // a picture may come from the browser's own store
      if (kind !== 'picture') silent = 0;
      if ([404, 410].includes(answer.status)) return Kept.drop([key]);
      return answer.ok ? Kept.keepSeen(key, answer.clone(), kind, exact) : undefined;
    })));
    return network;
  }
  async function tell(clientId, at, part) {
    if (at) told.add(clientId);
    else told.delete(clientId);
    const client = clientId && (await self.clients.get(clientId));
    if (client) client.postMessage(at ? { type: 'tamemap:kept', at, part } : { type: 'tamemap:fresh' });
  }

  async function marked(answer, at) {
    const text = (await answer.text()).replace('<html', `<html data-tm-kept-at="${at}"`);
    return new Response(text, { headers: answer.headers });
  }
  /** The same page without wishes, under its own address: what the filters say and what is shown must not differ. */
  async function unfiltered(url) {
    const lang = url.searchParams.get('lang'), keys = [url.pathname + (lang ? `?lang=${lang}` : ''), url.pathname];
    const kept = (await Kept.match(keys[0])) || (await Kept.match(keys[1]));
    if (!kept || (kept.entry.key === Kept.pageKey(url))) return null;
    const there = new URL(kept.entry.key, url), flyer = url.searchParams.get('flyer');
    if (flyer) there.searchParams.set('flyer', flyer);
    return Response.redirect(there.href, 302);
  }
  async function page(event, url) {
    const network = asked(event, Kept.pageKey(url), 'page', !url.searchParams.get('flyer')), fresh = await inTime(network);
    if (fresh) return fresh;
    const kept = await Kept.match(Kept.pageKey(url));
    if (kept) return marked(kept.answer, kept.entry.at);
    const plain = await unfiltered(url);
    if (plain) return plain;
    const shell = await caches.match(url.pathname, { ignoreVary: true });
    return shell ? marked(shell, Date.parse(shell.headers.get('date') || '') || 0) : network.catch(() => null);
  }
  async function data(event, url) {
    // where somebody stands is never written down
    const near = url.searchParams.has('near'), key = Kept.dataKey(event.request, url);
    const network = near ? fetch(event.request) : asked(event, key, 'data', true), fresh = await inTime(network);
    if (fresh) {
      if (told.has(event.clientId)) event.waitUntil(tell(event.clientId, 0));
      return fresh;
    }
    const kept = (!near && (await Kept.match(key))) || (await Kept.worked(url));
    if (!kept) return network;
    event.waitUntil(tell(event.clientId, kept.entry.at, kept.part === true));
    return kept.answer;
  }
  async function picture(event, url) {
    const small = Number(url.pathname.split('/').pop().split('.')[0]) <= 480 && seenOn(event.request);
    const network = small ? asked(event, url.pathname, 'picture', true) : fetch(event.request), fresh = await inTime(network);
    if (fresh) return fresh;
    // another size of the same picture is better than none
    const kept = (await Kept.match(url.pathname)) || (await Kept.like(url.pathname.match(PICTURE)[1]));
    return kept ? kept.answer : network;
  }
  function seenOn(request) {
    try { return WITH_THUMBS.test(new URL(request.referrer).pathname); } catch { return false; }
  }
  /** The ground of the map hardly changes, so what is kept is used at once. Kept only where its server lets us measure it: answers that
      a server does not open to us (no CORS) would count for megabytes each. */
  async function ground(event, url) {
    const key = url.origin === self.location.origin ? url.pathname + url.search : url.href, kept = await Kept.match(key);
    if (kept && Date.now() - kept.entry.kept < GROUND_LIFE) return kept.answer;
    if (closed.has(url.origin)) return fetch(event.request);
    const open = fetch(url.href, { mode: 'cors', credentials: 'omit' });
    event.waitUntil(quietly(open.then((answer) => (answer.ok ? Kept.keep(key, answer.clone(), 'ground') : undefined))));
    const fresh = await (kept ? inTime(open) : open.catch(() => null));
    if (fresh || kept) return fresh || kept.answer;
    const unopened = await fetch(event.request);
    closed.add(url.origin);
    return unopened;
  }

  self.Kept.answerFor = function (event, url) {
    const request = event.request, ours = url.origin === self.location.origin, image = request.destination === 'image';
    if (request.method !== 'GET') return null;
    if (image && GROUND.test(url.pathname)) return ground(event, url);
    if (!ours) return null;
    if (request.mode === 'navigate') return PAGE.test(url.pathname) ? page(event, url) : null;
    if (DATA.test(url.pathname) && !request.headers.has('authorization')) return data(event, url);
    return image && PICTURE.test(url.pathname) ? picture(event, url) : null;
  };
  Object.assign(self.Kept, { patience, inTime });
  self.Kept.isPage = (path) => PAGE.test(path);
})();
