/* Registers the service worker, invites to install, offers an update, and sees whether flyers wait to be sent. Words come from data- attributes:
   <div data-tm-install data-install="…" data-how-ios="…" data-later="…" hidden></div>   data-install: the button's words (Android, desktop);
                                             data-how-ios: a sentence, may hold {share} where the sign of 共有 stands; data-later: 「あとで」
   <div data-tm-update data-update="…" data-reload="…" hidden></div>                     data-update: a sentence; data-reload: the button's words */
(function () {
  'use strict';
  var LATER = 'tm-install-later', DAYS = 30, prompt = null;
  var standalone = navigator.standalone === true || matchMedia('(display-mode: standalone)').matches;
  var ios = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  if (window.top !== window) return;

  function dismissed() { try { return Date.now() - Number(localStorage.getItem(LATER)) < DAYS * 864e5; } catch (refused) { return false; } }
  function putOff() { try { localStorage.setItem(LATER, String(Date.now())); } catch (refused) { /* private window: asked again next time */ } }
  function sign(name) {
    var holder = document.createElement('span');
    holder.innerHTML = '<svg class="tm-icon" aria-hidden="true" width="24" height="24"><use href="/icons/ui.svg#' + name + '"/></svg>';
    return holder.firstChild;
  }
  function button(words, kind, act) {
    var made = document.createElement('button');
    made.type = 'button';
    made.className = 'tm-button tm-button--small tm-button--' + kind;
    made.textContent = words;
    made.addEventListener('click', act);
    return made;
  }
  function fill(place, name, parts, buttons) {
    var body = document.createElement('div'), row = document.createElement('div');
    place.className = 'tm-banner tm-banner--info';
    place.setAttribute('role', 'status');
    place.textContent = '';
    body.className = 'tm-banner__body tm-stack tm-stack--tight';
    row.className = 'tm-row';
    if (parts.length) {
      var line = document.createElement('p');
      parts.forEach(function (part) { line.appendChild(typeof part === 'string' ? document.createTextNode(part) : part); });
      body.appendChild(line);
    }
    buttons.forEach(function (each) { row.appendChild(each); });
    body.appendChild(row);
    place.appendChild(sign(name));
    place.appendChild(body);
    place.hidden = false;
  }
  function invite() {
    var place = document.querySelector('[data-tm-install]');
    if (!place || standalone || dismissed() || !(prompt || ios)) return;
    var words = place.dataset, later = button(words.later, 'quiet', function () { putOff(); place.hidden = true; });
    if (prompt) {
      fill(place, 'phone', [], [button(words.install, 'primary', function () {
        prompt.prompt();
        prompt.userChoice.then(function (choice) { if (choice.outcome !== 'accepted') putOff(); });
        prompt = null;
        place.hidden = true;
      }), later]);
    } else {
      var halves = words.howIos.split('{share}');
      fill(place, 'phone', halves.length > 1 ? [halves[0], sign('share'), halves[1]] : halves, [later]);
    }
  }
  function offer(waiting) {
    var place = document.querySelector('[data-tm-update]');
    if (!place || !waiting) return;
    fill(place, 'info', [place.dataset.update], [button(place.dataset.reload, 'primary', function () {
      // in another tab it may have been taken already: there is no change to wait for any more
      if (waiting.state !== 'installed') return location.reload();
      navigator.serviceWorker.addEventListener('controllerchange', function () { location.reload(); }, {once: true});
      waiting.postMessage({type: 'update'});
    })]);
  }
  function watch(registration) {
    if (navigator.serviceWorker.controller && registration.active) offer(registration.waiting);
    registration.addEventListener('updatefound', function () {
      var coming = registration.installing;
      // the first one is no update, even where it has taken the page before it says that it is there (WebKit)
      if (!coming || !registration.active) return;
      coming.addEventListener('statechange', function () { if (coming.state === 'installed' && navigator.serviceWorker.controller) offer(coming); });
    });
  }
  window.addEventListener('beforeinstallprompt', function (event) { event.preventDefault(); prompt = event; invite(); });
  window.addEventListener('appinstalled', function () { prompt = null; document.querySelectorAll('[data-tm-install]').forEach(function (place) { place.hidden = true; }); });
  // After the page has settled: the screens have drawn themselves by then, and nothing competes with the first view.
  function settled() {
    setTimeout(function () {
      invite();
      if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').then(watch, function () { /* not over plain http: the page works without */ });
    }, 1200);
  }
  if (document.readyState === 'complete') settled(); else window.addEventListener('load', settled);

  // Flyers that wait to be sent are the matter of a script of their own, which few pages ever need.
  function queue() {
    try { if (!localStorage.getItem('tamemap.queue')) return; } catch (refused) { return; }
    if (document.querySelector('script[src="/post/waiting.js"]')) return;
    var script = document.createElement('script');
    script.src = '/post/waiting.js';
    script.onerror = function () { script.remove(); };
    document.head.appendChild(script);
  }
  ['storage', 'pageshow', 'online'].forEach(function (name) { window.addEventListener(name, queue); });
  document.addEventListener('visibilitychange', queue);
  queue();
})();
