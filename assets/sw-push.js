/* Notices on devices: the part of the service worker that shows them (imported by sw.js).

   A message      {title, body, url, tag, at, lang, proof?}; url is a path of ours. proof: a word of a test message that is said back to
                  /me/push/arrived, which proves that it came all the way; open pages hear {type: 'push-proof'}.
   A tap          goes to an open window of ours, else opens one.
   A new address  of the push service is told to /me/push/renew, with the session of whoever is signed in here. */
'use strict';

self.addEventListener('push', (event) => {
  let said = {};
  try {
    said = event.data ? event.data.json() : {};
  } catch {
    // somebody else's words: there is still something to look at
  }
  event.waitUntil(Promise.all([show(said), said.proof ? prove(said.proof) : undefined]));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(reach(ours((event.notification.data || {}).url)));
});

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription));
});

async function show(said) {
  const [tag, body, at] = [String(said.tag || 'tamemap'), String(said.body || ''), Number(said.at) || Date.now()];
  const there = await self.registration.getNotifications({ tag });
  // a sender of ours that died in the middle says the very same once more
  const again = there.some((one) => one.timestamp === at && one.body === body);
  return self.registration.showNotification(String(said.title || 'Tamemap'), {
    body,
    tag,
    // what else comes again has waited at least ten minutes: it may ring
    renotify: !again,
    lang: said.lang === 'en' ? 'en' : 'ja',
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    timestamp: at,
    data: { url: ours(said.url) },
  });
}

async function prove(word) {
  try {
    await fetch('/me/push/arrived', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ word }) });
  } catch {
    // the page says after a while that nothing came back
  }
  for (const page of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) page.postMessage({ type: 'push-proof' });
}

/** A path of ours as an address; anything else leads to the notices. */
function ours(path) {
  const here = self.location.origin;
  try {
    const url = new URL(String(path || '/notices'), here);
    return url.origin === here ? url.href : here + '/notices';
  } catch {
    return here + '/notices';
  }
}

async function reach(address) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = pages.find((page) => page.url === address);
  if (there) return there.focus();
  // who is writing must not lose the page: only one that is being looked at is led on, else there is another window
  const idle = pages.find((page) => page.visibilityState === 'hidden' && /^\/(notices)?$/.test(new URL(page.url).pathname));
  if (idle && idle.navigate) {
    try {
      const gone = await idle.navigate(address);
      return (gone || idle).focus();
    } catch {
      // not controlled by this worker
    }
  }
  return self.clients.openWindow(address);
}

async function renew(old, fresh) {
  let now = fresh || (await self.registration.pushManager.getSubscription());
  if (!now && old && old.options && old.options.applicationServerKey) {
    now = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: old.options.applicationServerKey });
  }
  if (!now) return;
  const body = JSON.stringify({ ...now.toJSON(), old: old ? old.endpoint : '' });
  await fetch('/me/push/renew', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}
