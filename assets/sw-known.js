/* Without signal somebody moves the map to where no list and no tile was kept: both are worked out from the flyers that are known.

   Kept.worked(url)   {answer, entry} for a list or a tile of /api/v1/maps/{map}/…, or null when nothing is known, or when the wishes
                      (words, days) are such that only the server can tell */
'use strict';

(function () {
  const ASKED = /^\/api\/v1\/maps\/([\w-]+)\/(flyers|tiles\/(\d+)\/(\d+)\/(\d+))$/;
  const ISLAND = /<script id="tm-map-data" type="application\/json">(.*?)<\/script>/s;

  const NEWEST = 30, FRESH = 5000;
  const known = new Map();

  /** All tiles of one view ask for the same within a moment. */
  function flyersOf(map) {
    const before = known.get(map);
    if (before && Date.now() - before.at < FRESH) return before.found;
    const found = read(map);
    known.set(map, { at: Date.now(), found });
    return found;
  }
  async function read(map) {
    const found = new Map();
    let oldest = null;
    const sources = (await Kept.entries()).filter((one) => one.key.startsWith(`/api/v1/maps/${map}/flyers`) || one.key.split('?')[0] === `/m/${map}`);
    for (const entry of sources.sort((a, b) => a.at - b.at).slice(-NEWEST)) {
      const kept = await Kept.match(entry.key), text = kept ? await kept.answer.text() : '';
      const island = entry.kind === 'page' ? (text.match(ISLAND) || ['', ''])[1] : text;
      let items = [];
      try { items = JSON.parse(island).items || []; } catch { /* another shape of page: it gives nothing */ }
      items.filter((one) => one && isFinite(one.lat) && isFinite(one.lng)).forEach((one) => found.set(one.id, one));
      if (items.length && !oldest) oldest = entry;
    }
    return { items: [...found.values()], oldest };
  }
  function edges(z, x, y) {
    const north = (row) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / 2 ** z))) * 180) / Math.PI;
    return [(x / 2 ** z) * 360 - 180, north(y + 1), ((x + 1) / 2 ** z) * 360 - 180, north(y)];
  }
  function feature(one) {
    const facts = { id: one.id, url: one.url, title: one.title, category: one.category, starts_at: one.starts_at, ends_at: one.ends_at, all_day: one.all_day };
    const properties = Object.assign(facts, { thumb: one.thumb ? one.thumb.jpeg : null, label: one.date_label ? one.date_label.text : '' });
    return { type: 'Feature', id: one.id, geometry: { type: 'Point', coordinates: [one.lng, one.lat] }, properties };
  }
  const begins = (one) => one.starts_at || '9';

  self.Kept.worked = async function (url) {
    const asked = url.pathname.match(ASKED), wishes = url.searchParams;
    if (!asked || wishes.get('q') || wishes.get('when') || wishes.get('cursor') || wishes.get('past')) return null;
    const { items, oldest } = await flyersOf(asked[1]), categories = wishes.getAll('category').flatMap((one) => one.split(','));
    if (!oldest) return null;
    const tile = asked[3] !== undefined, box = tile ? edges(...asked.slice(3).map(Number)) : (wishes.get('bbox') || '-180,-90,180,90').split(',').map(Number);
    const here = items.filter((one) => one.lng >= box[0] && one.lat >= box[1] && one.lng <= box[2] && one.lat <= box[3])
      .filter((one) => !categories.length || categories.includes(one.category)).sort((a, b) => (begins(a) < begins(b) ? -1 : 1));
    const made = tile ? { type: 'FeatureCollection', features: here.map(feature) } : { items: here, next: null, total: here.length };
    return { answer: new Response(JSON.stringify(made), { headers: { 'Content-Type': 'application/json' } }), entry: oldest };
  };
})();
