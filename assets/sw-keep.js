/* Which answers are kept, under which key, and that each is a guest's: what only residents or somebody signed in may see is not.

   Kept.pageKey(url) · Kept.dataKey(request, url)   one key for one content
   Kept.keepSeen(key, answer, kind, exact)   an answer that was just shown; when it was one person's own, or of another address than
                                      the key's (not exact), the guest's is fetched in its place
   Kept.fetchGuest(key)               the answer that somebody without any account gets, or null when there is none to keep
   Kept.keep(key, answer, kind, saved) */
'use strict';

(function () {
  const ID = /(?:\/f\/|\/b\/[\w-]+\/|"id":\s?"|data-id=")([2-9a-hjkmnp-z]{12})(?![\w-])/g;
  const AGAIN = 600000, LARGEST = 6 * 1024 * 1024, LANG = 'tm-lang';

  /** Which flyer is picked is no other content; where somebody stands is never written down. */
  function pageKey(url) {
    const asked = new URLSearchParams(url.search);
    ['flyer', 'near', 'reported', 'said'].forEach((name) => asked.delete(name));
    [...asked].forEach(([name, value]) => { if (!value) asked.delete(name); });
    asked.sort();
    return url.pathname + (String(asked) ? '?' + asked : '');
  }
  function dataKey(request, url) {
    const asked = new URLSearchParams(url.search), lang = request.headers.get('accept-language') || '';
    // a page of ours names the language that it is written in; what a browser says by itself is a list of them
    if (lang.length === 2 && lang !== 'ja') asked.set(LANG, lang);
    asked.sort();
    return url.pathname + (String(asked) ? '?' + asked : '');
  }
  const isForAll = (answer) => answer.ok && !answer.redirected && /(^|[\s,])(public|immutable)\b/.test(answer.headers.get('cache-control') || '');

  async function keep(key, answer, kind, saved) {
    if (Number(answer.headers.get('content-length')) > LARGEST) return false;
    const speaks = kind === 'page' || kind === 'data';
    const ids = speaks ? [...new Set([...(key + (await answer.clone().text())).matchAll(ID)].map((found) => found[1]))] : [];
    return Kept.put(key, answer, { kind, ids, saved });
  }
  async function fetchGuest(key) {
    const url = new URL(key, self.location.origin), lang = url.searchParams.get(LANG) || url.searchParams.get('lang') || 'ja';
    url.searchParams.delete(LANG);
    const answer = await fetch(url.href, { credentials: 'omit', headers: { 'Accept-Language': lang } });
    return isForAll(answer) ? answer : null;
  }
  async function keepSeen(key, answer, kind, exact) {
    if (!answer.ok) return false;
    if (exact && isForAll(answer)) return keep(key, answer, kind);
    const known = (await Kept.entries()).find((one) => one.key === key);
    if (known && Date.now() - known.kept < AGAIN) return false;
    const guest = await fetchGuest(key);
    return guest ? keep(key, guest, kind) : false;
  }
  Object.assign(self.Kept, { pageKey, dataKey, keep, keepSeen, fetchGuest });
})();
