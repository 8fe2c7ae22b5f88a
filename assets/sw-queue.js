/* What the service worker does for flyers that wait (assets/post/queue.js): it sends them as soon as the phone has signal again, also
   when no page is open, where the browser has Background Sync; and it opens what a message about them is about. */
'use strict';

importScripts('/post/queue.js');

self.addEventListener('sync', (event) => {
  if (event.tag !== 'tamemap-queue') return;
  event.waitUntil(self.TamemapQueue.run().then((left) => {
    // the browser comes back later when this fails
    if (left === 'again') throw new Error('no signal yet');
  }));
});

self.addEventListener('notificationclick', (event) => {
  if (!event.notification.tag.startsWith('tamemap-queue')) return;
  event.stopImmediatePropagation();
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
