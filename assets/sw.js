/* Tamemap's service worker: the way to post stays open without signal, and photographs shared from other apps arrive.

   What it keeps      SHELL (renewed whenever VERSION changes; tests/assets/test_worker.py says which VERSION the files ask for),
                      the /post page with its hashed chunks (sw-pages.js); and for bad reception the maps last seen and saved flyers, see sw-store.js
                      (where), sw-keep.js (what), sw-answer.js (when it is shown), sw-contact.js (how it leaves again).
   What it never does keep an answer that was made for one person, or touch /desk, /me, /b and the rest of /api/.
   Messages           {type: 'update'} → the waiting worker takes over. It never does so by itself: somebody may be typing.
   Shared files       POST /share → IndexedDB 'tamemap', store 'shared', one record {id, at, title, text, url, files: [File]} → /post?shared=1 */
'use strict';

importScripts('/sw-store.js', '/sw-keep.js', '/sw-known.js', '/sw-answer.js', '/sw-saved.js', '/sw-contact.js', '/sw-queue.js', '/sw-pages.js', '/sw-push.js');

const VERSION = 'abae1e01';
const SHELL_CACHE = 'tamemap-shell-' + VERSION;
const POST_CACHE = 'tamemap-post';
const SHELL = [
  '/offline.html',
  '/app.css',
  '/pwa.js',
  '/kept.js',
  '/saved.js',
  '/flyer.js',
  '/map/zoom.js',
  '/post/post.css',
  '/post/queue.css',
  '/post/queue.js',
  '/post/waiting.js',
  '/home/shell.js',
  '/leaflet/leaflet.js',
  '/leaflet/leaflet.css',
  '/map/flyers.js',
  '/map/introductions.js',
  '/map/map.css',
  '/icons/categories.svg',
  '/icons/ui.svg',
  '/icons/logo.svg',
  '/icons/favicon.svg',
  '/icons/icon-192.png',
];
const NEVER = /^\/(api|p|desk|me|auth|sign-in|healthz|readyz|metrics)(\/|$)/;
const LEAVING = /^(\/api\/v1)?\/sign-out$/;

self.addEventListener('install', (event) => {
  // without these the worker is still worth installing: they are kept at the next visit
  const rest = () => Promise.allSettled([Pages.keepPost(), keepSavedPage(), Pages.keepGround()]);
  event.waitUntil(keepShell().then(rest));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  if (Kept.answerMessage(event)) return;
  if (event.data && event.data.type === 'update') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const request = event.request;
  const url = new URL(request.url);
  const kept = Kept.answerFor(event, url);
  if (kept && request.mode !== 'navigate') {
    event.respondWith(kept);
    return;
  }
  if (url.origin !== self.location.origin) return;
  if (request.method === 'POST' && url.pathname === '/share') {
    event.respondWith(receive(request));
    return;
  }
  if (request.method === 'POST' && LEAVING.test(url.pathname)) event.waitUntil(Kept.forget());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    // only who has really left comes to it from there; a leaving that was refused keeps everything
    if (url.pathname === '/bye' && new URL(request.referrer || url, url).pathname === '/me/leave') event.waitUntil(Kept.forget());
    event.respondWith(kept ? kept.then((answer) => answer || Pages.offline()) : Pages.answer(event, url));
    event.waitUntil(Kept.contact().then(Pages.keepGround).catch(() => undefined));
  } else if (NEVER.test(url.pathname)) return;
  else if (url.pathname.startsWith('/assets/')) event.respondWith(Pages.chunk(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(shell(request, url.pathname));
});

/** The shell, fetched past the HTTP cache, all or nothing. */
async function keepShell() {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));
}

/** The list of saved flyers opens without signal from the first time on. */
async function keepSavedPage() {
  const answer = await Kept.fetchGuest('/saved').catch(() => null);
  if (answer) await (await caches.open(SHELL_CACHE)).put('/saved', answer);
}

async function dropOldCaches() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('tamemap-') && ![SHELL_CACHE, POST_CACHE, 'tamemap-kept'].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Shell files must fit the page that asks for them: fresh while the network answers in time, kept ones otherwise. */
async function shell(request, path) {
  const kept = await caches.match(path, { cacheName: SHELL_CACHE });
  if (!kept) return fetch(request);
  const fresh = fetch(request).then((answer) => (answer.ok ? answer : kept.clone())).catch(() => kept.clone());
  return Promise.race([fresh, new Promise((done) => setTimeout(() => done(kept.clone()), Kept.patience()))]);
}

/** Files shared from another app: kept until the posting page takes them. */
async function receive(request) {
  try {
    const form = await request.formData();
    const files = form.getAll('photos').filter((file) => file instanceof File && file.size > 0);
    const words = Object.fromEntries(['title', 'text', 'url'].map((name) => [name, String(form.get(name) || '')]));
    await store({ at: Date.now(), ...words, files });
    return Response.redirect('/post?shared=1', 303);
  } catch {
    return Response.redirect('/post?shared=0', 303);
  }
}

async function store(record) {
  const database = await openDatabase();
  try {
    await new Promise((done, fail) => {
      const turn = database.transaction('shared', 'readwrite');
      turn.objectStore('shared').add(record);
      turn.oncomplete = done;
      turn.onabort = turn.onerror = () => fail(turn.error);
    });
  } finally {
    database.close();
  }
}

/** The database at whatever version it has; the store is added when the posting page has not made it yet. */
function openDatabase(version) {
  return new Promise((done, fail) => {
    const opening = indexedDB.open('tamemap', version);
    opening.onupgradeneeded = () => {
      if (!opening.result.objectStoreNames.contains('shared')) {
        opening.result.createObjectStore('shared', { keyPath: 'id', autoIncrement: true });
      }
    };
    opening.onerror = () => fail(opening.error);
    opening.onblocked = () => fail(new Error('another page holds the database'));
    opening.onsuccess = () => {
      const database = opening.result;
      database.onversionchange = () => database.close();
      if (database.objectStoreNames.contains('shared')) {
        done(database);
        return;
      }
      database.close();
      openDatabase(database.version + 1).then(done, fail);
    };
  });
}
