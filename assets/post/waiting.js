/* How many flyers wait to be sent, a try to send them whenever there may be signal again, and the line that one is up.
   Where localStorage 'tamemap.queue' is set pwa.js fetches it, and it fetches queue.js. Its words come with the entries. */
(function () {
  'use strict';
  var FLAG = 'tamemap.queue', EVERY = 30000, loading = null, shown = {};
  if (window.top !== window || !window.Promise || !window.indexedDB) return;

  function flagged() { try { return localStorage.getItem(FLAG); } catch (refused) { return null; } }
  function unflag() { try { localStorage.removeItem(FLAG); } catch (refused) { /* asked in vain next time */ } }
  function queue() {
    loading = loading || new Promise(function (done, fail) {
      if (window.TamemapQueue) return done(window.TamemapQueue);
      var script = document.createElement('script');
      script.src = '/post/queue.js';
      script.onload = function () { done(window.TamemapQueue); };
      script.onerror = function () { loading = null; script.remove(); fail(new Error('queue')); };
      document.head.appendChild(script);
    }).then(function (found) { found.listen(look); return found; });
    return loading;
  }
  function send() {
    if (!flagged()) return;
    queue().then(function (found) { look(); return found.run(); }).then(look, function () { /* no signal: next time */ });
  }

  function look() {
    if (!window.TamemapQueue) return;
    window.TamemapQueue.all().then(function (entries) {
      if (!entries.length) unflag();
      count(entries.filter(function (one) { return one.state !== 'done' && !(one.lease > Date.now()); }));
      // the posting page has a list of its own
      if (location.pathname !== '/post') entries.forEach(function (one) { if (one.state === 'done') up(one); });
    }, function () { /* a phone that keeps nothing has nothing that waits */ });
  }
  function count(waiting) {
    var link = document.querySelector('a.tm-bottombar__item[href^="/post"]');
    if (!link || !(waiting.length || link.hasAttribute('data-tm-waiting'))) return;
    // attributes only: what is inside the link is React's
    link.toggleAttribute('data-tm-waiting', waiting.length > 0);
    if (!waiting.length) { link.removeAttribute('aria-label'); return; }
    link.setAttribute('data-tm-waiting', String(waiting.length));
    link.setAttribute('aria-label', link.textContent.trim() + ' ' + waiting[0].words.count.replace('{n}', waiting.length));
  }
  function up(entry) {
    var line = document.createElement('div'), see = document.createElement('a'), close = document.createElement('button'), words = document.createElement('span');
    if (shown[entry.key] || document.querySelector('.tm-waiting-line')) return;
    shown[entry.key] = true;
    function over() { window.TamemapQueue.remove(entry.key); line.remove(); }
    line.className = 'tm-toast tm-waiting-line';
    line.setAttribute('role', 'status');
    words.textContent = entry.words[entry.held ? 'held' : 'up'];
    see.className = close.className = 'tm-button tm-button--small';
    see.textContent = entry.words.see;
    see.href = new URL(entry.answer.url, location.href).pathname;
    see.addEventListener('click', over);
    close.type = 'button';
    close.textContent = entry.words.close;
    close.addEventListener('click', function () { over(); setTimeout(look, 100); });
    [words, see, close].forEach(function (part) { line.appendChild(part); });
    document.body.appendChild(line);
  }

  window.addEventListener('online', send);
  window.addEventListener('tamemapqueue', function () { queue().then(look, function () { /* the form goes on without */ }); });
  window.addEventListener('pageshow', send);
  document.addEventListener('visibilitychange', function () { if (document.visibilityState === 'visible') send(); });
  setInterval(function () { if (document.visibilityState === 'visible' && navigator.onLine !== false) send(); }, EVERY);
  if (document.readyState === 'complete') send();
})();
