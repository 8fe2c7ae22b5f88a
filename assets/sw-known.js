/* Without signal somebody moves the map to where no list and no tile was kept, or wishes for days, kinds, words, or what is near: that
   is worked out from the flyers that are known. What has ended meanwhile is left out.

   Kept.worked(url)   {answer, entry} for a list or a tile of /api/v1/maps/{map}/…, or null when nothing is known, or when only the
                      server can tell (what is past, the next page of a list). Words are looked for in what a card says */
'use strict';

(function () {
  const ASKED = /^\/api\/v1\/maps\/([\w-]+)\/(flyers|tiles\/(\d+)\/(\d+)\/(\d+))$/;
  const ISLAND = /<script id="tm-map-data" type="application\/json">(.*?)<\/script>/s;

  const NEWEST = 30, FRESH = 5000, DAY = 864e5;
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

  // days of Tokyo, counted; an end at midnight belongs to the day before
  const dayAt = (moment) => Math.floor((moment + 324e5) / DAY);
  const dayOf = (said, less) => (said.length === 10 ? Date.parse(said) / DAY : dayAt(Date.parse(said) - less));
  function daysOf(one) {
    const first = dayOf(one.starts_at, 0);
    return [first, one.ends_at ? Math.max(first, dayOf(one.ends_at, 1)) : first];
  }
  function hasEnded(one) {
    if (!one.starts_at) return false;
    return one.ends_at && one.ends_at.length > 10 ? Date.parse(one.ends_at) <= Date.now() : daysOf(one)[1] < dayAt(Date.now());
  }
  /** As domain/dates.py asked_span: the first and the last day, or null for what it would not understand. */
  function spanOf(when) {
    const today = dayAt(Date.now()), sunday = today + ((7 - ((today + 4) % 7)) % 7);
    const named = { today: [today, today], tomorrow: [today + 1, today + 1], weekend: [Math.max(sunday - 1, today), sunday], week: [today, today + 6] };
    const [from, to] = when.split('..'), days = named[when] || [Date.parse(from) / DAY, Date.parse(to || from) / DAY];
    return days.every(Number.isInteger) ? days : null;
  }
  /** As domain/folding.py, as far as a search on a phone needs it. */
  function fold(text) {
    return text.normalize('NFKC').toLowerCase().replace(/[\s\p{Cf}]/gu, '').replace(/[\u30f6\u30b1\u3096]/g, '\u3051')
      .replace(/[\u30a1-\u30f3]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 96)).replace(/[-\u2010-\u2015\u2212\u30fc\u301c~]+/g, '-');
  }
  const saysOf = (one) => fold([one.title, one.venue, one.municipality && one.municipality.name, one.date_label && one.date_label.text].filter(Boolean).join('|'));

  /** What a flyer must be to be wanted, as a function; null for wishes that only the server can fulfil. */
  function wanted(wishes, box) {
    const categories = wishes.getAll('category').flatMap((one) => one.split(',')).filter(Boolean), when = wishes.get('when');
    const words = (wishes.get('q') || '').split(/\s+/).map(fold).filter(Boolean), span = when ? spanOf(when) : [];
    if (wishes.get('cursor') || wishes.get('past') || !span) return null;
    const isThen = (one) => !when || (one.starts_at && daysOf(one)[0] <= span[1] && daysOf(one)[1] >= span[0]);
    const isHere = (one) => one.lng >= box[0] && one.lat >= box[1] && one.lng <= box[2] && one.lat <= box[3];
    const isSaid = (one) => !words.length || words.every((word) => saysOf(one).includes(word));
    return (one) => isHere(one) && isThen(one) && (!categories.length || categories.includes(one.category)) && isSaid(one) && !hasEnded(one);
  }
  function sorted(items, near) {
    const [lat, lng] = (near || '').split(',').map(Number), narrow = Math.cos((lat * Math.PI) / 180);
    const far = (one) => Math.hypot(one.lat - lat, (one.lng - lng) * narrow);
    return items.sort(near && isFinite(lat) && isFinite(lng) ? (a, b) => far(a) - far(b) : (a, b) => (begins(a) < begins(b) ? -1 : 1));
  }

  self.Kept.worked = async function (url) {
    const asked = url.pathname.match(ASKED), wishes = url.searchParams;
    if (!asked) return null;
    const tile = asked[3] !== undefined, box = tile ? edges(...asked.slice(3).map(Number)) : (wishes.get('bbox') || '-180,-90,180,90').split(',').map(Number);
    const isWanted = wanted(wishes, box), { items, oldest } = isWanted ? await flyersOf(asked[1]) : {};
    if (!oldest) return null;
    const here = sorted(items.filter(isWanted), wishes.get('near'));
    const made = tile ? { type: 'FeatureCollection', features: here.map(feature) } : { items: here, next: null, total: here.length };
    return { answer: new Response(JSON.stringify(made), { headers: { 'Content-Type': 'application/json' } }), entry: oldest, part: true };
  };
})();
